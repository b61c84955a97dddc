"""Django application of the room `contacts`."""

from django.apps import AppConfig


class ContactsConfig(AppConfig):
    name = "switchboard.contacts"
    label = "contacts"

"""Django application of the room `consent`."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "switchboard.consent"
    label = "consent"

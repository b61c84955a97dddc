"""Django application of the room `broadcasts`."""

from django.apps import AppConfig


class BroadcastsConfig(AppConfig):
    name = "switchboard.broadcasts"
    label = "broadcasts"

"""Django application of the room `core`."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "switchboard.core"
    label = "core"

"""Django application of the room `conversions`."""

from django.apps import AppConfig


class ConversionsConfig(AppConfig):
    name = "switchboard.conversions"
    label = "conversions"

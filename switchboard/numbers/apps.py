"""Django application of the room `numbers`."""

from django.apps import AppConfig


class NumbersConfig(AppConfig):
    name = "switchboard.numbers"
    label = "numbers"

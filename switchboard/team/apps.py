"""Django application of the room `team`."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "switchboard.team"
    label = "team"

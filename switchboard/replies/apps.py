"""Django application of the room `replies`."""

from django.apps import AppConfig


class RepliesConfig(AppConfig):
    name = "switchboard.replies"
    label = "replies"

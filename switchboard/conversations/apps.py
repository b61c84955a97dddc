"""Django application of the room `conversations`."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    name = "switchboard.conversations"
    label = "conversations"

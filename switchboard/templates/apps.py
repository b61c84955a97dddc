"""Django application of the room `templates`."""

from django.apps import AppConfig


class TemplatesConfig(AppConfig):
    name = "switchboard.templates"
    label = "templates"

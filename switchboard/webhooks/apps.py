"""Django application of the room `webhooks`."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    name = "switchboard.webhooks"
    label = "webhooks"

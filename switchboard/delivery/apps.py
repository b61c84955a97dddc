"""Django application of the room `delivery`."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "switchboard.delivery"
    label = "delivery"

"""Django application of the room `jobs`."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "switchboard.jobs"
    label = "jobs"

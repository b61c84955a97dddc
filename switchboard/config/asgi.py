"""Entry point of the `web` process."""

import os

from django.core.asgi import get_asgi_application

from switchboard.web.lifespan import WithHeartbeat

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "switchboard.config.settings")

application = WithHeartbeat(get_asgi_application())

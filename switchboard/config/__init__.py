"""Settings, URLs and the ASGI entry point of the Django side."""

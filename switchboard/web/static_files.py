"""Static files in answers that ASGI can send without reading them bit by bit in a thread."""

from django.http import HttpRequest, HttpResponse
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile


class StaticFilesMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]  # whitenoise ships no types
    """WhiteNoise, answering with whole files: the largest of ours is below one megabyte."""

    @staticmethod
    def serve(static_file: StaticFile, request: HttpRequest) -> HttpResponse:
        """Return a static file, or a part of it."""
        found = static_file.get_response(request.method, request.META)
        content = found.file.read() if found.file is not None else b""
        response = HttpResponse(content, status=int(found.status))
        del response["Content-Type"]  # WhiteNoise knows it.
        for name, value in found.headers:
            response[name] = value
        return response

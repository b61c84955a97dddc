"""A database for a file of tests, and shops in it that answer by themselves."""

from tests.replies.conftest import bot, shared_url

__all__ = ["bot", "shared_url"]

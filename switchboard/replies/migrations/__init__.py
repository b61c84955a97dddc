"""Migrations of the room replies."""

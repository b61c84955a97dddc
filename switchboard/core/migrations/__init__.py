"""Migrations of the room core."""

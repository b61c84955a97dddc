"""Migrations of the room templates."""

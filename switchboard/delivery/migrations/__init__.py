"""Migrations of the room delivery."""

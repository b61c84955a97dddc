"""Migrations of the room team."""

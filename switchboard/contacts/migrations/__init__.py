"""Migrations of the room contacts."""

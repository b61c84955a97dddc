"""Migrations of the room consent."""

"""Migrations of the room numbers."""

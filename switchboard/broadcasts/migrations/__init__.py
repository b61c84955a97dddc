"""Migrations of the room broadcasts."""

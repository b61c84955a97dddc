"""Migrations of the room webhooks."""

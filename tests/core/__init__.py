"""Promises of the room core."""

"""Broadcasts: list, wizard, one broadcast with its progress."""

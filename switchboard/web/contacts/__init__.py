"""Contacts: list, one person, imports."""

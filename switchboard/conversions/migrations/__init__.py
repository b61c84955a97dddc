"""Migrations of conversions."""

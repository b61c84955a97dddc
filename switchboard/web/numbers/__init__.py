"""The fleet of numbers."""

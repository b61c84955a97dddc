"""Segments: questions over contacts, built in sentences and counted while one types."""

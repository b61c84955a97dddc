"""Tests of the room numbers."""

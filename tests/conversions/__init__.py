"""Tests of the room conversions."""

"""Tests of the room cloudapi."""

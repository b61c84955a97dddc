"""Tests of the room broadcasts."""

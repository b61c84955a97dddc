"""Tests of the sending path."""

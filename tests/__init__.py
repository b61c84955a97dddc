"""Tests: they mirror the package, run on real PostgreSQL, and each name is a promise."""

"""Tags: list, edit, merge, delete with undo; ready-made classification; the report that keeps tags in order."""

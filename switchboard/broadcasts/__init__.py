"""One message to many: audience, schedule, expansion, pause, progress."""

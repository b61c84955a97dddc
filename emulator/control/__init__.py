"""/_emulator/…: set the world up, turn its knobs, decide as Meta would, read what really happened."""

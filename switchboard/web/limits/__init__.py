"""How often people may be written to, and how fast numbers write."""

"""Pages through their addresses."""

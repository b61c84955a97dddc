"""HTML for people: one package per page."""

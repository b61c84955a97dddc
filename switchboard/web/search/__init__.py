"""Search over pages, broadcasts and contacts."""

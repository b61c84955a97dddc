"""The Graph edges besides sending, one module per kind of node."""

"""Keys with which programs use the API."""

"""What is or was wrong: cause, cure, beginning and end."""

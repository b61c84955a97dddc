"""One outgoing message and why it was or was not sent."""

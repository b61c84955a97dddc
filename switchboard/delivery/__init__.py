"""Every outgoing message from waiting to read: claim, gates, pace, send, record."""

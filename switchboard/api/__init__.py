"""JSON for programs: translate a request into one call of a room, and what comes back into JSON."""

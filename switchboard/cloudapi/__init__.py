"""Meta's wire format and nothing else: client, payloads, events, error table."""

"""Ground: clock, environment, database, errors, ids, secrets. Knows nothing of WhatsApp."""

"""Text to meaning: normalise, readings, match, mood, words. Knows nothing of WhatsApp and no database."""

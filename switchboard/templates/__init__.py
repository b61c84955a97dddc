"""WhatsApp templates: read from Meta, fill in, preview; header media."""

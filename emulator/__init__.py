"""A stand-in for Meta's WhatsApp Cloud API with people who answer; imports nothing of the product."""

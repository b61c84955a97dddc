"""What a message costs, by market and category."""

"""What the console understands of what people write."""

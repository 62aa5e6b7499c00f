"""What a foreign picture may cost in time and memory."""

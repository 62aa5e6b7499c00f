"""What the site keeps for other programs."""

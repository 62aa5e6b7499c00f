"""What the database answers, as sentences."""

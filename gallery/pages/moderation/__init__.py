"""What the owner of a picture sees of its moderation, and what they can answer."""

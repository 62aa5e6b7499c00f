"""The tags of a picture on its page, and the page on which suggestions are reviewed."""

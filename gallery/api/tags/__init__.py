"""The vocabulary of tags, and the tags of images."""

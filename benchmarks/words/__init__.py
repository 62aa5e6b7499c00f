"""Searches by the words of pictures: how fast, and what hidden words cost."""

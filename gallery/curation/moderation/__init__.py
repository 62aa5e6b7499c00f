"""Moderation of images: rules, lists of hashes, decisions of people, and appeals."""

"""Moderation in the API: the queue, decisions, and the notes of owners."""

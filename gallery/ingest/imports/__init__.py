"""Bulk import: where many pictures come from, and what is known of each."""

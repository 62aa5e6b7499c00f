"""Recommendations, reactions, and the recorded activity of a person."""

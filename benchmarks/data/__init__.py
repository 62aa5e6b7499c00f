"""Vectors, words and filters to measure with."""

"""Vectors of texts and pictures, and labels by zero-shot classification."""

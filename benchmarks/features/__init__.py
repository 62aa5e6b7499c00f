"""The speed of what is computed from the vectors, and the quality of recommendations."""

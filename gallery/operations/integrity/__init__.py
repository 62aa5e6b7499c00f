"""Compares stored files and vectors with the rows: hashes, previews, norms."""

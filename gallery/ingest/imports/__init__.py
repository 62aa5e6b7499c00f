"""Bulk imports: sources are read into rows, and each row becomes a picture or has a reason."""

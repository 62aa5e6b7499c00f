"""The map of the gallery: its groups and its points."""

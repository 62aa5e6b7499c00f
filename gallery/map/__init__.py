"""The map of the gallery: where each picture is, and in which cluster."""

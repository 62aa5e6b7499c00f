"""The map of the gallery: the page, its points, and the pictures of a part of it."""

"""Tags of images: the vocabulary, its suggestions, and the decisions of people."""

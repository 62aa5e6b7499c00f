"""Near-duplicates: copies of a picture that differ in size, compression, crop or brightness."""

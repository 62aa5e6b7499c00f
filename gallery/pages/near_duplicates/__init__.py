"""The page on which people decide about near-duplicates."""

"""Groups of near-duplicates, and decisions about them."""

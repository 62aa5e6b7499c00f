"""The page on which people ask questions about pictures."""

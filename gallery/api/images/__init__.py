"""Images: lists, filters, uploads, changes."""

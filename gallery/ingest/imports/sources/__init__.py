"""What pictures are imported from: folders, archives and tables."""

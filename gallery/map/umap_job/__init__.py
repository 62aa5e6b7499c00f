"""The process that waits for UMAP and stores its map."""

"""The child process that computes UMAP's map, with packages that nothing else needs."""

from gallery.admin.spaces import embeddings

__all__ = ["embeddings"]

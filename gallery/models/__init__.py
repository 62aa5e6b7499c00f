from gallery.models.embedding import WIDTH, Embedding, EmbeddingSpace
from gallery.models.image import Image, ImageQuerySet, State, User, Visibility
from gallery.models.index import IndexBuild

__all__ = [
    "WIDTH",
    "Embedding",
    "EmbeddingSpace",
    "Image",
    "ImageQuerySet",
    "IndexBuild",
    "State",
    "User",
    "Visibility",
]

from gallery.models.embedding import WIDTH, Embedding, EmbeddingSpace, Fill, Phase, Trouble
from gallery.models.filling import FillJob
from gallery.models.image import Image, ImageQuerySet, State, User, Visibility
from gallery.models.index import IndexBuild

__all__ = [
    "WIDTH",
    "Embedding",
    "EmbeddingSpace",
    "Fill",
    "FillJob",
    "Image",
    "ImageQuerySet",
    "IndexBuild",
    "Phase",
    "State",
    "Trouble",
    "User",
    "Visibility",
]

from gallery.models.account import LoginCounter, TokenUse
from gallery.models.backfill import BackfillItem, SpaceBackfill
from gallery.models.deleted_image import DeletedImage
from gallery.models.embedding import WIDTH, Embedding, EmbeddingSpace, SpaceState
from gallery.models.image import Image, ImageQuerySet, State, User, Visibility
from gallery.models.index import IndexBuild, IndexFailure, IndexKind, IndexMeasurement
from gallery.models.job import Job, JobItem, JobState
from gallery.models.relevance import RelevanceCalibration

__all__ = [
    "WIDTH",
    "BackfillItem",
    "DeletedImage",
    "Embedding",
    "EmbeddingSpace",
    "Image",
    "ImageQuerySet",
    "IndexBuild",
    "IndexFailure",
    "IndexKind",
    "IndexMeasurement",
    "Job",
    "JobItem",
    "JobState",
    "LoginCounter",
    "RelevanceCalibration",
    "SpaceBackfill",
    "SpaceState",
    "State",
    "TokenUse",
    "User",
    "Visibility",
]

from gallery.models.account import LoginCounter, Scope, TokenGrant, TokenUse
from gallery.models.activity.events import ActivityConsent, ActivityEvent, EventKind
from gallery.models.activity.llm_usage import LlmUsage
from gallery.models.activity.reactions import Reaction, ReactionKind
from gallery.models.activity.tastes import Interest, TasteProfile
from gallery.models.backfill import BackfillItem, SpaceBackfill
from gallery.models.embedding import WIDTH, Embedding, EmbeddingSpace, SpaceState
from gallery.models.files.backups import CompletedBackup
from gallery.models.files.deleted_images import DeletedImage
from gallery.models.files.integrity import FindingKind, IntegrityCheck, IntegrityFinding
from gallery.models.images.image import SUSPECT_CODES, Image
from gallery.models.images.queryset import ImageQuerySet, User
from gallery.models.images.states import State, Visibility
from gallery.models.imports.job import ImportJob, ImportStatus, SourceKind
from gallery.models.imports.rows import ImportedFile, ImportRow, ProvidedVector, RowOutcome
from gallery.models.index import IndexBuild, IndexFailure, IndexKind, IndexMeasurement
from gallery.models.integration.events import Event, EventHistory, EventName
from gallery.models.integration.stored_answers import StoredAnswer
from gallery.models.integration.webhooks import Webhook, WebhookFailure
from gallery.models.job import Job, JobItem, JobState
from gallery.models.map import MapCluster, MapItem, MapMethod, MapPoint, MapProjection
from gallery.models.moderation.archive import ArchivedDecision
from gallery.models.moderation.decisions import (
    ModerationAppeal,
    ModerationDecision,
    ModerationSource,
)
from gallery.models.moderation.rules import (
    HashListEntry,
    LeastMatch,
    ModerationRule,
    UploadReview,
)
from gallery.models.moderation.states import Moderation, ModerationAction
from gallery.models.near_duplicates import (
    NearDuplicateItem,
    NearDuplicatePair,
    NearDuplicateScan,
    PairState,
)
from gallery.models.relevance import RelevanceCalibration
from gallery.models.tags.image_tags import ImageTag, TagSource, TagState
from gallery.models.tags.suggestions import SuggestionItem, SuggestionScan, TagScoring
from gallery.models.tags.vocabulary import Tag, TagKind

__all__ = [
    "SUSPECT_CODES",
    "WIDTH",
    "ActivityConsent",
    "ActivityEvent",
    "ArchivedDecision",
    "BackfillItem",
    "CompletedBackup",
    "DeletedImage",
    "Embedding",
    "EmbeddingSpace",
    "Event",
    "EventHistory",
    "EventKind",
    "EventName",
    "FindingKind",
    "HashListEntry",
    "Image",
    "ImageQuerySet",
    "ImageTag",
    "ImportJob",
    "ImportRow",
    "ImportStatus",
    "ImportedFile",
    "IndexBuild",
    "IndexFailure",
    "IndexKind",
    "IndexMeasurement",
    "IntegrityCheck",
    "IntegrityFinding",
    "Interest",
    "Job",
    "JobItem",
    "JobState",
    "LeastMatch",
    "LlmUsage",
    "LoginCounter",
    "MapCluster",
    "MapItem",
    "MapMethod",
    "MapPoint",
    "MapProjection",
    "Moderation",
    "ModerationAction",
    "ModerationAppeal",
    "ModerationDecision",
    "ModerationRule",
    "ModerationSource",
    "NearDuplicateItem",
    "NearDuplicatePair",
    "NearDuplicateScan",
    "PairState",
    "ProvidedVector",
    "Reaction",
    "ReactionKind",
    "RelevanceCalibration",
    "RowOutcome",
    "Scope",
    "SourceKind",
    "SpaceBackfill",
    "SpaceState",
    "State",
    "StoredAnswer",
    "SuggestionItem",
    "SuggestionScan",
    "Tag",
    "TagKind",
    "TagScoring",
    "TagSource",
    "TagState",
    "TasteProfile",
    "TokenGrant",
    "TokenUse",
    "UploadReview",
    "User",
    "Visibility",
    "Webhook",
    "WebhookFailure",
]

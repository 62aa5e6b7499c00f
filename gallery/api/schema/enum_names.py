"""Names of the enumerations in the description of the API, with their values.

Settings has the same names, for the framework finds each by its path. An enumeration that is not
here gets a name from the field that uses it.
"""

from __future__ import annotations

from gallery import models
from gallery.curation.moderation import decide
from gallery.curation.moderation.queue import Queue
from gallery.curation.near_duplicates import best
from gallery.ingest import duplicates
from gallery.media import formats
from gallery.recommendations import reasons
from gallery.search import filters, intent, query

Backend = ["torch", "onnx"]
BackfillProblem = models.SpaceBackfill.Problem.values
BackfillState = models.JobState.values
Band = [band.value for band in query.Band]
Combine = [combine.value for combine in query.Combine]
EventName = models.EventName
ImageStatus = models.State
ImportKind = models.SourceKind
ImportProblem = models.ImportJob.Problem.values
ImportRowOutcome = [outcome.value for outcome in models.RowOutcome if outcome.value]
ImportState = models.ImportStatus.values
IndexKind = models.IndexKind
IntentPartKind = [kind.value for kind in intent.Kind]
MapMethod = models.MapMethod
ModerationAction = models.ModerationAction
ModeratorAction = [*(action.value for action in decide.MODERATOR_ACTIONS), "undo"]
ModerationQueue = [queue.value for queue in Queue]
ModerationSource = models.ModerationSource
ModerationState = models.Moderation
NearDuplicateDecision = ["keep_best", "keep_all", "reopen"]
NearDuplicateReason = [reason.value for reason in best.BestReason]
OnDuplicate = [choice.value for choice in duplicates.OnDuplicate]
Orientation = filters.Orientation
PictureFormat = list(formats.FORMATS)
QueryKind = ["text", "image"]
ReactionKind = models.ReactionKind
Reason = [reason.value for reason in query.Reason]
RecommendationReasonKind = [kind.value for kind in reasons.ReasonKind]
Scope = models.Scope
SearchMode = [mode.value for mode in query.Mode]
SearchOrder = [order.value for order in query.Order]
TagDecision = [models.TagState.APPROVED.value, models.TagState.REJECTED.value]
TagKind = models.TagKind
TagSource = models.TagSource
TagState = models.TagState
VectorEncoding = ["float", "base64"]
Visibility = models.Visibility

from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from gallery.api.access.authentication import TokenAuthentication
from gallery.api.access.own_tokens import OwnTokensView, RevokeTokenView
from gallery.api.access.tokens import TokenView
from gallery.api.asking import AskView
from gallery.api.encoder.embeddings import EmbeddingsView
from gallery.api.encoder.zeroshot import ImageZeroShotView, ZeroShotView
from gallery.api.events import EventsView
from gallery.api.images.bulk import BulkDeleteView, BulkUpdateView
from gallery.api.images.check import CheckFilesView
from gallery.api.images.views import ImagesView, ImageView, RetryView
from gallery.api.imports.views import (
    ImportReportView,
    ImportRowsView,
    ImportsView,
    ImportView,
)
from gallery.api.map.overview import MapView
from gallery.api.map.points import MapPointsView
from gallery.api.moderation.image_moderation import AppealView, ImageModerationView
from gallery.api.moderation.queue import ModerationQueueView
from gallery.api.near_duplicates.groups import NearDuplicatesView
from gallery.api.recommendations.activity import ActivityView
from gallery.api.recommendations.feed import RecommendationsView
from gallery.api.recommendations.reactions import ReactionView
from gallery.api.searching.views import SearchView, SimilarView
from gallery.api.site.docs import DocsView
from gallery.api.site.statistics import StatisticsView
from gallery.api.site.status import StatusView
from gallery.api.tags.image_tags import ImageTagsView, ImageTagView
from gallery.api.tags.suggestions import SuggestionsView
from gallery.api.tags.vocabulary import TagsView
from gallery.api.tags.why import TagReasonView
from gallery.api.view import UnknownAddress
from gallery.api.webhooks.views import TestWebhookView, WebhooksView, WebhookView

urlpatterns = [
    path("v1/images/", ImagesView.as_view(), name="api-images"),
    path("v1/images/check/", CheckFilesView.as_view(), name="api-check-files"),
    path("v1/images/bulk-delete/", BulkDeleteView.as_view(), name="api-bulk-delete"),
    path("v1/images/bulk-update/", BulkUpdateView.as_view(), name="api-bulk-update"),
    path("v1/images/<uuid:pk>/", ImageView.as_view(), name="api-image"),
    path("v1/images/<uuid:pk>/retry/", RetryView.as_view(), name="api-retry"),
    path("v1/images/<uuid:pk>/similar/", SimilarView.as_view(), name="api-similar"),
    path("v1/images/<uuid:pk>/zero-shot/", ImageZeroShotView.as_view(), name="api-image-zero-shot"),
    path("v1/images/<uuid:pk>/tags/", ImageTagsView.as_view(), name="api-image-tags"),
    path("v1/images/<uuid:pk>/tags/<int:tag_id>/", ImageTagView.as_view(), name="api-image-tag"),
    path(
        "v1/images/<uuid:pk>/tags/<int:tag_id>/why/",
        TagReasonView.as_view(),
        name="api-image-tag-reason",
    ),
    path(
        "v1/images/<uuid:pk>/moderation/",
        ImageModerationView.as_view(),
        name="api-image-moderation",
    ),
    path(
        "v1/images/<uuid:pk>/moderation/appeal/",
        AppealView.as_view(),
        name="api-image-appeal",
    ),
    path("v1/imports/", ImportsView.as_view(), name="api-imports"),
    path("v1/imports/<uuid:pk>/", ImportView.as_view(), name="api-import"),
    path("v1/imports/<uuid:pk>/rows/", ImportRowsView.as_view(), name="api-import-rows"),
    path("v1/imports/<uuid:pk>/report/", ImportReportView.as_view(), name="api-import-report"),
    path("v1/map/", MapView.as_view(), name="api-map"),
    path("v1/map/points/", MapPointsView.as_view(), name="api-map-points"),
    path("v1/moderation/", ModerationQueueView.as_view(), name="api-moderation"),
    path("v1/images/<uuid:pk>/reaction/", ReactionView.as_view(), name="api-reaction"),
    path("v1/recommendations/", RecommendationsView.as_view(), name="api-recommendations"),
    path("v1/account/activity/", ActivityView.as_view(), name="api-activity"),
    path("v1/suggestions/", SuggestionsView.as_view(), name="api-suggestions"),
    path("v1/tags/", TagsView.as_view(), name="api-tags"),
    path("v1/near-duplicates/", NearDuplicatesView.as_view(), name="api-near-duplicates"),
    path("v1/zero-shot/", ZeroShotView.as_view(), name="api-zero-shot"),
    path("v1/embeddings/", EmbeddingsView.as_view(), name="api-embeddings"),
    path("v1/search/", SearchView.as_view(), name="api-search"),
    path("v1/ask/", AskView.as_view(), name="api-ask"),
    path("v1/statistics/", StatisticsView.as_view(), name="api-statistics"),
    path("v1/events/", EventsView.as_view(), name="api-events"),
    path("v1/webhooks/", WebhooksView.as_view(), name="api-webhooks"),
    path("v1/webhooks/<uuid:pk>/", WebhookView.as_view(), name="api-webhook"),
    path("v1/webhooks/<uuid:pk>/test/", TestWebhookView.as_view(), name="api-webhook-test"),
    path("v1/status/", StatusView.as_view(), name="api-status"),
    path("v1/auth/token/", TokenView.as_view(), name="api-token"),
    path("v1/auth/tokens/", OwnTokensView.as_view(), name="api-tokens"),
    path("v1/auth/tokens/<uuid:pk>/", RevokeTokenView.as_view(), name="api-own-token"),
    path(
        "schema/",
        SpectacularAPIView.as_view(authentication_classes=[TokenAuthentication]),
        name="api-schema",
    ),
    path("docs/", DocsView.as_view(), name="api-docs"),
    re_path(r"", UnknownAddress.as_view(), name="api-unknown"),
]

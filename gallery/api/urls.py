from django.urls import path, re_path
from drf_spectacular.views import SpectacularAPIView

from gallery.api.docs import DocsView
from gallery.api.embeddings import EmbeddingsView
from gallery.api.images import ImagesView, ImageView, RetryView
from gallery.api.search import SearchView, SimilarView
from gallery.api.statistics import StatisticsView
from gallery.api.status import StatusView
from gallery.api.tokens import TokenView
from gallery.api.view import UnknownAddress
from gallery.api.zeroshot import ImageZeroShotView, ZeroShotView

urlpatterns = [
    path("v1/images/", ImagesView.as_view(), name="api-images"),
    path("v1/images/<uuid:pk>/", ImageView.as_view(), name="api-image"),
    path("v1/images/<uuid:pk>/retry/", RetryView.as_view(), name="api-retry"),
    path("v1/images/<uuid:pk>/similar/", SimilarView.as_view(), name="api-similar"),
    path("v1/images/<uuid:pk>/zero-shot/", ImageZeroShotView.as_view(), name="api-image-zero-shot"),
    path("v1/zero-shot/", ZeroShotView.as_view(), name="api-zero-shot"),
    path("v1/embeddings/", EmbeddingsView.as_view(), name="api-embeddings"),
    path("v1/search/", SearchView.as_view(), name="api-search"),
    path("v1/statistics/", StatisticsView.as_view(), name="api-statistics"),
    path("v1/status/", StatusView.as_view(), name="api-status"),
    path("v1/auth/token/", TokenView.as_view(), name="api-token"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
    re_path(r"", UnknownAddress.as_view(), name="api-unknown"),
]

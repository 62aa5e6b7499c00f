"""Addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, register_converter
from django.views.i18n import set_language

from gallery.media.previews import SIZES
from gallery.pages import account, browse, files, health, picture, statistics, theme
from gallery.pages.search import views as search
from gallery.pages.upload import views as upload


class PreviewSize:
    regex = "|".join(SIZES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PreviewSize, "preview_size")

urlpatterns = [
    path("", browse.gallery, name="gallery"),
    path("pictures/<uuid:image_id>/", picture.show, name="picture"),
    path("pictures/<uuid:image_id>/edit/", picture.edit, name="picture-edit"),
    path("pictures/<uuid:image_id>/delete/", picture.delete, name="picture-delete"),
    path("pictures/<uuid:image_id>/retry/", picture.retry, name="picture-retry"),
    path("files/<uuid:image_id>/<preview_size:size>.webp", files.preview, name="preview"),
    path("files/<uuid:image_id>/original", files.original, name="original"),
    path("upload/", upload.upload, name="upload"),
    path("upload/status/", upload.status, name="upload-status"),
    path("upload/batches/<slug:key>/", upload.batch, name="upload-batch"),
    path("search/", search.search, name="search"),
    path("search/filters/", search.filters, name="search-filters"),
    path("search/pictures/<str:key>.webp", search.query_preview, name="query-preview"),
    path("statistics/", statistics.statistics, name="statistics"),
    path(
        "login/",
        LoginView.as_view(
            template_name="gallery/account/login.html", redirect_authenticated_user=True
        ),
        name="login",
    ),
    path("account/", account.account, name="account"),
    path("account/tokens/revoke/", account.revoke_token, name="token-revoke"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("theme/", theme.choose_theme, name="theme"),
    path("livez/", health.livez, name="livez"),
    path("readyz/", health.readyz, name="readyz"),
    path("healthz/", health.healthz, name="healthz"),
]

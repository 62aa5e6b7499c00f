"""Addresses of the pages."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path, register_converter
from django.views.i18n import set_language

from gallery.media.previews import SIZES
from gallery.pages import account, browse, files, health, picture, statistics, theme
from gallery.pages.ask import views as asking
from gallery.pages.imports import views as imports
from gallery.pages.map import selection
from gallery.pages.map import views as map_views
from gallery.pages.moderation import views as moderation
from gallery.pages.near_duplicates import review as near_duplicates
from gallery.pages.recommendations import activity, for_you, reactions
from gallery.pages.search import views as search
from gallery.pages.tags import names, review
from gallery.pages.tags import views as tags
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
    path("tiles/", browse.tiles, name="tiles"),
    path("pictures/<uuid:image_id>/", picture.show, name="picture"),
    path("pictures/<uuid:image_id>/edit/", picture.edit, name="picture-edit"),
    path("pictures/<uuid:image_id>/delete/", picture.delete, name="picture-delete"),
    path("pictures/<uuid:image_id>/retry/", picture.retry, name="picture-retry"),
    path("pictures/<uuid:image_id>/tags/", tags.change, name="picture-tags"),
    path("pictures/<uuid:image_id>/tags/<int:tag_id>/why/", tags.why, name="picture-tag-why"),
    path("pictures/<uuid:image_id>/appeal/", moderation.appeal, name="picture-appeal"),
    path("pictures/<uuid:image_id>/reaction/", reactions.react, name="picture-reaction"),
    path("for-you/", for_you.for_you, name="for-you"),
    path("tags/names/", names.names, name="tag-names"),
    path("review/tags/", review.review, name="review-tags"),
    path("review/near-duplicates/", near_duplicates.review, name="review-near-duplicates"),
    path("files/<uuid:image_id>/<preview_size:size>.webp", files.preview, name="preview"),
    path("files/<uuid:image_id>/original", files.original, name="original"),
    path("upload/", upload.upload, name="upload"),
    path("upload/status/", upload.status, name="upload-status"),
    path("upload/batches/<slug:key>/", upload.batch, name="upload-batch"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<uuid:key>/change/", imports.change, name="import-change"),
    path("imports/<uuid:key>/delete/", imports.delete, name="import-delete"),
    path("imports/<uuid:key>/report/", imports.download_report, name="import-report"),
    path("search/", search.search, name="search"),
    path("search/filters/", search.filters, name="search-filters"),
    path("search/pictures/<str:key>.webp", search.query_preview, name="query-preview"),
    path("map/", map_views.show, name="map"),
    path("map/points/", map_views.points, name="map-points"),
    path("map/pictures/", selection.pictures, name="map-pictures"),
    path("ask/", asking.ask, name="ask"),
    path("statistics/", statistics.statistics, name="statistics"),
    path(
        "login/",
        LoginView.as_view(
            template_name="gallery/account/login.html", redirect_authenticated_user=True
        ),
        name="login",
    ),
    path("account/", account.account, name="account"),
    path("account/tokens/", account.create_token, name="token-create"),
    path("account/tokens/revoke/", account.revoke_token, name="token-revoke"),
    path("account/activity/recording/", activity.set_recording, name="activity-recording"),
    path("account/activity/erase/", activity.erase_all, name="activity-erase"),
    path("account/activity/download/", activity.download, name="activity-download"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("theme/", theme.choose_theme, name="theme"),
    path("livez/", health.livez, name="livez"),
    path("readyz/", health.readyz, name="readyz"),
    path("healthz/", health.healthz, name="healthz"),
]

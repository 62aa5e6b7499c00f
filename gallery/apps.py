from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GalleryAppConfig(AppConfig):
    name = "gallery"
    verbose_name = _("Gallery")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from gallery.accounts import revocation
        from gallery.core import multipart_headers
        from gallery.media.fetching import settings_check  # noqa: F401 - registers itself
        from gallery.media.limits import memory_check  # noqa: F401 - registers itself
        from gallery.recommendations.activity import erase

        revocation.connect()
        erase.connect()
        multipart_headers.install()

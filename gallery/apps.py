from django.apps import AppConfig


class GalleryAppConfig(AppConfig):
    name = "gallery"
    default_auto_field = "django.db.models.BigAutoField"

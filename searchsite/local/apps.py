from django.apps import AppConfig


class LocalConfig(AppConfig):
    name = "searchsite.local"
    label = "local"
    verbose_name = "Embedded services"

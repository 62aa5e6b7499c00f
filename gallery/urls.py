"""Every address of the application; each face lists its own."""

from django.urls import include, path

urlpatterns = [
    path("api/", include("gallery.api.urls")),
    path("", include("gallery.pages.urls")),
]

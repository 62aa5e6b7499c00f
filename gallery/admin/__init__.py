"""Django's admin for images, embedding spaces and vector indexes."""

from django.contrib import admin

from gallery.admin import embeddings, images, indexes

admin.site.site_header = admin.site.site_title = "Searchsite"

__all__ = ["embeddings", "images", "indexes"]

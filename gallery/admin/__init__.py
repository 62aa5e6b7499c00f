"""Curation and a look inside, in Django's admin."""

from django.contrib import admin

from gallery.admin import embeddings, images

admin.site.site_header = admin.site.site_title = "Searchsite"

__all__ = ["embeddings", "images"]

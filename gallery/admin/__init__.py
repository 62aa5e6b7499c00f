"""Django's admin for images, tags, moderation, spaces, vector indexes, files, accounts, use."""

from django.contrib import admin

from gallery.admin import (
    accounts,
    backups,
    images,
    indexes,
    integrity,
    llm_usage,
    map,
    moderation,
    near_duplicates,
    spaces,
    tags,
)

admin.site.site_header = admin.site.site_title = "Searchsite"

__all__ = [
    "accounts",
    "backups",
    "images",
    "indexes",
    "integrity",
    "llm_usage",
    "map",
    "moderation",
    "near_duplicates",
    "spaces",
    "tags",
]

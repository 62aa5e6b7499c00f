"""The admin for images, imports, tags, moderation, spaces, vector indexes, accounts, use."""

from django.contrib import admin

from gallery.admin import (
    accounts,
    images,
    imports,
    indexes,
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
    "images",
    "imports",
    "indexes",
    "llm_usage",
    "map",
    "moderation",
    "near_duplicates",
    "spaces",
    "tags",
]

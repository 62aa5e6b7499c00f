"""Django's admin for images, tags, moderation, embedding spaces, vector indexes, accounts, use."""

from django.contrib import admin

from gallery.admin import (
    accounts,
    images,
    indexes,
    llm_usage,
    map,
    moderation,
    near_duplicates,
    spaces,
    tags,
    webhooks,
)

admin.site.site_header = admin.site.site_title = "Searchsite"

__all__ = [
    "accounts",
    "images",
    "indexes",
    "llm_usage",
    "map",
    "moderation",
    "near_duplicates",
    "spaces",
    "tags",
    "webhooks",
]

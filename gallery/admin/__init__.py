"""Django's admin: images, imports, tags, moderation, spaces, indexes, files, accounts, use."""

from django.contrib import admin

from gallery.admin import (
    accounts,
    backups,
    images,
    imports,
    indexes,
    integrity,
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
    "backups",
    "images",
    "imports",
    "indexes",
    "integrity",
    "llm_usage",
    "map",
    "moderation",
    "near_duplicates",
    "spaces",
    "tags",
    "webhooks",
]

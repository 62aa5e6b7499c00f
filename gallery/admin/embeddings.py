"""The embedding spaces and their indexes: to look at, commands change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from gallery.models import EmbeddingSpace, Image, IndexBuild

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnly(ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(EmbeddingSpace)
class EmbeddingSpaceAdmin(ReadOnly):
    list_display = ("encoder", "active", "coverage", "reason", "fingerprint", "created_at")
    readonly_fields = ("coverage",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[EmbeddingSpace]:
        return EmbeddingSpace.objects.annotate(vectors=Count("embeddings__image"))

    @admin.display(description=_("Pictures with a vector"))
    def coverage(self, space: Any) -> str:
        return f"{space.vectors} / {Image.objects.count()}"


@admin.register(IndexBuild)
class IndexBuildAdmin(ReadOnly):
    list_display = ("name", "space", "lists", "probes", "rows", "built_at")
    list_select_related = ("space",)

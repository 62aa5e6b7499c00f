"""Filters of the list of pictures, by the conditions of the site's search box."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from gallery.models import Image, ImageTag
from gallery.search.facets import Facets, facets_of
from gallery.search.filters import Orientation, matching
from gallery.search.syntax import parse, unparse


class OwnerFilter(admin.RelatedOnlyFieldListFilter):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.empty_value_display = format_html("{}", _("No owner"))


class _FacetFilter(admin.SimpleListFilter):
    """Offers the most frequent values of a facet."""

    operator: ClassVar[str]

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        facets = _facets_of_request(request)
        return [
            (value.value, f"{_shown(facet.name, value.value)} ({value.count})")
            for facet in facets.facets
            if facet.name == self.parameter_name
            for value in facet.values
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        value = self.value()
        if value is None:
            return queryset
        parsed = parse(unparse(self.operator, value), now=timezone.localtime())
        if parsed.not_understood:
            raise IncorrectLookupParameters(*parsed.not_understood)
        return matching(queryset, parsed.conditions, user=request.user)  # type: ignore[arg-type]


class OrientationFilter(_FacetFilter):
    title, parameter_name, operator = _("orientation"), "orientation", "is"


class FormatFilter(_FacetFilter):
    title, parameter_name, operator = _("format"), "format", "format"


class CameraFilter(_FacetFilter):
    title, parameter_name, operator = _("camera"), "camera", "camera"


class YearFilter(_FacetFilter):
    title, parameter_name, operator = _("year taken"), "year", "taken"


class TagFilter(_FacetFilter):
    title, parameter_name, operator = _("tag"), "tag", "tag"


class SuggestionFilter(admin.SimpleListFilter):
    title, parameter_name = _("suggested tags"), "suggestions"

    def lookups(self, *_arguments: Any) -> list[tuple[str, Any]]:
        return [("open", _("Open suggestions"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        value = self.value()
        if value is None:
            return queryset
        if value != "open":
            raise IncorrectLookupParameters(value)
        return queryset.filter(Exists(ImageTag.objects.suggested().filter(image=OuterRef("pk"))))


def _shown(facet: str, value: str) -> str:
    if facet == "orientation":
        return str(Orientation(value).label)
    return value.upper() if facet == "format" else value


def _facets_of_request(request: HttpRequest) -> Facets:
    """Counted once for all filters of a page."""
    facets: Facets | None = getattr(request, "_facets", None)
    if facets is None:
        facets = facets_of(Image.objects.visible_to(request.user))
        request._facets = facets  # type: ignore[attr-defined]
    return facets

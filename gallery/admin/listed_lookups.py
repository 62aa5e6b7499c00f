"""Lists of the admin that are filtered by their own filters and dates alone.

Django also accepts ``?latitude__gt=48.8`` for any field of the model. Whoever may see a list could
so learn, value by value, what its rows do not show; and some lookups fail in the database.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class _ListedLookups(ChangeList):
    def get_filters(self, request: HttpRequest) -> Any:
        """Raises ``IncorrectLookupParameters``; the admin shows its list without filters then."""
        try:
            filters = super().get_filters(request)
        except (DisallowedModelAdminLookup, OverflowError) as error:
            # A field of another model, or a month or a day that is too large for a date.
            raise IncorrectLookupParameters(error) from error
        # What no filter has used, under the names of the address.
        unused = filters[2].keys() & self.get_filters_params().keys()
        if unknown := unused - {f"{self.date_hierarchy}__{part}" for part in ("month", "day")}:
            raise IncorrectLookupParameters(*unknown)
        return filters


class ListedLookups(ModelAdmin):
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Django's heading asks to select a row, also where no row is a link."""
        context = dict(extra_context or {})
        if self.list_display_links is None:
            context.setdefault("title", capfirst(str(self.opts.verbose_name_plural)))
        return super().changelist_view(request, context)

    def get_changelist(self, request: HttpRequest, **_: Any) -> type[ChangeList]:
        return _ListedLookups

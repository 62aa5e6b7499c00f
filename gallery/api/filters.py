"""Query parameters that filter the list of images; ``search.filters`` applies them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField

from gallery.models import ImageQuerySet, State, Visibility
from gallery.search.filters import ImageFilter, matching


class UtcDateTimeField(IsoDateTimeField):  # type: ignore[misc]
    def clean(self, value: Any) -> datetime | None:
        """Convert to UTC, because PostgreSQL refuses offsets of 16 hours and more."""
        moment: datetime | None = super().clean(value)
        try:
            return None if moment is None else moment.astimezone(UTC)
        except (OverflowError, ValueError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class UtcDateTimeFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]
    field_class = UtcDateTimeField


class ImageFilterSet(filters.FilterSet):  # type: ignore[misc]
    """The field names are for the OpenAPI schema, which takes its types from them."""

    status = filters.MultipleChoiceFilter(field_name="state", choices=State.choices)
    visibility = filters.ChoiceFilter(choices=Visibility.choices)
    owner = filters.ChoiceFilter(field_name="owner__username", choices=[("me", "me")])
    created_after = UtcDateTimeFilter(field_name="created_at")
    created_before = UtcDateTimeFilter(field_name="created_at")
    taken_after = UtcDateTimeFilter(field_name="taken_at")
    taken_before = UtcDateTimeFilter(field_name="taken_at")
    external_id = filters.CharFilter(max_length=200)

    def filter_queryset(self, queryset: ImageQuerySet) -> ImageQuerySet:
        values = dict(self.form.cleaned_data)
        states, own = values.pop("status"), values.pop("owner") == "me"
        conditions = ImageFilter(states=states, own=own, **values)
        return matching(queryset, conditions, user=self.request.user)

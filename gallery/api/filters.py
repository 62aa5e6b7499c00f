from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from django_filters.fields import IsoDateTimeField

from gallery.models import Image, State, Visibility


class MomentField(IsoDateTimeField):  # type: ignore[misc]
    def clean(self, value: Any) -> datetime | None:
        """In UTC: PostgreSQL knows no offsets of 16 hours and more."""
        moment: datetime | None = super().clean(value)
        try:
            return None if moment is None else moment.astimezone(UTC)
        except (OverflowError, ValueError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None


class MomentFilter(filters.IsoDateTimeFilter):  # type: ignore[misc]
    field_class = MomentField


class ImageFilter(filters.FilterSet):  # type: ignore[misc]
    status = filters.MultipleChoiceFilter(field_name="state", choices=State.choices, distinct=False)
    visibility = filters.ChoiceFilter(choices=Visibility.choices)
    owner = filters.ChoiceFilter(choices=[("me", "me")], method="of_owner")
    created_after = MomentFilter(field_name="created_at", lookup_expr="gte")
    created_before = MomentFilter(field_name="created_at", lookup_expr="lt")
    taken_after = MomentFilter(field_name="taken_at", lookup_expr="gte")
    taken_before = MomentFilter(field_name="taken_at", lookup_expr="lt")

    def of_owner(self, images: QuerySet[Image], name: str, value: str) -> QuerySet[Image]:
        user = self.request.user
        return images.filter(owner_id=user.pk) if user.is_authenticated else images.none()

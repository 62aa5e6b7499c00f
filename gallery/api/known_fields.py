"""A misspelled parameter must not be ignored: it would give the wrong images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers


class KnownFieldsOnly(serializers.Serializer[Any]):
    """Refuses fields that the serializer does not have."""

    # Parameters of the view that the serializer leaves alone.
    other_parameters: frozenset[str] = frozenset()

    def is_known(self, name: str) -> bool:
        return name in self.fields or name in self.other_parameters

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [str(name) for name in data if not self.is_known(str(name))]
            if unknown:
                message = _("This parameter does not exist.")
                raise serializers.ValidationError(
                    {name: [message] for name in unknown[:10]}, code="unknown"
                )
        return super().to_internal_value(data)

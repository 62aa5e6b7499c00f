"""Joins the conditions of all operators of the box into one filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gallery.core.errors import InvalidInput
from gallery.search.filters import ImageFilter

# The values of repeated operators are joined. Those of the first three widen the search:
# format:jpg format:png are both formats. All of the others have to be met.
_JOINED = ("formats", "orientations", "states", "metadata", "tags")


@dataclass
class MergedConditions:
    """The conditions of all operators; those that cannot be in one filter are ``required``."""

    values: dict[str, Any] = field(default_factory=dict)
    required: list[ImageFilter] = field(default_factory=list)
    excluded: list[ImageFilter] = field(default_factory=list)

    def add(self, conditions: Mapping[str, Any], *, negated: bool) -> ImageFilter:
        """The conditions of one operator alone. Raises ``InvalidInput``."""
        only = ImageFilter(**conditions)
        if negated:
            self.excluded.append(only)
        else:
            self._require(conditions, only)
        return only

    def _require(self, conditions: Mapping[str, Any], only: ImageFilter) -> None:
        values = dict(self.values)
        for name, value in conditions.items():
            if name in _JOINED:
                value = tuple(dict.fromkeys((*values.get(name, ()), *value)))
            elif name in values and values[name] != value:
                self.required.append(only)
                return
            values[name] = value
        try:
            ImageFilter(**values)
        except InvalidInput:  # Two operators contradict each other, as in after:2025 before:2024.
            self.required.append(only)
        else:
            self.values = values

    def filter(self) -> ImageFilter:
        return ImageFilter(
            **self.values, required=tuple(self.required), excluded=tuple(self.excluded)
        )

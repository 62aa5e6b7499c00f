"""A misspelled parameter must not be ignored: it would give the wrong images."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

# Names in earlier versions and in other vector databases, with ours.
_OTHER_NAMES = {
    "page_size": "limit", "top_k": "limit", "topK": "limit", "match_count": "limit",
    "score_threshold": "min_similarity", "match_threshold": "min_similarity",
    "offset": "cursor", "page": "cursor", "query": "q",
}  # fmt: skip


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
                raise serializers.ValidationError(
                    {name: [self._hint(name)] for name in unknown[:10]}, code="unknown"
                )
        return super().to_internal_value(data)

    def _hint(self, name: str) -> str:
        meant = _similar_name(name, [*self.fields, *self.other_parameters])
        if not meant:
            return _("This parameter does not exist.")
        return _("This parameter does not exist. Did you mean “%(name)s”?") % {"name": meant}


def _similar_name(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant; empty if none was."""
    known = sorted(known)
    if _OTHER_NAMES.get(name) in known:
        return _OTHER_NAMES[name]
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.7)), "")

"""Addresses of searches that differ from the current one in one part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict
from django.urls import reverse


@dataclass(frozen=True)
class SearchAddress:
    """The parameters of a search as names and values, in the order of the address."""

    parameters: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, data: QueryDict) -> Self:
        """Without empty parameters and without the cursor: every change starts at the best hit."""
        return cls(
            tuple(
                (name, value)
                for name, values in data.lists()
                for value in values
                if value and name not in ("cursor", "csrfmiddlewaretoken")
            )
        )

    def __str__(self) -> str:
        query = QueryDict(mutable=True)
        for name, value in self.parameters:
            query.appendlist(name, value)
        return f"{reverse('search')}?{query.urlencode()}" if query else reverse("search")

    def with_value(self, name: str, value: object) -> SearchAddress:
        """``name`` gets one more value."""
        return SearchAddress((*self.without_value(name, value).parameters, (name, str(value))))

    def without_value(self, name: str, value: object) -> SearchAddress:
        return self._keeping(lambda parameter: parameter != (name, str(value)))

    def replacing(self, name: str, value: object) -> SearchAddress:
        """``value`` becomes the only value of ``name``; an empty one removes it."""
        others = self._keeping(lambda parameter: parameter[0] != name).parameters
        return SearchAddress((*others, (name, str(value))) if value else others)

    def _keeping(self, wanted: Callable[[tuple[str, str]], bool]) -> SearchAddress:
        return SearchAddress(tuple(filter(wanted, self.parameters)))

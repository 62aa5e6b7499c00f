"""Addresses of searches that differ from the current one in one part."""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass
from functools import cached_property
from typing import Self
from urllib.parse import urlencode

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
        return self._text

    @cached_property
    def _text(self) -> str:
        return self._at("search")

    def filters(self, cursor: str) -> str:
        """The address of the counts for this search; ``cursor`` belongs to its ranking."""
        return self.replacing("cursor", cursor)._at("search-filters")

    @property
    def question(self) -> str:
        """The address of questions about the results."""
        return self._at("ask")

    def _at(self, name: str) -> str:
        path = reverse(name)
        return f"{path}?{self.query_string}" if self.parameters else path

    @property
    def query_string(self) -> str:
        return urlencode(self.parameters)

    def text_with(self, name: str, value: object) -> str:
        """``str(self.with_value(name, value))`` for a value that it does not have yet.

        A page has two such addresses for each hit, so only the end is written again.
        """
        return f"{self}{'&' if self.parameters else '?'}{urlencode({name: str(value)})}"

    def value(self, name: str) -> str:
        """The first value of ``name``; empty without one."""
        return next((value for other, value in self.parameters if other == name), "")

    def with_value(self, name: str, value: object) -> SearchAddress:
        """``name`` gets one more value."""
        return SearchAddress((*self.without_value(name, value).parameters, (name, str(value))))

    def without_value(self, name: str, value: object) -> SearchAddress:
        return self._keeping(lambda parameter: parameter != (name, str(value)))

    def replacing(self, name: str, value: object) -> SearchAddress:
        """``value`` becomes the only value of ``name``; an empty one removes it."""
        others = self._keeping(lambda parameter: parameter[0] != name).parameters
        if not value:
            return SearchAddress(others)
        # The text comes first, where people look for it.
        new = ((name, str(value)),)
        return SearchAddress((*new, *others) if name == "q" else (*others, *new))

    def without(self, names: Container[str]) -> SearchAddress:
        return self._keeping(lambda parameter: parameter[0] not in names)

    def _keeping(self, is_kept: Callable[[tuple[str, str]], bool]) -> SearchAddress:
        return SearchAddress(tuple(filter(is_kept, self.parameters)))

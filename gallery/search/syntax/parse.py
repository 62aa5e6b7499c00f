"""What the text of the search box means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from gallery.core.errors import InvalidInput
from gallery.search.filters import ImageFilter
from gallery.search.syntax.merge import MergedConditions
from gallery.search.syntax.operators import Value, canonical_name, conditions_of, is_operator
from gallery.search.syntax.tokens import Token, cleaned, scan

MAX_OPERATORS = 30
MAX_REPORTED = 10
# A bare #rrggbb is a colour, but words such as #decade and #facade are not.
_BARE_COLOUR = re.compile(r"#(?=[a-f]{0,5}\d)[0-9a-f]{6}", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"[a-z][a-z_.]{1,30}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Operator:
    """An operator as it was typed. ``without`` is the text of the box without it.

    ``name`` is the English name, after a ``-`` if the operator excludes what ``conditions`` mean.
    """

    source: str
    name: str
    value: str
    without: str
    conditions: ImageFilter

    @property
    def excludes(self) -> bool:
        return self.name.startswith("-")


@dataclass(frozen=True)
class ParsedText:
    """``text`` has the words to search for, among them those of phrases and of what was not
    understood, but not the excluded ones. ``not_understood`` has a sentence for each part, in
    the active language, and at most ten of them.
    """

    text: str
    phrases: tuple[str, ...]
    excluded_words: tuple[str, ...]
    conditions: ImageFilter
    operators: tuple[Operator, ...]
    not_understood: tuple[str, ...]


def parse(box: str, *, now: datetime) -> ParsedText:
    """Reads the box. Never raises for text that people type.

    ``now`` is aware; dates are in its time zone.
    """
    box = cleaned(box)
    reader = _Reader(box, now)
    for token in scan(box):
        reader.read(token)
    return ParsedText(
        " ".join(reader.words),
        tuple(reader.phrases),
        tuple(reader.excluded_words),
        reader.merged.filter(),
        tuple(reader.operators),
        tuple(reader.not_understood),
    )


class _Reader:
    def __init__(self, box: str, now: datetime) -> None:
        self.box, self.now = box, now
        self.words: list[str] = []
        self.phrases: list[str] = []
        self.excluded_words: list[str] = []
        self.merged = MergedConditions()
        self.operators: list[Operator] = []
        self.not_understood: list[str] = []

    def read(self, token: Token) -> None:
        name = token.name
        if not name and not token.quoted and _BARE_COLOUR.fullmatch(token.value):
            name = "colour"
        if not name:
            self._read_words(token)
        elif not is_operator(name):
            if _NAME.fullmatch(name) and token.value and token.value[0] not in "/\\:":
                self._report(token, gettext_noop("no such operator"))
            self._keep_as_words(token)
        else:
            self._read_operator(token, name)

    def _read_words(self, token: Token) -> None:
        words = " ".join(token.value.split())
        if not words:
            return
        full = len(self.phrases) + len(self.excluded_words) >= MAX_OPERATORS
        if full and (token.quoted or token.negated):
            self._report(token, _TOO_MANY)
        elif token.negated:
            self.excluded_words.append(words)
            return
        elif token.quoted:
            self.phrases.append(words)
        self.words.append(words)

    def _read_operator(self, token: Token, name: str) -> None:
        try:
            if len(self.operators) >= MAX_OPERATORS:
                raise InvalidInput(_TOO_MANY)
            conditions = conditions_of(name, Value(token.value, token.quoted, self.now))
            alone = self.merged.add(conditions, negated=token.negated)
        except InvalidInput as error:
            self._report(token, error.message)
            self._keep_as_words(token)
            return
        before, after = self.box[: token.start].rstrip(), self.box[token.end :].lstrip()
        self.operators.append(
            Operator(
                source=self.box[token.start : token.end],
                name=f"{'-' if token.negated else ''}{canonical_name(name)}",
                value=token.value,
                without=f"{before} {after}".strip(),
                conditions=alone,
            )
        )

    def _keep_as_words(self, token: Token) -> None:
        if token.quoted:
            words = " ".join(f"{token.name}: {token.value}".split())
        else:
            words = self.box[token.start + token.negated : token.end]
        if token.negated and len(self.excluded_words) < MAX_OPERATORS:
            self.excluded_words.append(words)
        else:
            self.words.append(words)

    def _report(self, token: Token, reason: str) -> None:
        if len(self.not_understood) >= MAX_REPORTED:
            return
        values = {"text": self.box[token.start : token.end], "reason": gettext(reason)}
        self.not_understood.append(gettext("“%(text)s”: %(reason)s") % values)


_TOO_MANY = gettext_noop("too many operators")

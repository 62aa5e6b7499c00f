"""Makes parts of what a language model answered: only such as the rules could make."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from gallery.core.config import config
from gallery.search.intent.intent import Kind
from gallery.search.intent.model.reading import Means, Reading, ReadPart
from gallery.search.intent.rules.candidate import (
    Candidate,
    Context,
    operator_in,
    without_overlaps,
)
from gallery.search.intent.rules.negation import AWAY
from gallery.search.intent.rules.weights import LITTLE, MUCH
from gallery.search.query import Order
from gallery.search.syntax import Operator, unparse

_MAX_PARTS = 20
_MAX_WORDS = 60
_WEIGHTS = {Means.LESS_LIKE: AWAY, Means.MOSTLY: MUCH, Means.A_LITTLE: LITTLE}
_ORDERS = {Means.NEWEST_FIRST: Order.NEWEST, Means.OLDEST_FIRST: Order.OLDEST}


def checked(reading: Reading, sentence: str, context: Context) -> list[Candidate]:
    """Without parts that the sentence does not have, and names that the person does not see."""
    candidates = [
        candidate
        for part in reading.parts[:_MAX_PARTS]
        for candidate in _candidates(part, sentence, context)
    ]
    return without_overlaps(candidates)


def _candidates(part: ReadPart, sentence: str, context: Context) -> Iterator[Candidate]:
    start = sentence.casefold().find(part.quote.casefold()) if part.quote.strip() else -1
    if start < 0 or len(sentence.casefold()) != len(sentence):
        return
    end = start + len(part.quote)
    if part.means in (Means.FILTER, Means.EXCLUDE):
        if operator := _operator(part, context):
            yield Candidate(start=start, end=end, kind=Kind.FILTER, operator=operator)
    elif part.means in _WEIGHTS:
        words = tuple(word.strip() for word in part.words if _is_quoted(word, part.quote))
        if words:
            kind = Kind.NEGATIVE if part.means is Means.LESS_LIKE else Kind.WEIGHT
            weight = _WEIGHTS[part.means]
            yield Candidate(start=start, end=end, kind=kind, words=words, weight=weight)
    elif part.means in _ORDERS:
        yield Candidate(start=start, end=end, kind=Kind.ORDER, order=_ORDERS[part.means])
    elif part.means is Means.POLITENESS:
        yield Candidate(start=start, end=end, kind=Kind.FILLER)
    elif 1 < part.number <= config().max_results:
        yield Candidate(start=start, end=end, kind=Kind.LIMIT, limit=part.number)


def _is_quoted(word: str, quote: str) -> bool:
    return 0 < len(word.strip()) <= _MAX_WORDS and word.strip().casefold() in quote.casefold()


def _operator(part: ReadPart, context: Context) -> str:
    """Empty if it is none of the operators that the rules use, or names what does not exist."""
    operator = operator_in(part.operator, context.now)
    check = _CHECKS.get(operator.name) if operator else None
    text = check(operator, context) if operator and check else ""
    return f"-{text}" if text and part.means is Means.EXCLUDE else text


def _as_it_is(operator: Operator, context: Context) -> str:
    return operator.source


def _not_in_future(operator: Operator, context: Context) -> str:
    starts = (operator.conditions.dated_after, operator.conditions.created_after)
    return (
        ""
        if any(start and start > _end_of_day(context.now) for start in starts)
        else operator.source
    )


def _end_of_day(now: datetime) -> datetime:
    return now.replace(hour=23, minute=59, second=59)


def _shape_or_own(operator: Operator, context: Context) -> str:
    is_own = operator.conditions.own and context.names.is_somebody
    return operator.source if operator.conditions.orientations or is_own else ""


def _known_owner(operator: Operator, context: Context) -> str:
    username = context.names.owners([operator.value]).get(operator.value.lower())
    return unparse("owner", username) if username else ""


def _known_tag(operator: Operator, context: Context) -> str:
    name = context.names.tags([operator.value]).get(operator.value.lower())
    return unparse("tag", name) if name else ""


def _known_camera(operator: Operator, context: Context) -> str:
    return operator.source if context.names.has_camera(operator.value) else ""


_CHECKS: dict[str, Callable[[Operator, Context], str]] = {
    "date": _not_in_future, "uploaded": _not_in_future, "is": _shape_or_own,
    "owner": _known_owner, "tag": _known_tag, "camera": _known_camera,
    "format": _as_it_is, "size": _as_it_is, "mp": _as_it_is, "colour": _as_it_is,
}  # fmt: skip

"""All rules on one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.cameras import camera_candidates
from gallery.search.intent.rules.candidate import (
    Candidate,
    Context,
    ends_clause,
    is_clause,
    operator_in,
    overlaps,
    without_overlaps,
)
from gallery.search.intent.rules.dates.chinese import chinese_dates
from gallery.search.intent.rules.dates.english import english_dates
from gallery.search.intent.rules.files import file_candidates
from gallery.search.intent.rules.filler import opener_end
from gallery.search.intent.rules.folded import folded
from gallery.search.intent.rules.names import name_candidates
from gallery.search.intent.rules.negation import with_negations
from gallery.search.intent.rules.order_and_limit import limit_candidates, order_candidates
from gallery.search.intent.rules.weights import weight_candidates

_PERSON = re.compile(r"(?:我|\b(?:that |which )?i(?:['’]ve| have)? )$", re.IGNORECASE)
_WHO = ("is:mine", "owner:")
_UPLOADED = re.compile(r"\b(?:uploads?|uploaded|added|posted)\b|上传", re.IGNORECASE)
_OWN_VERB = re.compile(
    r"(?:uploaded|took|shot|made|added)\b|[^，。,]*?(?:拍摄?|照|上传)的", re.IGNORECASE
)


def read_by_rules(text: str, context: Context) -> list[Candidate]:
    """The parts with a meaning, without the polite words."""
    # Names and words that are searched for stay as they are typed.
    plain = folded(text)
    dates = [*english_dates(plain, context), *chinese_dates(plain, context)]
    candidates = [
        *dates,
        *_own_dates(text, dates, context),
        *file_candidates(plain, context),
        *name_candidates(text, context),
        *camera_candidates(text, context),
        *order_candidates(plain, context),
        *limit_candidates(plain, context),
    ]
    filters = without_overlaps(each for each in candidates if _can_be_typed(each, context))
    filters = _dates_of_uploads(plain, filters)
    weights = _clipped(weight_candidates(text, context), filters)
    parts = with_negations(text, without_overlaps([*filters, *weights]))
    return _in_company(text, without_overlaps(parts))


def _can_be_typed(candidate: Candidate, context: Context) -> bool:
    """The rules also find amounts that no operator takes: 3000年前, “over 99999 megapixels”."""
    return not candidate.operator or operator_in(candidate.operator, context.now) is not None


def _own_dates(text: str, dates: Iterable[Candidate], context: Context) -> Iterator[Candidate]:
    """The person before a date and a verb: 我去年夏天拍的照片, “pictures I uploaded yesterday”."""
    for date in dates if context.names.is_somebody else ():
        person = _PERSON.search(text[: date.start])
        if person and _OWN_VERB.match(text, date.start):
            start, end = person.start(), date.start
            yield Candidate(start=start, end=end, kind=Kind.FILTER, operator="is:mine")


def _dates_of_uploads(text: str, filters: Sequence[Candidate]) -> list[Candidate]:
    """“Uploaded by me last week”, “my uploads from 2020”, 上周我上传的."""
    uploads = [
        each
        for each in filters
        if each.operator.startswith(_WHO) and _UPLOADED.search(text, each.start, each.end)
    ]
    ends, starts = {each.end for each in uploads}, {each.start for each in uploads}
    return [
        replace(each, operator=f"uploaded:{each.operator.removeprefix('date:')}")
        if each.operator.startswith("date:")
        and (len(text[: each.start].rstrip()) in ends or each.end in starts)
        else each
        for each in filters
    ]


def _clipped(weights: Iterable[Candidate], filters: Sequence[Candidate]) -> list[Candidate]:
    """The weighted words end where a filter begins."""
    clipped = []
    for weight in weights:
        inside = [each for each in filters if overlaps(weight, each)]
        if not inside:
            clipped.append(weight)
            continue
        length = len(weight.words[0])
        first, end = weight.end - length, min(each.start for each in inside)
        if end > first:
            words = weight.words[0][: end - first].strip()
            clipped.append(replace(weight, end=end, words=(words,)))
    return [each for each in clipped if each.words[0]]


def _in_company(text: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without the words that are probably subjects."""
    is_request = opener_end(text) > 0 or any(not each.needs_company for each in candidates)
    return [
        each
        for each in candidates
        if not each.needs_company
        or (is_request and each.start > 0 and is_clause(text, each.start, each.end))
        or (each.operator.startswith("-") and ends_clause(text, each.end))
    ]

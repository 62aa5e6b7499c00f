"""Turns the text of the search box into an intent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from gallery.core.config import config
from gallery.search.intent.agreement import agreeing
from gallery.search.intent.intent import Intent, Kind, Part
from gallery.search.intent.known_names import KnownNames
from gallery.search.intent.model.ask import ModelChat
from gallery.search.intent.read import moved, read
from gallery.search.intent.rest import rest_of
from gallery.search.intent.rules.candidate import Candidate, Context, overlaps
from gallery.search.intent.rules.filler import filler
from gallery.search.intent.rules.weights import MUCH
from gallery.search.intent.sentences import Run, runs_of
from gallery.search.query import Term
from gallery.search.syntax import ParsedText, parse
from gallery.search.syntax.tokens import cleaned


def understand(
    box: str,
    *,
    now: datetime,
    names: KnownNames,
    as_text: Collection[str] = (),
    chat: ModelChat | None = None,
) -> Intent:
    """What the box asks for. Never raises for text that people type.

    ``now`` has the time zone of the person. ``as_text`` are sources of parts that the person has
    undone: they stay text. With a ``chat``, the language model reads the sentences, and the rules
    do if it fails. A box without a sentence, or with one that is only a description, means what
    ``syntax.parse`` reads.
    """
    box = cleaned(box)
    if len(box) > config().max_query_length:  # The search refuses it.
        return as_typed(box, now=now)
    runs = list(runs_of(box))
    context = Context(now=now, names=names)
    result = read(box, runs, context, chat)
    undone = {" ".join(text.split()).casefold() for text in as_text}
    parts = [part for part in result.parts if part.source(box).casefold() not in undone]
    dropped = tuple(part.source(box) for part in result.parts if part not in parts)
    parts = agreeing(parts, parse(_typed(box, runs), now=now), now)
    for run in runs:
        parts += _filler(box, run, parts) if run.is_sentence else []
    intent = _intent(box, runs, sorted(parts, key=lambda part: part.start), now)
    return replace(intent, undone=dropped, reader=result.reader, model_failed=result.model_failed)


def as_typed(box: str, *, now: datetime) -> Intent:
    """The box without any reading of its sentences."""
    parsed = parse(box, now=now)
    return Intent(
        box=box,
        text=parsed.text,
        phrases=parsed.phrases,
        excluded_words=parsed.excluded_words,
        conditions=parsed.conditions,
    )


def _typed(box: str, runs: Sequence[Run]) -> str:
    return " ".join(box[run.start : run.end] for run in runs if not run.is_sentence)


def _filler(box: str, run: Run, parts: Sequence[Candidate]) -> list[Candidate]:
    inside = moved([part for part in parts if run.start <= part.start < run.end], -run.start)
    words = filler(box[run.start : run.end], inside)
    polite = [each for each in words if not any(overlaps(each, part) for part in inside)]
    return moved(polite, run.start)


def _intent(box: str, runs: Sequence[Run], parts: Sequence[Part], now: datetime) -> Intent:
    if not parts:
        return as_typed(box, now=now)
    operators = " ".join(part.operator for part in parts if part.operator)
    parsed = parse(f"{_typed(box, runs)} {operators}", now=now)
    text, terms = _text(box, runs, parts, now), _terms(parts)
    if not text and (much := next((term for term in terms if term.weight == MUCH), None)):
        # “Mostly sky” is “sky” if nothing else is sought.
        text, terms = much.text, tuple(term for term in terms if term is not much)
    intent = Intent(
        box=box,
        text=text,
        phrases=parsed.phrases,
        excluded_words=parsed.excluded_words,
        terms=terms,
        conditions=parsed.conditions,
        order=next((part.order for part in parts if part.order), None),
        limit=next((part.limit for part in parts if part.limit), None),
        parts=tuple(parts),
    )
    return intent if _asks_for_something(intent, parsed) else as_typed(box, now=now)


def _asks_for_something(intent: Intent, parsed: ParsedText) -> bool:
    """Politeness and a number alone do not."""
    asked = (intent.text, intent.terms, intent.order, parsed.operators, parsed.excluded_words)
    return any(asked)


def _text(box: str, runs: Sequence[Run], parts: Sequence[Part], now: datetime) -> str:
    """The sentences without their parts, and the phrases where they stand."""
    texts = (
        rest_of(
            box[run.start : run.end],
            [part for part in parts if run.start <= part.start < run.end],
            run.start,
        )
        if run.is_sentence
        else parse(box[run.start : run.end], now=now).text
        for run in runs
    )
    return " ".join(text for text in texts if text)


def _terms(parts: Sequence[Part]) -> tuple[Term, ...]:
    return tuple(
        Term(text=words, weight=part.weight)
        for part in parts
        if part.kind in (Kind.NEGATIVE, Kind.WEIGHT)
        for words in part.words
    )

"""A subject of a question as a text for the search box, with operators for what its words do not
say: the person's own pictures, the dates of uploads, and what is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import timezone

from gallery.ask.question import Kind, Question
from gallery.ask.tagged import tag_named
from gallery.core.config import config
from gallery.models import Tag, User
from gallery.search.intent import Intent, NamesVisibleTo, understand
from gallery.search.syntax import add_operator, unparse

_OWN = "is:mine"
_NEGATION = re.compile(
    r"\b(?:not|no|non|without)[ -](?:an? |the |any )?(?P<name>(?!.*\bsigns?$).+)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Box:
    """``words`` are those of the question; ``text`` has the ``operators`` too. ``left_out`` are
    tags; ``unknown`` should be left out as well, and has no tag."""

    text: str
    words: str
    operators: tuple[str, ...] = ()
    needs_login: bool = False
    left_out: tuple[Tag, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def can_be_answered(self) -> bool:
        return not (self.needs_login or self.unknown)

    @property
    def is_own(self) -> bool:
        return _OWN in self.text.split()


def box_of(text: str, question: Question, user: User) -> Box:
    """``text`` may have operators already, of the question before."""
    words = " ".join(word for word in text.split() if word != _OWN)
    if (question.is_own or _OWN in text.split()) and not user.is_authenticated:
        return Box(text, words, (_OWN,), needs_login=True)
    text, names = (text, ()) if question.kind is Kind.SHOW else _unread_negation(text, user)
    tags = {name: tag_named(name, user) for name in (*question.left_out, *names)}
    if unknown := tuple(name for name, tag in tags.items() if tag is None):
        # So a question that continues this one is not answered without the exclusion.
        return Box(text, words, (words, f"without {' or '.join(unknown)}"), unknown=unknown)
    left_out = tuple(tag for tag in tags.values() if tag is not None)
    operators = tuple(f"-{unparse('tag', tag.name)}" for tag in left_out)
    if question.is_own:
        operators = (_OWN, *operators)
    if question.by_upload:
        text = _by_upload(text, user)
    for operator in operators:
        text = add_operator(text, operator)
    return Box(text, words, operators, left_out=left_out)


def intent_of(text: str, user: User) -> Intent:
    """The filters and the words of a sentence."""
    text = text[: config().max_query_length]
    return understand(text, now=timezone.localtime(), names=NamesVisibleTo(user))


def _unread_negation(text: str, user: User) -> tuple[str, tuple[str, ...]]:
    """“Not drawings” alone is a text to search for, and leads a search only away from drawings: a
    number of either would not be the answer."""
    intent = intent_of(text, user)
    away = tuple(term.text for term in intent.terms if term.weight < 0)
    match = _NEGATION.search(intent.text)
    if not match:
        return text, away
    return text.replace(match[0], " ").strip(), (match["name"].strip(" :"), *away)


def _by_upload(text: str, user: User) -> str:
    """With its dates as operators for the date of the upload."""
    intent = intent_of(text, user)
    text = intent.box
    for part in sorted(intent.parts, key=lambda part: -part.start):
        sign, name, value = part.operator.partition("date:")
        if name and sign in ("", "-"):
            text = f"{text[: part.start]} {sign}uploaded:{value} {text[part.end :]}"
    return " ".join(text.split())

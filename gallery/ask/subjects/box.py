"""A subject of a question as a text for the search box, with operators for what its words do not
say: the person's own pictures, the dates of uploads, and what is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import timezone

from gallery.ask.question import Kind, Question
from gallery.ask.subjects.extreme import Extreme
from gallery.ask.subjects.shortened import shortened
from gallery.ask.tagged import tag_named
from gallery.core.config import config
from gallery.models import Tag, User
from gallery.search.intent import Intent, NamesVisibleTo, understand
from gallery.search.intent import Kind as PartKind
from gallery.search.syntax import add_operator, parse, unparse

_OWN = "is:mine"
_NEGATION = re.compile(
    r"\b(?:not|no|non|without)[ -](?:an? |the |any )?(?P<name>(?!.*\bsigns?$).+)$", re.IGNORECASE
)


@dataclass(frozen=True)
class Box:
    """``words`` are those of the question; ``text`` has the ``operators`` too. ``left_out`` are
    tags; ``unlike`` is left out as well, and has no tag. ``nobody`` is the name of somebody who has
    no pictures. ``extreme`` and ``by_upload`` are those of the question."""

    text: str
    words: str
    operators: tuple[str, ...] = ()
    needs_login: bool = False
    left_out: tuple[Tag, ...] = ()
    unlike: tuple[str, ...] = ()
    nobody: str = ""
    extreme: Extreme | None = None
    by_upload: bool = False

    @property
    def can_be_answered(self) -> bool:
        return not (self.needs_login or self.nobody)

    @property
    def is_own(self) -> bool:
        return _OWN in self.text.split()


def box_of(text: str, question: Question, user: User) -> Box:
    """``text`` may have operators already, of the question before."""
    words = " ".join(word for word in text.split() if word != _OWN)
    if (question.is_own or _OWN in text.split()) and not user.is_authenticated:
        return Box(text, words, (_OWN,), needs_login=True)
    operators: tuple[str, ...] = (_OWN,) if question.is_own else ()
    if name := question.person.name:
        username = NamesVisibleTo(user).owners([name]).get(name.lower())
        if username:
            operators = (unparse("owner", username),)
        elif question.person.is_sure:
            # A question that continues this one is not about everybody.
            return Box(text, words, (f"by {name}",), nobody=name)
        else:
            text = words = f"{name} {text}".strip()
    text, names = (text, ()) if question.kind is Kind.SHOW else _without_negations(text, user)
    tags = {name: tag_named(name, user) for name in (*question.left_out, *names)}
    left_out = tuple(tag for tag in tags.values() if tag is not None)
    unlike = tuple(name for name, tag in tags.items() if tag is None)
    operators += tuple(f"-{unparse('tag', tag.name)}" for tag in left_out)
    exclusion = (f"without {' or '.join(unlike)}",) if unlike else ()
    text = " ".join((text, *exclusion)).strip()
    if question.by_upload:
        text = _by_upload(text, user)
    for operator in operators:
        text = add_operator(text, operator)
    return Box(
        text,
        words,
        (*operators, *exclusion),
        left_out=left_out,
        unlike=unlike,
        extreme=question.extreme,
        by_upload=question.by_upload,
    )


def intent_of(text: str, user: User) -> Intent:
    """The filters and the words of a sentence."""
    text = shortened(text, config().max_query_length)
    return understand(text, now=timezone.localtime(), names=NamesVisibleTo(user))


def operators_of(text: str, user: User) -> tuple[str, ...]:
    return operators_in(intent_of(text, user))


def operators_in(intent: Intent) -> tuple[str, ...]:
    """Those that are typed, and those that the sentence means."""
    typed = parse(intent.box, now=timezone.localtime()).operators
    understood = [part.operator for part in intent.parts if part.operator]
    return tuple(dict.fromkeys((*(operator.source for operator in typed), *understood)))


def _without_negations(text: str, user: User) -> tuple[str, tuple[str, ...]]:
    """The text without what leads away, which is left out of a number."""
    intent = intent_of(text, user)
    parts = [part for part in intent.parts if part.kind is PartKind.NEGATIVE]
    text = intent.box
    for part in sorted(parts, key=lambda part: -part.start):
        text = f"{text[: part.start]} {text[part.end :]}"
    names = tuple(name for part in parts for name in part.words)
    if match := _NEGATION.search(" ".join(text.split())):
        return text.replace(match[0], " ").strip(), (match["name"].strip(" :"), *names)
    return " ".join(text.split()), names


def _by_upload(text: str, user: User) -> str:
    """With its dates as operators for the date of the upload."""
    intent = intent_of(text, user)
    text = intent.box
    for part in sorted(intent.parts, key=lambda part: -part.start):
        sign, name, value = part.operator.partition("date:")
        if name and sign in ("", "-"):
            text = f"{text[: part.start]} {sign}uploaded:{value} {text[part.end :]}"
    return " ".join(text.split())

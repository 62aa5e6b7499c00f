"""Owners and tags: “by ann”, “my pictures”, “tagged beach”, 小红拍的.

Both must exist among the pictures that the person may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import CHINESE_PICTURES, PICTURES, Candidate, Context
from gallery.search.intent.rules.files import FORMAT_NAME
from gallery.search.syntax import unparse

_BY_VERB = "(?:taken|shot|made|uploaded|posted|photographed|added)"
_OWN = re.compile(
    r"\bmy(?= (?:(?:own|vertical|horizontal|square|newest|latest|oldest) )?"
    rf"(?:{PICTURES}|{FORMAT_NAME})\b)|\bmy (?:own )?uploads\b|\b(?:of|are|is) mine\b"
    r"|\b(?:that |which )?(?:i|i've|i have) (?:took|taken|shot|made|uploaded|photographed)\b"
    r"|(?:(?<=\bnot )|(?<=, ))mine\b|(?<!\bstand )(?<!\bread )"
    rf"\b(?:(?:(?:that were |which were |were )?{_BY_VERB}|uploads?) )?(?:by|from) me\b"
    rf"|我的(?={CHINESE_PICTURES})|我的上传的?|我(?:拍摄?|照|上传|传)过?的|由我(?:拍摄?|上传)的?",
    re.IGNORECASE,
)
_BY = re.compile(
    rf"\b(?:(?:that were |were )?{_BY_VERB} )?by (?P<by>[\w.@+-]{{1,60}})(?![\w'’])",
    re.IGNORECASE,
)
_FROM_PICTURES = re.compile(rf"\b{PICTURES} (?P<from>from (?P<by>[\w.@+-]{{1,60}}))", re.IGNORECASE)
_POSSESSIVE = re.compile(rf"\b(?P<by>[\w.@+-]{{1,60}})['’]s(?= {PICTURES}\b)", re.IGNORECASE)
_CHINESE_OWNER = re.compile(rf"(?:拍摄?的|上传的|的(?={CHINESE_PICTURES}))")
_RUN = re.compile(r"[\w.@+-]{1,20}$")
# Owners may have such names, but these words after “by” are about something else.
_NOT_PEOPLE = frozenset(
    {"a", "an", "the", "night", "day", "train", "car", "bus", "bike", "boat", "foot", "hand", "sea",
     "water", "window", "fire", "lake", "river", "road", "candlelight", "moonlight"}
)  # fmt: skip
_OTHER_PERSON = re.compile(
    r" (?:and|or|&) (?!(?:not|no|without|with|from|in|taken)\b)\w", re.IGNORECASE
)
_TAGGED = re.compile(
    r"(?:\b(?:that are )?tagged (?:as |with )?(?:the tag )?|\bwith (?:the )?tags? |(?<!\S)#)"
    r"(?P<after>[\w-]+(?: [\w-]+){0,3})",
    re.IGNORECASE,
)
_CHINESE_TAGGED = re.compile(
    r"标签[是为](?P<a>[^\s，。,的]{1,20}?)的|(?:带有?|有)(?P<b>[^\s，。,的]{1,20}?)(?:这个)?标签的?"
    r"|(?<!\S)#(?P<c>[^\s，。,]{1,20})"
)


def name_candidates(text: str, context: Context) -> Iterator[Candidate]:
    if context.names.is_somebody:
        for match in _OWN.finditer(text):
            yield _filter(match.start(), match.end(), "is:mine")
    yield from _owners(text, context)
    yield from _tags(text, context)


def _owners(text: str, context: Context) -> Iterator[Candidate]:
    places = [
        (match.start(whole), match.start("by"), match.end("by"), match.end())
        for pattern, whole in ((_BY, 0), (_FROM_PICTURES, "from"), (_POSSESSIVE, 0))
        for match in pattern.finditer(text)
        if match["by"].lower() not in _NOT_PEOPLE
    ]
    for match in _CHINESE_OWNER.finditer(text):
        if run := _RUN.search(text[: match.start()]):
            places += [
                (start, start, match.start(), match.end())
                for start in range(run.start(), match.start())
            ]
    if not places:
        return
    known = context.names.owners({text[first:last] for _, first, last, _ in places})
    for start, first, last, end in places:
        username = known.get(text[first:last].lower())
        if username and not _is_one_of_several(text, start, end):
            yield _filter(start, end, unparse("owner", username))


def _is_one_of_several(text: str, start: int, end: int) -> bool:
    """“By ann and bob”: a filter for one of them would hide the pictures of the other."""
    is_second = text[max(start - 1, 0) : start] in ("和", "与")
    return is_second or _OTHER_PERSON.match(text, end) is not None


def _tags(text: str, context: Context) -> Iterator[Candidate]:
    places = []
    for match in _TAGGED.finditer(text):
        first = match.start("after")
        ends = [first + end.end() for end in re.finditer(r"[\w-]+(?=\s|$|[^\w-])", match["after"])]
        places += [(match.start(), first, end, end) for end in ends]
    for match in _CHINESE_TAGGED.finditer(text):
        first, last = match.span(match.lastgroup or 0)
        places.append((match.start(), first, last, match.end()))
    if not places:
        return
    known = context.names.tags({text[first:last] for _, first, last, _ in places})
    for start, first, last, end in places:
        if name := known.get(text[first:last].lower()):
            yield _filter(start, end, unparse("tag", name))


def _filter(start: int, end: int, operator: str) -> Candidate:
    return Candidate(start=start, end=end, kind=Kind.FILTER, operator=operator)

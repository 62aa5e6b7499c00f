"""“Not drawings”, “without people or cars”, “not from 2020”, 没有人的海滩, 除了狗以外的宠物."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import Candidate, begins_clause, ends_clause

# Half of what the text counts.
AWAY = -0.5
# The second group is a negation only at the beginning of a clause: “do not enter”.
_ENGLISH = re.compile(
    r"\b(?:(?P<anywhere>but not|but no|and no|with no|without|excluding|except(?: for)?|other than)"
    r"|(?P<clause>not|no))\b(?: any\b)?",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"[^,;.!?，。；！？]*?(?=\s*(?:[,;.!?，。；！？]|$|\bbut\b|\band (?:an?|the) ))", re.IGNORECASE
)
_SPLIT = re.compile(r"\s+(?:and|or|nor)\s+(?:no |not |without )?|\s+as well as\s+", re.IGNORECASE)
_NO_CONTENT = re.compile(r"^(?:an?|the|any)\s+|\s+(?:in (?:it|them)|please|thanks)$", re.IGNORECASE)
_CHINESE = re.compile(
    r"(?P<word>(?:但是?|也|而且|并且)?(?:请?不要有?|别要|(?<!有)没有|不含|不带|不包括|不包含|不是|排除|除了))"
)
# Idioms with 没有.
_CHINESE_IDIOM = re.compile(r"没有(?:尽头|意思|办法|关系|什么|界限|国界)")
_CHINESE_SCOPE = re.compile(
    r"(?P<words>[^，。；,;！？\s]{1,16}?)(?P<end>以外的?|之外的?|外的|的|(?=[，。；,;！？\s]|$))"
)
_CHINESE_SPLIT = re.compile(r"[和或与、及]")
_IDIOM = re.compile(r"without (?:borders|limits|a doubt)\b", re.IGNORECASE)
_SIGNS = ("no", "no any")
_CLAUSES_ONLY = ("不要", "不要有", "请不要", "请不要有", "别要", "不是", "排除")


def with_negations(text: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates, those after a negation excluded, and the words that lead away."""
    by_start = {candidate.start: candidate for candidate in candidates}
    negated: list[Candidate] = []
    for start, end, is_sure in [*_english_words(text), *_chinese_words(text)]:
        if any(other.start <= start < other.end for other in negated):
            continue
        following = by_start.get(_skip_space(text, end))
        if following and _may_be_excluded(text, following):
            negated.append(_excluding(following, start))
        elif is_sure:
            negated += _words_away(text, start, end, candidates)
    starts = {each.end for each in negated if each.kind is Kind.FILTER}
    others = [each for each in candidates if each.end not in starts]
    return [each for each in others if not any(_inside(each, other) for other in negated)] + negated


def _english_words(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in _ENGLISH.finditer(text):
        # “No parking” is a sign.
        may_begin = match[0].lower() not in _SIGNS or bool(text[: match.start()].strip())
        is_negation = match["anywhere"] or begins_clause(text, match.start())
        is_sure = is_negation and may_begin and not _IDIOM.match(text, match.start())
        yield match.start(), match.end(), bool(is_sure)


def _chinese_words(text: str) -> Iterator[tuple[int, int, bool]]:
    for match in _CHINESE.finditer(text):
        is_idiom = _CHINESE_IDIOM.match(text, match.start())
        # 不是 at the beginning is rather a statement.
        may_begin = match[0] != "不是" or bool(text[: match.start()].strip())
        is_clause = (may_begin and begins_clause(text, match.start())) or match[0][0] in "但也而并"
        is_sure = not is_idiom and (is_clause or match[0] not in _CLAUSES_ONLY)
        # 没有 in a clause with something before it is its subject's: 街上没有车.
        yield match.start(), match.end(), is_sure


def _may_be_excluded(text: str, candidate: Candidate) -> bool:
    """“No square in the city” is about a place, and “not square” about the shape."""
    is_alone = not candidate.needs_company or ends_clause(text, candidate.end)
    return candidate.kind is Kind.FILTER and is_alone


def _excluding(candidate: Candidate, start: int) -> Candidate:
    return replace(candidate, start=start, operator=f"-{candidate.operator}", needs_company=False)


def _words_away(
    text: str, start: int, end: int, candidates: Sequence[Candidate]
) -> list[Candidate]:
    limit = min((each.start for each in candidates if each.start >= end), default=len(text))
    first = _skip_space(text, end)
    is_chinese = not text[start].isascii()
    scope = (_CHINESE_SCOPE if is_chinese else _SCOPE).match(text, first, limit)
    if not scope:
        return []
    words = scope["words"] if is_chinese else scope[0]
    names = (_CHINESE_SPLIT if is_chinese else _SPLIT).split(words)
    cleaned = tuple(filter(None, (_NO_CONTENT.sub("", name.strip()) for name in names)))
    if not cleaned or (not is_chinese and cleaned[-1].lower().endswith((" sign", " signs"))):
        return []
    return [Candidate(start=start, end=scope.end(), kind=Kind.NEGATIVE, words=cleaned, weight=AWAY)]


def _skip_space(text: str, position: int) -> int:
    return position + len(text[position:]) - len(text[position:].lstrip())


def _inside(one: Candidate, other: Candidate) -> bool:
    return one is not other and other.start <= one.start < other.end

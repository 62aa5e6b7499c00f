"""What a question asks for, and about which pictures: by rules, in English and Chinese. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gallery.ask.subjects.exclusion import without_exclusions
from gallery.ask.subjects.extreme import Extreme, extreme_of
from gallery.ask.subjects.filler import EDGES, without_filler
from gallery.ask.subjects.own import without_person
from gallery.ask.subjects.person import NO_PERSON, Named, without_name
from gallery.ask.subjects.words import CHINESE_PICTURES, FIRST_OR_LAST, FREQUENT, PICTURES

MAX_LENGTH = 500


class Kind(StrEnum):
    """What the database answers. ``SHOW`` is everything else: the pictures are the answer."""

    COUNT = "count"
    COMPARE = "compare"
    WHEN = "when"
    WHERE = "where"
    TAGS = "tags"
    CAMERAS = "cameras"
    PEOPLE = "people"
    SHOW = "show"


@dataclass(frozen=True)
class Question:
    """``subjects`` are texts to search for: two for a comparison, else one, which may be empty.
    ``is_about_all``: it names all pictures, so it does not continue the question before;
    ``continues``: it does, as “and in 2022?”. ``is_own``: it is about the pictures of the person.
    ``by_upload``: its dates are those of uploads, ``by_taken``: those of the camera. ``left_out``
    is what pictures must not show. ``person`` took or uploaded them, if somebody has this name.
    ``is_elliptical``: it only replaces a part of the question before, as “what about dogs?”.
    """

    kind: Kind
    subjects: tuple[str, ...]
    is_about_all: bool = False
    continues: bool = False
    is_own: bool = False
    by_upload: bool = False
    by_taken: bool = False
    left_out: tuple[str, ...] = ()
    person: Named = NO_PERSON
    extreme: Extreme | None = None
    is_elliptical: bool = False


# The first pattern that matches decides.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.COMPARE, r"^(?:are there |do i have |did i take )?(?:more|fewer) .+ (?:than|or) "),
        (Kind.COMPARE, r"\bcompare\b.+\b(?:and|with|to)\b|比较.+[和与跟]"),
        (Kind.COMPARE, r"多还是.+多|[和与跟].+(?:哪个|哪种|谁)(?:更)?多"),
        (Kind.COMPARE, r"(?:哪个|哪种|谁)(?:的?照片)?更?多.+(?:还是|[和与跟])"),
        (Kind.COUNT, r"\bhow many\b|\bnumber of\b|^count\b|多少|几[张幅个]|数量"),
        (Kind.WHEN, r"^when\b|^(?:what|which|on which|in which) (?:year|month|day|date)s?\b"),
        (Kind.WHEN, rf"^(?:what|which) (?:is|was|are|were) (?:the |my )?{FIRST_OR_LAST}"),
        (Kind.WHEN, r"什么时候|何时|哪一?[年月天]"),
        (Kind.WHERE, r"^where\b|^(?:what|which|in which|at which) (?:place|location)s?\b"),
        (Kind.WHERE, r"哪里|哪儿|在哪|什么地方|何处"),
        (Kind.TAGS, rf"^(?:what|which) (?:(?:is|are) the {FREQUENT} )?tags?\b"),
        (Kind.TAGS, r"(?:什么|哪[些个])标签|最(?:常用|常见|多)的标签"),
        (Kind.CAMERAS, r"^(?:what|which|with which) (?:camera|phone)s?\b"),
        (Kind.CAMERAS, rf"^(?:what|which) (?:is|are) the {FREQUENT} (?:camera|phone)s?\b"),
        (Kind.CAMERAS, r"(?:什么|哪[些台个]?)相机"),
        (Kind.PEOPLE, r"^who (?:took|takes|uploads|uploaded|photographed|made|has)\b"),
        (Kind.PEOPLE, rf"谁(?:拍|上传|的{CHINESE_PICTURES}最多)"),
    )
)
_ABOUT_ALL = re.compile(
    rf"\b(?:{PICTURES}|tags?|cameras?|phones?) are there\b"
    rf"|\bin (?:the|my|this) (?:whole |entire )?gallery\b|\ball (?:the |my )?{PICTURES}\b"
    r"|图库|(?:全部|所有)的?(?:照片|图片|相片)|^有(?:什么|哪些)",
    re.IGNORECASE,
)
_JOINS = re.compile(
    r"(?:and|but|what about|how about|(?:which|how many) of (?:them|these|those))\b|那|其中",
    re.IGNORECASE,
)
_ELLIPTICAL = re.compile(
    r"(?:(?:and|but),? )?(?:what|how) about\b|那"
    r"|and (?!(?:what|which|who|where|when|how|why|is|are|was|do|does|did|can|show|tell)\b)",
    re.IGNORECASE,
)
_REFERS = re.compile(r"\b(?:they|them|these|those|this|it)\b|它们|这些|那些|这张", re.IGNORECASE)
_UPLOADED = re.compile(r"\bupload(?:s|ed)?\b|上传", re.IGNORECASE)
_TAKEN = re.compile(r"\b(?:taken|took|take|shot)\b|拍", re.IGNORECASE)
_THAN = re.compile(r"\b(?:than|or|and|with|to)\b|还是|[和与跟]", re.IGNORECASE)
_MORE = re.compile(
    r"^(?:are there |do i have |did i take )?(?:more|fewer) |\bcompare\b"
    r"|比较|(?:哪个|哪种|谁)?(?:的?照片)?更?多",
    re.IGNORECASE,
)


def read(text: str) -> Question:
    """Never raises for text that people type."""
    text = " ".join(text.split()).strip(EDGES)
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), Kind.SHOW)
    person = without_name(text)
    own = without_person(person.text)
    rest, left_out = without_exclusions(own.text)
    subjects: tuple[str, ...] = ()
    if kind is Kind.COMPARE:
        parts = _THAN.split(_MORE.sub(" ", rest))
        subjects = tuple(filter(None, map(without_filler, parts)))
        if len(subjects) != 2:
            kind = Kind.COUNT
    joins = _JOINS.match(text) is not None
    by_taken = _TAKEN.search(text) is not None
    return Question(
        kind,
        subjects if kind is Kind.COMPARE else (without_filler(rest),),
        is_about_all=not joins and _ABOUT_ALL.search(text) is not None,
        continues=joins or _REFERS.search(text) is not None,
        is_own=own.is_own,
        by_upload=bool(_UPLOADED.search(text)) and not by_taken,
        by_taken=by_taken,
        left_out=left_out,
        person=person,
        extreme=extreme_of(text),
        is_elliptical=_ELLIPTICAL.match(text) is not None,
    )

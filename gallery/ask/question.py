"""What a question asks for, and about which pictures: by rules, in English and Chinese. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

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
    ``is_about_all``: it names all pictures, so it does not continue the question before."""

    kind: Kind
    subjects: tuple[str, ...]
    is_about_all: bool = False


_PICTURES = r"(?:pictures?|photos?|photographs?|images?|pics?|shots?)"
_VERBS = r"(?:take|took|taken|shoot|shot|photograph|photographed|upload|uploaded|have|got)"
# The first pattern that matches decides.
_KINDS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.COMPARE, r"^(?:are there |do i have |did i take )?(?:more|fewer) .+ (?:than|or) "),
        (Kind.COMPARE, r"\bcompare\b.+\b(?:and|with|to)\b|比较.+[和与跟]"),
        (Kind.COMPARE, r"多还是.+多|[和与跟].+(?:哪个|哪种|谁)(?:更)?多"),
        (Kind.COUNT, r"\bhow many\b|\bnumber of\b|^count\b|多少|几[张幅个]|数量"),
        (Kind.WHEN, r"^when\b|^(?:what|which|on which|in which) (?:year|month|day|date)s?\b"),
        (Kind.WHEN, r"什么时候|何时|哪一?[年月天]"),
        (Kind.WHERE, r"^where\b|^(?:what|which|in which|at which) (?:place|location)s?\b"),
        (Kind.WHERE, r"哪里|哪儿|在哪|什么地方|何处"),
        (Kind.TAGS, r"^(?:what|which) tags?\b|(?:什么|哪些)标签"),
        (Kind.CAMERAS, r"^(?:what|which|with which) (?:camera|phone)s?\b|(?:什么|哪[些台个]?)相机"),
        (Kind.PEOPLE, r"^who (?:took|uploaded|photographed|made)\b|谁(?:拍|上传)"),
    )
)
# Words of questions that say nothing about what is in the pictures.
_FILLER = re.compile(
    rf"^(?:and|but|what about|how about|please|tell me|can you tell me|show me)\b[ ,]*"
    rf"|^what (?:is|are|do you see|can you see)(?: shown| visible)? (?:on|in) "
    rf"(?:(?:the|my|these|those|all) )*{_PICTURES}(?: (?:of|with|showing|that show))?\b"
    rf"|\bhow many(?: of (?:the|my|these|those))?\b|\b(?:the )?number of\b|^count(?: (?:the|my))?\b"
    rf"|^(?:when|where|on which|in which|at which|with which|what|which|who)\b"
    rf"(?: (?:years?|months?|days?|dates?|places?|locations?|tags?|cameras?|phones?))?"
    rf"|\b(?:did|do|have|had) (?:i|we)(?: (?:last|first|ever))?(?: {_VERBS})?\b"
    rf"|^ *(?:was|were|are|is|do|does|did|has|have) (?:there|(?=the |my |this |these ))?"
    rf"|\b(?:are|is|were|was) there\b|\b(?:was|were|is|are|been) {_VERBS}\b"
    rf"|\bin (?:the|my) gallery\b"
    rf"|^ *(?:the |my |all )?{_PICTURES}(?: (?:of|with|showing|that show))?(?= )"
    rf"|\b(?:the |my )?{_PICTURES}(?: (?:of|with|showing))?\b|^ *(?:took|uploaded|taken|made)\b"
    rf"|^ *(?:have|appear in)\b|\b(?:have|appear|taken|made|uploaded|shot)$",
    re.IGNORECASE,
)
_CHINESE_FILLER = re.compile(
    r"^那么?|请问|告诉我|(?:一共|总共)?有?(?:多少|几)[张幅个]?|数量|什么时候|何时|哪一?[年月天]|在?哪里|在?哪儿|在哪"
    r"|(?:在)?什么地方|何处|(?:什么|哪些)标签|(?:用)?(?:什么|哪[些台个]?)相机|谁"
    r"|(?:我|我们)?(?:拍摄|拍|上传)(?:过|了|的)?|(?:的)?(?:照片|图片|相片|图像)|[呢吗的了呀啊是]$|^[有的是]|比较"
)
_ONLY_ARTICLES = re.compile(
    r"^(?:(?:was|were|is|are|do|does|show|they|the|an?|my|any|all|some"
    r"|these|this|those|it|them|here|in total|这些|这张)\b ?)+$",
    re.IGNORECASE,
)
_ABOUT_ALL = re.compile(
    rf"\b(?:{_PICTURES}|tags?|cameras?|phones?) are there\b"
    rf"|\bin (?:the|my|this) (?:whole |entire )?gallery\b|\ball (?:the |my )?{_PICTURES}\b"
    r"|图库|(?:全部|所有)的?(?:照片|图片|相片)|^有(?:什么|哪些)",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"(?:and|but|what about|how about)\b|那", re.IGNORECASE)
_THAN = re.compile(r"\b(?:than|or|and|with|to)\b|还是|[和与跟]", re.IGNORECASE)
_MORE = re.compile(
    r"^(?:are there |do i have |did i take )?(?:more|fewer) |\bcompare\b"
    r"|比较|(?:哪个|哪种|谁)?更?多",
    re.IGNORECASE,
)


def read(text: str) -> Question:
    """Never raises for text that people type."""
    text = " ".join(text.split()).strip(" ?？!！.。,，")
    kind = next((kind for kind, pattern in _KINDS if pattern.search(text)), Kind.SHOW)
    if kind is Kind.COMPARE:
        subjects = tuple(
            filter(None, (_subject(part) for part in _THAN.split(_MORE.sub(" ", text))))
        )
        if len(subjects) == 2:
            return Question(kind, subjects)
        kind = Kind.COUNT
    is_about_all = bool(_ABOUT_ALL.search(text)) and not _CONTINUES.match(text)
    return Question(kind, (_subject(text),), is_about_all)


def _subject(text: str) -> str:
    # Twice: what follows a removed word may be the beginning of the next pattern.
    for _ in range(2):
        text = _CHINESE_FILLER.sub(" ", _FILLER.sub(" ", text))
        text = " ".join(text.split()).strip(" ?？!！.。,，")
    return _ONLY_ARTICLES.sub("", text)

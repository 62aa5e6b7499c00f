"""What the pictures must not show: “without dogs”, 没有狗的. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from gallery.ask.subjects.words import CHINESE_PICTURES, PICTURES

_WORD = (
    r"(?!(?:in|on|at|from|of|by|with|that|which|are|were|is|was|did|do|have|and|or|than|there|taken"
    r"|uploaded|since|before|after|between|last|this|today|yesterday)\b)[\w'’-]+"
)
_NAME = rf"(?:{_WORD})(?: {_WORD}){{0,2}}"
_ENGLISH = re.compile(
    r"\b(?:without|with no|except(?: for)?|excluding|other than|but (?:no|not)"
    r"|(?:that )?(?:have|has|show|shows|contain|contains) no"
    r"|(?:that )?(?:do(?:es)? not|don['’]t|doesn['’]t) (?:have|show|contain)"
    r"|(?:are |is )?not (?:of|with|showing))(?: (?:any|an?|the))?(?: tag(?= \w))? "
    rf"(?!(?:borders|limits|doubt|{PICTURES})\b)(?P<names>{_NAME}(?: (?:and|or) {_NAME})*)",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"除了?(?P<except>[^，。,\s]{1,10}?)(?:以外|之外|外)的?|"
    rf"(?:里面?|中|上)?(?:没有|没拍到?|(?<!是)不是(?![\d一二今去前昨上这本横竖方])|不含|不带|不包含)(?!{CHINESE_PICTURES}|尽头|意思|办法|关系|界限|国界)"
    rf"(?P<names>[^，。,的\s]{{1,10}}?)(?:的|(?={CHINESE_PICTURES})|(?=有(?:多少|几))|(?=[，。,\s]|$))"
)
_AND = re.compile(r" (?:and|or) |[和或与、]")
_QUESTION = re.compile(r"有没有|[吗呢]$")


class Exclusion(NamedTuple):
    """``text`` without the exclusions, whose ``names`` are to be left out."""

    text: str
    names: tuple[str, ...]


def without_exclusions(text: str) -> Exclusion:
    text = _QUESTION.sub(" ", text)
    names = [
        name.strip()
        for pattern in (_ENGLISH, _CHINESE)
        for match in pattern.finditer(text)
        for name in _AND.split(match[match.lastgroup or 0])
    ]
    return Exclusion(_CHINESE.sub(" ", _ENGLISH.sub(" ", text)), tuple(filter(None, names)))

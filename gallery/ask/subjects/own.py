"""Whether a question is about the pictures of the person who asks it. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

from gallery.ask.subjects.words import CHINESE_PICTURES, NEWEST, OLDEST, PICTURES, VERBS

_DID_I = re.compile(
    rf"\b(?:did|do|have|had) i(?: (?:ever|last|first|already|also))* {VERBS}\b", re.IGNORECASE
)
_NOT_ASKING = r"(?<!\bdo )(?<!\bdid )(?<!\bhave )(?<!\bhad )"
# “My dog” is a subject, and “my dog pictures” are pictures of the person.
_MINE = re.compile(
    rf"\bmy(?: own)?(?= (?:(?!(?:in|on|and|are|is)\b)[\w-]+ )?{PICTURES}\b)"
    rf"|\bmy(?= (?:(?:{OLDEST}|{NEWEST}) )?uploads?\b)"
    rf"|{_NOT_ASKING}\b(?:that |which )?i(?:['’]ve| have| had)?(?: ever| already)? "
    r"(?:took|taken|shot|made|uploaded|photographed|posted|added)\b"
    rf"|{_NOT_ASKING}\b(?:that |which )?i have$|\b(?:of|are|is) mine\b|\b(?:by|from) me\b",
    re.IGNORECASE,
)
# Not in 给我看, “show me”, nor before 我们, “we”, or 我和, “I and somebody else”.
_CHINESE = re.compile(
    rf"本人(?:的(?={CHINESE_PICTURES}))?|(?<![给帮替让诉])我(?:的?(?={CHINESE_PICTURES}|最[早新近旧老后])"
    r"|自?己?(?![们的想要家看能和跟与])(?=[^，。,的想要看]{0,16}?(?:拍|上传|照[过了]|有)))"
)


_TAKEN_WITH = re.compile(
    r"\bi(?:['’]ve| have| had)? (?:took|taken|shot)(?= (?:with|using)\b)", re.IGNORECASE
)


class Own(NamedTuple):
    """``text`` without the words for the person, which are “my” or 我."""

    text: str
    is_own: bool


def without_person(text: str) -> Own:
    rest = _CHINESE.sub(" ", _MINE.sub(" ", _TAKEN_WITH.sub("taken", text)))
    return Own(rest, rest != text or _DID_I.search(text) is not None)

"""Whose pictures a question is about, if it names somebody: “did ann upload”, 小红拍了. Pure."""

from __future__ import annotations

import re
from typing import NamedTuple

_ENGLISH = re.compile(
    r"\b(?:did|has|had) (?!(?:i|we|you|they|he|she|it|my|the|a|an|any|anyone|anybody|there)\b)"
    r"(?P<name>[\w.@+-]{1,60})(?: (?:ever|already|also|last|first))*"
    r" (?:take|taken|shoot|shot|photograph(?:ed)?|upload(?:ed)?|post(?:ed)?|add(?:ed)?)\b",
    re.IGNORECASE,
)
# The name may also be what the pictures show: 海滩拍了几张.
_CHINESE = re.compile(
    r"^(?P<name>[^\s，。,\d年月日我你谁在没不除的]{1,20}?)(?:一共|总共|共)?(?:拍摄?|上传)(?:了|过)(?=多少|几)"
)


class Named(NamedTuple):
    """``text`` without the person. ``is_sure``: the name is that of a person."""

    text: str
    name: str = ""
    is_sure: bool = False


NO_PERSON = Named("")


def without_name(text: str) -> Named:
    if match := _ENGLISH.search(text):
        return Named(f"{text[: match.start()]} {text[match.end() :]}", match["name"], is_sure=True)
    if match := _CHINESE.search(text):
        return Named(text[match.end() :], match["name"])
    return Named(text)

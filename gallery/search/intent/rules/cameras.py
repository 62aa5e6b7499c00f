"""Cameras: “taken with a Canon”, 用佳能拍的. A known brand, or a part of the name of a camera of a
picture that the person may see.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, islice

from gallery.search.intent.intent import Kind
from gallery.search.intent.rules.candidate import Candidate, Context
from gallery.search.syntax import unparse

# Nobody names so many cameras in one sentence, and each is looked up.
_MOST = 10
_WITH_CAMERA = re.compile(
    r"\b(?:taken |shot |photographed |made |captured )(?:with|on|using) "
    r"(?:an? |my |the |his |her |our )?(?P<name>[\w.-]+(?: [\w.-]+){0,3})",
    re.IGNORECASE,
)
# Only beside a verb such as “taken”: a picture may show “a girl with my iphone”.
_LATER_CAMERA = re.compile(
    r"\bwith (?:an? |my |the )(?P<name>[\w.-]+(?: [\w.-]+){0,3})", re.IGNORECASE
)
_TAKEN = re.compile(r"\b(?:took|taken|shot|photographed)\b", re.IGNORECASE)
_CHINESE_CAMERA = re.compile(
    r"用(?P<name>[\w .-]{1,30}?)(?:相机|手机)?(?:拍摄?|照)的?(?!照|摄)", re.IGNORECASE
)
_BRANDS = frozenset(
    {"canon", "nikon", "sony", "fujifilm", "fuji", "leica", "olympus", "panasonic", "pentax",
     "hasselblad", "ricoh", "sigma", "gopro", "dji", "iphone", "ipad", "samsung", "huawei",
     "xiaomi", "kodak"}
)  # fmt: skip
_CHINESE_BRANDS = {
    "佳能": "canon", "尼康": "nikon", "索尼": "sony", "富士": "fuji", "徕卡": "leica",
    "莱卡": "leica", "奥林巴斯": "olympus", "松下": "panasonic", "宾得": "pentax",
    "哈苏": "hasselblad", "理光": "ricoh", "大疆": "dji", "苹果": "iphone", "三星": "samsung",
    "华为": "huawei", "小米": "xiaomi",
}  # fmt: skip


def camera_candidates(text: str, context: Context) -> Iterator[Candidate]:
    later = _LATER_CAMERA.finditer(text) if _TAKEN.search(text) else ()
    for match in islice(chain(_WITH_CAMERA.finditer(text), later), _MOST):
        if name := _longest_name(match["name"].split(" "), context):
            yield _filter(match.start(), match.start("name") + len(name), name.lower())
    for match in islice(_CHINESE_CAMERA.finditer(text), _MOST):
        name = _CHINESE_BRANDS.get(match["name"].strip(), match["name"].strip().lower())
        if _is_camera(name, context):
            yield _filter(match.start(), match.end(), name)


def _longest_name(words: list[str], context: Context) -> str:
    """Empty if the first word is in the name of no camera; then no other name is looked up."""
    name = ""
    for length in range(1, len(words) + 1):
        longer = " ".join(words[:length])
        if not _is_camera(longer, context):
            break
        name = longer
    return name


def _is_camera(name: str, context: Context) -> bool:
    return name.lower() in _BRANDS or (len(name) > 2 and context.names.has_camera(name))


def _filter(start: int, end: int, name: str) -> Candidate:
    return Candidate(start=start, end=end, kind=Kind.FILTER, operator=unparse("camera", name))

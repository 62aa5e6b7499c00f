"""The operators of the search box, and the conditions that each of them means."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_noop

from gallery.core.errors import InvalidInput
from gallery.media.formats import FORMATS
from gallery.models import State, Visibility
from gallery.models.tags.names import normalised
from gallery.search.filters.colours import colour_of
from gallery.search.filters.orientation import Orientation
from gallery.search.syntax.dates import span_of, start_of
from gallery.search.syntax.metadata_values import metadata_condition
from gallery.search.syntax.places import place_of
from gallery.search.syntax.quantities import megapixels, size

Conditions = Mapping[str, Any]


@dataclass(frozen=True)
class Value:
    """The text after the colon; ``now`` has the time zone of the person who types."""

    text: str
    quoted: bool
    now: datetime


def conditions_of(name: str, value: Value) -> Conditions:
    """The fields of ``ImageFilter`` that the operator sets. Raises ``InvalidInput``."""
    if not value.text.strip():
        raise InvalidInput(gettext_noop("a value is missing"))
    prefix, dot, path = name.partition(".")
    if dot and _canonical(prefix) == "meta":
        return {"metadata": metadata_condition(path, value.text, quoted=value.quoted)}
    return _OPERATORS[_canonical(name)](value)


def is_operator(name: str) -> bool:
    prefix, dot, path = name.partition(".")
    if dot:
        return _canonical(prefix) == "meta" and bool(path)
    return _canonical(name) in _OPERATORS


def canonical_name(name: str) -> str:
    """The English name of an operator in lower case; the key of metadata keeps its case."""
    prefix, dot, path = name.partition(".")
    return f"{_canonical(prefix)}{dot}{path}"


def _canonical(name: str) -> str:
    lower = name.lower()
    return _ALIASES.get(lower, lower)


# In quotes, these are usernames.
_OWNERS: dict[str, Conditions] = {
    "me": {"own": True}, "我": {"own": True},
    "none": {"no_owner": True}, "无": {"no_owner": True},
}  # fmt: skip


def is_owner_word(value: str) -> bool:
    """Whether ``value`` after ``owner:`` is no username unless it is in quotes."""
    return value.lower() in _OWNERS


def _owner(value: Value) -> Conditions:
    if is_owner_word(value.text) and not value.quoted:
        return _OWNERS[value.text.lower()]
    return {"owner": value.text.strip()}


def _import(value: Value) -> Conditions:
    try:
        return {"import_id": uuid.UUID(value.text.strip())}
    except ValueError:
        raise InvalidInput(gettext_noop("not the ID of an import")) from None


def _format(value: Value) -> Conditions:
    names = [name.strip().lower() for name in value.text.split(",")]
    by_extension = {known.extension: known.name for known in FORMATS.values()}
    formats = tuple(by_extension.get(name, _FORMAT_ALIASES.get(name, name)) for name in names)
    if not set(formats) <= set(FORMATS):
        raise InvalidInput(gettext_noop("no such picture format"))
    return {"formats": formats}


def _is(value: Value) -> Conditions:
    try:
        return _PROPERTIES[value.text.strip().lower()]
    except KeyError:
        raise InvalidInput(gettext_noop("no such property")) from None


def _has(value: Value) -> Conditions:
    if value.text.strip().lower() in ("caption", "说明"):
        return {"has_caption": True}
    raise InvalidInput(gettext_noop("no such property"))


def _span(field: str) -> Callable[[Value], Conditions]:
    def conditions(value: Value) -> Conditions:
        span = span_of(value.text, value.now)
        values = {f"{field}_after": span.after, f"{field}_before": span.before}
        return {name: moment for name, moment in values.items() if moment is not None}

    return conditions


_FORMAT_ALIASES = {"tif": "tiff", "heif": "heic"}
_PROPERTIES: dict[str, Conditions] = {
    **{orientation.value: {"orientations": (orientation.value,)} for orientation in Orientation},
    **{visibility.value: {"visibility": visibility.value} for visibility in Visibility},
    **{state.value: {"states": (state.value,)} for state in State},
    "searchable": {"states": (State.READY.value,)},
    "waiting": {"states": (State.STORED.value, State.DERIVED.value)},
    "captioned": {"has_caption": True},
    "mine": {"own": True},
    "横向": {"orientations": ("landscape",)}, "横图": {"orientations": ("landscape",)},
    "纵向": {"orientations": ("portrait",)}, "竖图": {"orientations": ("portrait",)},
    "方形": {"orientations": ("square",)}, "正方形": {"orientations": ("square",)},
    "公开": {"visibility": "public"}, "私密": {"visibility": "private"},
    "有说明": {"has_caption": True}, "我的": {"own": True}, "失败": {"states": ("failed",)},
}  # fmt: skip
_OPERATORS: dict[str, Callable[[Value], Conditions]] = {
    "owner": _owner,
    "id": lambda value: {"external_id": value.text},
    "import": _import,
    "after": lambda value: {"dated_after": start_of(value.text, value.now)},
    "before": lambda value: {"dated_before": start_of(value.text, value.now)},
    "date": _span("dated"),
    "taken": _span("taken"),
    "uploaded": _span("created"),
    "is": _is,
    "has": _has,
    "camera": lambda value: {"camera": value.text.strip()},
    "lens": lambda value: {"lens": value.text.strip()},
    "format": _format,
    "size": lambda value: size(value.text),
    "mp": lambda value: megapixels(value.text),
    "near": lambda value: {"near": place_of(value.text)},
    "colour": lambda value: {"colour": colour_of(value.text)},
    "tag": lambda value: {"tags": (normalised(value.text),)},
}
_ALIASES = {
    "color": "colour", "megapixels": "mp", "metadata": "meta",
    "作者": "owner", "所有者": "owner", "编号": "id", "导入": "import",
    "晚于": "after", "早于": "before", "日期": "date", "拍摄": "taken", "上传": "uploaded",
    "是": "is", "有": "has", "相机": "camera", "镜头": "lens", "格式": "format", "大小": "size",
    "像素": "mp", "附近": "near", "颜色": "colour", "标签": "tag", "元数据": "meta",
}  # fmt: skip

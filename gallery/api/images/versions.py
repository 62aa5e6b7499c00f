"""The ETag of an image, and changes of only that version which the client has read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.http import parse_etags
from rest_framework.request import Request

from gallery.api.images.responses import ImageSerializer
from gallery.api.problems import PreconditionFailed

# The addresses of one version may differ between answers.
_ADDRESSES = frozenset({"url", "previews", "original"})
_VERSIONED = [name for name in ImageSerializer.Meta.fields if name not in _ADDRESSES]


def etag_of(answer: Mapping[str, Any], *, part: Mapping[str, Any] | None = None) -> str:
    """A strong ETag: the version of the image that this person sees, a dot, the whole answer.

    ``part`` is the answer if it is not the image, but something that belongs to it.
    """
    return f'"{version_of(answer)}.{_digest(answer if part is None else part)}"'


def check_version(request: Request, answer: Mapping[str, Any]) -> None:
    """Raises ``PreconditionFailed`` if the header ``If-Match`` has only other versions.

    Answers with and without ``with_vector`` have the same version. A proxy that compresses
    makes ETags weak (``W/``), so a weak one is accepted.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return
    tags = parse_etags(header)
    if tags == ["*"]:  # In quotation marks it would be an ETag.
        return
    if version_of(answer) not in {version_in(tag) for tag in tags}:
        raise PreconditionFailed


def version_in(tag: str) -> str:
    """That of an ETag, or of a text that is one already."""
    return tag.removeprefix("W/").strip('"').partition(".")[0]


def version_of(answer: Mapping[str, Any]) -> str:
    """The version of the image that this person sees."""
    return _digest({name: answer[name] for name in _VERSIONED})


def _digest(values: Mapping[str, Any]) -> str:
    text = json.dumps(values, cls=DjangoJSONEncoder, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:24]

"""Parsers of JSON bodies."""

from __future__ import annotations

import codecs
import io
from collections import Counter
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import (  # type: ignore[attr-defined]
    BaseParser,
    JSONParser,
    get_encoding,
)
from rest_framework.utils import json

from gallery.api.problems import BodyTooLarge

# Pictures in base64 need more than the 2.5 MB that Django allows other bodies. Parsing may take
# four times this size in memory. Larger pictures come as multipart, which Django writes to disk.
MAX_JSON_BYTES = 16 << 20
# Each value of a list or an object takes up to 72 bytes once it is parsed, so a body of brackets
# would take 400 MB. The largest request that is valid has 10,000 values.
_MAX_JSON_VALUES = 100_000


class ShallowJSONParser(JSONParser):
    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Raises ``ParseError`` for what is not JSON or nested too deeply, and ``ValidationError``
        for an object that has a key twice.
        """
        encoding = get_encoding(parser_context or {})
        try:
            text = codecs.getreader(encoding)(stream).read()
            return json.loads(text, object_pairs_hook=_object)
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Python would take the last of equal keys, and other programs the first."""
    values = dict(pairs)
    if len(values) < len(pairs):
        [(name, _count)] = Counter(name for name, _value in pairs).most_common(1)
        message = _("The key “%(name)s” is given more than once in one object.") % {"name": name}
        raise ValidationError([message], code="repeated")
    return values


class LongJSONParser(BaseParser):
    """JSON of up to ``MAX_JSON_BYTES``.

    Not a subclass of ``JSONParser``, to which the framework passes bodies of at most 2.5 MB.
    """

    media_type = "application/json"

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        """Raises ``BodyTooLarge``."""
        body = stream.read(MAX_JSON_BYTES + 1)
        if len(body) > MAX_JSON_BYTES or _separators(body) > _MAX_JSON_VALUES:
            raise BodyTooLarge
        return ShallowJSONParser().parse(io.BytesIO(body), *args, **kwargs)


def _separators(body: bytes) -> int:
    """At least the number of values in the lists and objects of a JSON text."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")

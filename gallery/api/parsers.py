"""Parsers of JSON bodies."""

from __future__ import annotations

import io
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, JSONParser

from gallery.api.problems import BodyTooLarge

# Pictures in base64 need more than the 2.5 MB that Django allows other bodies. Parsing may take
# four times this size in memory. Larger pictures come as multipart, which Django writes to disk.
MAX_JSON_BYTES = 16 << 20


class ShallowJSONParser(JSONParser):
    def parse(self, *args: Any, **kwargs: Any) -> Any:
        """Raises ``ParseError`` for JSON that is nested too deeply."""
        try:
            return super().parse(*args, **kwargs)
        except RecursionError as error:
            raise ParseError("JSON parse error - nested too deeply") from error


class LongJSONParser(BaseParser):
    """JSON of up to ``MAX_JSON_BYTES``.

    Not a subclass of ``JSONParser``, to which the framework passes bodies of at most 2.5 MB.
    """

    media_type = "application/json"

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        """Raises ``BodyTooLarge``."""
        body = stream.read(MAX_JSON_BYTES + 1)
        if len(body) > MAX_JSON_BYTES:
            raise BodyTooLarge
        return ShallowJSONParser().parse(io.BytesIO(body), *args, **kwargs)

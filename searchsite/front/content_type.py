"""Whether a request is UTF-8, by its header ``Content-Type``.

Django decodes addresses and forms by the charset of this header, which may be any codec of Python,
such as ``hex`` or ``idna``. Some raise errors that are not those of a wrong form.
"""

from __future__ import annotations

import re

_UTF_8 = re.compile(r"\bcharset\s*=\s*\"?utf-?8\"?\s*(?=;|$)")
# The second is a parameter with a charset of its own (RFC 2231), such as ``boundary*=hex''41``.
_ANY_CHARSET = re.compile(r"charset|\*\s*=")


def is_utf_8(content_type: str) -> bool:
    return not _ANY_CHARSET.search(_UTF_8.sub("", content_type.lower()))

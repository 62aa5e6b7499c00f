"""A system check: with too little memory for a decoder, every picture would be refused."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from gallery.core.config import config
from gallery.media.limits.pixel_limit import memory_needed

_MB = 1 << 20


@register
def check_memory(**_: Any) -> list[CheckMessage]:
    limits = config()
    sizes = {
        "GALLERY_DECODE_MEMORY": limits.decode_memory,
        "GALLERY_QUERY_MEMORY": limits.query_memory,
    }
    least = memory_needed("jpeg", 1)
    return [
        Error(
            f"{name} is {size // _MB} MB, but a decoder needs {least // _MB} MB before its first"
            " pixel. Every picture would be refused.",
            hint="The default is 768M.",
            id="gallery.E001",
        )
        for name, size in sizes.items()
        if size < least
    ]

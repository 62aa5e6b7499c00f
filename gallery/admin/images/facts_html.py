from __future__ import annotations

import json
from typing import Any

from django.utils.html import format_html


def colour_html(colour: str) -> str:
    """The colour's name after a small square of it: an SVG, because the CSP forbids styles."""
    if not colour:
        return "–"
    return format_html(
        '<svg class="gallery-swatch" viewBox="0 0 1 1" aria-hidden="true">'
        '<rect width="1" height="1" fill="{}"/></svg> {}',
        colour,
        colour,
    )


def json_html(document: dict[str, Any]) -> str:
    if not document:
        return "–"
    text = json.dumps(document, ensure_ascii=False, indent=2)
    return format_html('<pre class="gallery-json">{}</pre>', text)

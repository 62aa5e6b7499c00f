"""Line icons as inline SVG: they need no request and take the colour of the text."""

from __future__ import annotations

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

# Paths on a 24 x 24 grid, stroked.
_PATHS = {
    "search": "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M15.3 15.3 20 20",
    "camera": "M4 8.5h3.2L9 6h6l1.8 2.5H20v10.5H4zM12 10.3a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4",
    "upload": "M12 16V5M7.5 9 12 4.5 16.5 9M5 15.5V19h14v-3.5",
    "download": "M12 4.5V15M7.5 11 12 15.5 16.5 11M5 15.5V19h14v-3.5",
    "menu": "M4.5 7h15M4.5 12h15M4.5 17h15",
    "close": "M6.5 6.5l11 11M17.5 6.5l-11 11",
    "similar": "M19.5 9.5v-5h-15v15h5M14.5 10.5a4 4 0 1 0 0 8 4 4 0 0 0 0-8M17.4 17.4 20.5 20.5",
    "copies": "M8.5 8.5h10.5V19H8.5zM5 15.5V5h10.5",
    "edit": "M5 19l.8-3.8L15.5 5.5l3 3L8.8 18.2zM13.5 7.5l3 3",
    "delete": "M5 7.5h14M9.5 7V5h5v2M7 7.5l.8 11.5h8.4L17 7.5M10.5 11v4.5M13.5 11v4.5",
    "retry": "M18.5 12a6.5 6.5 0 1 1-2-4.7L18.5 9M18.5 4.8V9h-4.2",
    "warning": "M12 4.5 20.5 19h-17zM12 10v4M12 16.4v.1",
    "clock": "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M12 8v4.2l2.8 1.8",
    "picture": "M4.5 5.5h15v13h-15zM4.5 15.5l4.5-4 3.5 3 2.5-2 4.5 4M15 9.5v.1",
    "person": "M12 11.5a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM5 19.5c.6-3.4 3.4-5 7-5s6.4 1.6 7 5",
    "chart": "M5 19.5V11M12 19.5V4.5M19 19.5V14.5",
    "plus": "M12 6v12M6 12h12",
    "check": "M5.5 12.5l4.5 4.5 8.5-10",
    "tag": "M4.5 5h7l8 8-6.5 6.5-8.5-8.5zM8.5 9v.1",
    "undo": "M9.5 12.5H5V8M5 12.5c1.6-3.6 4.4-5.5 8-5.5 3.6 0 6 2.2 6 5.5S16.6 18 13 18h-2",
    "like": "M12 19.5l-7-7a4.4 4.4 0 0 1 6.2-6.2l.8.8.8-.8a4.4 4.4 0 0 1 6.2 6.2z",
    "dislike": "M8 5h8.5l2.5 6v2.5h-6l.8 4.2-1.6 1.8L8 13.5zM8 5H5v8.5h3",
    "minus": "M6 12h12",
    "filters": "M4.5 8h9M17.5 8h2M4.5 16h2M10.5 16h9M15.5 6v4M8.5 14v4",
    "help": "M12 4.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 10a2 2 0 1 1 2 2.4v1M12 16v.1",
    "map": "M9 5 4.5 7v12L9 17l6 2 4.5-2V5L15 7zM9 5v12M15 7v12",
    "lasso": "M12 5c-4.5 0-7.5 2-7.5 5s3 5 7.5 5 7.5-2 7.5-5-3-5-7.5-5M8 14.5c-2 1-2 4 .5 5",
    "arrow": "M5 12h13.5M13.5 7l5 5-5 5",
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative icon. Text beside it, visible or hidden, must give the meaning."""
    return format_html(
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true"'
        ' focusable="false"><path d="{}"/></svg>',
        mark_safe(_PATHS[name]),  # noqa: S308 - a constant of this file
    )

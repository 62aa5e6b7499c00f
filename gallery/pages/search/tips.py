"""Examples of what the search box understands, with their meaning."""

from django.utils.translation import gettext_lazy as _

TIPS = [
    (_("red boat"), _("Pictures that look like this, or have these words")),
    (_('"red boat"'), _("Exactly these words in title, caption or file name")),
    (_("boat -red"), _("Without this word")),
    (
        _("boats from last summer, not drawings"),
        _("A sentence: dates, shapes, owners and what to leave out"),
    ),
    (_("boat is:landscape"), _("Shape: landscape, portrait or square")),
    ("after:2024-06 before:2025", _("Taken or uploaded in a span of time")),
    ("date:last-summer", _("Also in words: yesterday, last-month, last-summer")),
    ("colour:orange", _("Dominant colour, by name or as #ff8800")),
    ("tag:beach", _("A tag, by its name in English or Chinese")),
    ("camera:canon lens:50mm", _("Part of the name of camera or lens")),
    ("owner:me", _("Your own pictures, or those of another name")),
    ("format:png size:>2mb mp:>12", _("File format, file size, megapixels")),
    ("has:caption", _("Pictures with a caption")),
    ("near:48.85,2.35,10km", _("Taken near a place, for your own pictures")),
    ("meta.category:shoes", _("A value of the metadata")),
    ("-is:portrait", _("A minus in front of a filter excludes")),
]

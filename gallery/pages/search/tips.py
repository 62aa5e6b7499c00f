"""Examples of what the search box understands, with their meaning."""

from django.utils.translation import gettext_lazy as _

TIPS = [
    ("red boat", _("Pictures that look like this or have these words")),
]

"""Why the built-in model searches, in the reader's language.

The reason is stored as the English sentence of ``encoders.model.discovery``.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

_REASONS = [
    (r"the model hub cannot be reached: .*", _("the model hub cannot be reached")),
    (
        r"the model hub did not answer within (?P<seconds>\d+) s",
        _("the model hub did not answer within %(seconds)s s"),
    ),
    (r"the model hub has no model (?P<name>.+)", _("the model hub has no model %(name)s")),
    (
        r"the model hub does not have (?P<name>.+) as of (?P<revision>.+)",
        _("the model hub does not have %(name)s as of %(revision)s"),
    ),
    (r"the download of (?P<name>.+?) failed: .*", _("the download of %(name)s failed")),
    (
        r"HF_HUB_OFFLINE is set and (?P<name>.+) is not in the hub cache",
        _("HF_HUB_OFFLINE is set and %(name)s is not in the hub cache"),
    ),
    (r"chosen by name", _("chosen by name")),
]


def reason_label(reason: str) -> str:
    """Empty for a reason that has no translation."""
    for pattern, label in _REASONS:
        if match := re.fullmatch(pattern, reason):
            return str(label) % match.groupdict()
    return ""

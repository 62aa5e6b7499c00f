from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.vectorindex.due import Due

_TEXTS: dict[Due | None, Promise] = {
    None: _("none is due"),
    Due.FIRST: _("build: there are enough vectors for an index"),
    Due.GROWN: _("rebuild: the space has grown a lot since the index was built"),
    Due.CALIBRATION: _("calibrate: the recall is to be measured"),
    Due.RECALL: _("calibrate: the recall is below the target"),
    Due.SETTING: _("rebuild: another kind of index is configured"),
}


def next_work(due: Due | None) -> str:
    """What the clock will do with an index, and why, in the reader's language."""
    return str(_TEXTS[due])

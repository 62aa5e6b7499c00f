"""What is in the way of a space: written where it is met, read where the curator looks."""

from __future__ import annotations

import logging
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.models import EmbeddingSpace, Fill, Trouble

log = logging.getLogger(__name__)

NOTHING: dict[str, Any] = {"trouble_code": Trouble.NONE, "trouble": "", "trouble_at": None}

_SENTENCES: dict[str, Promise] = {
    Trouble.LOST: _(
        "The process that loaded the model was lost %(detail)s times, most likely for want of "
        "memory. Add memory and resume, or choose a smaller model."
    ),
    Trouble.SKIPPED: _("Too many pictures cannot be read for this space; the last: %(detail)s"),
    Trouble.INDEX: _("Its index cannot be built: %(detail)s"),
}


def of(code: Trouble, detail: str) -> dict[str, Any]:
    """The columns that say so."""
    brief = " ".join(detail.split())[:300]
    return {"trouble_code": code, "trouble": brief, "trouble_at": timezone.now()}


def tell(space: EmbeddingSpace, code: Trouble, detail: str) -> None:
    """Of a space that answers or is being filled. One that was paused keeps the reason why."""
    log.warning("embedding space %s: %s: %s", space.pk, code.label, detail)
    rows = EmbeddingSpace.objects.exclude(fill__in=(Fill.PAUSED, Fill.DROPPING))
    rows.filter(pk=space.pk).update(**of(code, detail))


def over(space: EmbeddingSpace, code: Trouble) -> None:
    """Forget that trouble, and no other."""
    EmbeddingSpace.objects.filter(pk=space.pk, trouble_code=code).update(**NOTHING)


def words(space: EmbeddingSpace) -> str:
    """For people, in their language as far as it is ours to say; empty when all is well."""
    sentence = _SENTENCES.get(space.trouble_code)
    return space.trouble if sentence is None else str(sentence) % {"detail": space.trouble}

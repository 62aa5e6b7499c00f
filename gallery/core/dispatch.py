"""Starts a stage by the name of its task, after commit.

Because of the names, no capability imports a task, and tasks may import all capabilities.
"""

import logging
import time
from enum import StrEnum
from typing import Any

from celery import signature
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


class Stage(StrEnum):
    """Names under which ``gallery.tasks`` registers its tasks."""

    DERIVE = "gallery.derive"
    EMBED = "gallery.embed"
    BACKFILL = "gallery.backfill"
    SWEEP = "gallery.sweep"
    FIND_ORPHANS = "gallery.find_orphans"
    CHECK_INTEGRITY = "gallery.check_integrity"
    KEEP_INDEX = "gallery.keep_index"
    KEEP_RELEVANCE = "gallery.keep_relevance"
    READ_FACTS = "gallery.read_facts"
    SUGGEST = "gallery.suggest_tags"
    FIND_NEAR_DUPLICATES = "gallery.find_near_duplicates"
    BUILD_INTERESTS = "gallery.build_interests"
    UPDATE_MAP = "gallery.update_map"
    IMPORT = "gallery.import_pictures"
    DELETE_OLD_ACTIVITY = "gallery.delete_old_activity"
    DELETE_TOKENS = "gallery.delete_tokens"
    DELIVER_WEBHOOKS = "gallery.deliver_webhooks"
    DELETE_OLD_RECORDS = "gallery.delete_old_records"
    BUILD_INDEX = "gallery.build_index"
    CALIBRATE_INDEX = "gallery.calibrate_index"
    DROP_INDEX = "gallery.drop_index"


# Each slice of these stages queues the next one, and so does the clock. A message that no worker
# has taken after these seconds is superfluous.
_OPTIONS: dict[Stage, dict[str, Any]] = {
    Stage.BACKFILL: {"expires": 20},
    Stage.READ_FACTS: {"expires": 20},
    Stage.SUGGEST: {"expires": 20},
    Stage.FIND_NEAR_DUPLICATES: {"expires": 20},
    Stage.BUILD_INTERESTS: {"expires": 20},
    Stage.UPDATE_MAP: {"expires": 20},
    Stage.IMPORT: {"expires": 20},
    Stage.CHECK_INTEGRITY: {"expires": 20},
    # Work of many minutes. A message that waits behind it is not done once more afterwards.
    Stage.BUILD_INDEX: {"expires": 240},
    Stage.CALIBRATE_INDEX: {"expires": 240},
    Stage.DROP_INDEX: {"expires": 240},
}


# A broker that is frozen costs each message its timeout. So after a failure none is sent for these
# seconds; a hint that is left out is as good as lost.
PAUSE_SECONDS = 5.0
# On the clock of ``time.monotonic``.
_paused_until = 0.0


def hint(stage: Stage, *args: str) -> None:
    """Send a message to the workers when the current transaction has committed.

    A hint may be lost, for instance while the broker is down: the row says what is to be done,
    and the schedule in ``searchsite.celery`` repeats the hint. So an error of the broker is logged,
    not raised; and workers that receive nothing look into the database themselves.
    """
    transaction.on_commit(lambda: _send(stage, args), robust=True)


def _send(stage: Stage, args: tuple[str, ...]) -> None:
    global _paused_until
    if time.monotonic() < _paused_until:
        return
    try:
        # A signature by name uses the task itself if it is registered, and so honours eager mode.
        options = _OPTIONS.get(stage, {})
        signature(str(stage), args=args).apply_async(retry=False, **options)
    except (OperationalError, OSError) as error:
        _paused_until = time.monotonic() + PAUSE_SECONDS
        log.warning("hint %s%s was not sent: %s", stage, args, error)

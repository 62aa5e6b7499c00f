"""Asks the language model about a sentence, once for all pages of a search."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.core.cache import cache
from pydantic import ValidationError
from redis.exceptions import RedisError

from gallery.core.config import config
from gallery.core.errors import GalleryError, LlmBudgetSpent
from gallery.llm.base import Message, Reply
from gallery.search.intent.model.reading import Reading, instructions

log = logging.getLogger(__name__)

# To be changed with ``Reading`` and its instructions: answers are kept across an upgrade.
_FORMAT = "1"
_FAULT = "fault"
_DAY = 24 * 3600
# The filters beside the results and the next page follow within seconds and must not wait again. A
# second try of the reader asks again.
_FAULT_SECONDS = 15


class ModelChat(Protocol):
    """``gallery.llm.metered.MeteredChat``."""

    @property
    def name(self) -> str: ...

    def parse(
        self, instructions: str, messages: Sequence[Message], reply: type[Reply], *, deadline: float
    ) -> Reply: ...


def reading_of(sentence: str, chat: ModelChat, now: datetime) -> Reading | None:
    """None if the model does not answer in time, or not in the form that was agreed.

    The answer says nothing about the gallery, so it is kept for everybody; what exists in it for
    the person is checked afterwards.
    """
    key = _key(sentence, chat.name, now)
    stored = _stored(key)
    if stored == _FAULT:
        return None
    if reading := _decoded(stored):
        return reading
    try:
        deadline = time.monotonic() + config().intent_seconds
        reading = chat.parse(
            instructions(now), [Message("user", sentence)], Reading, deadline=deadline
        )
    except LlmBudgetSpent:  # Others may have a budget left.
        return None
    except GalleryError as error:
        log.warning("intent by %s: %s", chat.name, error.code)
        _keep(key, _FAULT, _FAULT_SECONDS)
        return None
    _keep(key, reading.model_dump_json(), _DAY)
    return reading


def _key(sentence: str, model: str, now: datetime) -> str:
    """A digest, so that the cache does not show what people search for."""
    text = "\0".join((_FORMAT, model, str(now.date()), sentence))
    return f"intent:{hashlib.sha256(text.encode()).hexdigest()}"


def _decoded(stored: str) -> Reading | None:
    """None if nothing is stored, or not by this version."""
    try:
        return Reading.model_validate_json(stored) if stored else None
    except ValidationError:
        return None


def _stored(key: str) -> str:
    try:
        return str(cache.get(key) or "")
    except RedisError:
        return ""


def _keep(key: str, text: str, seconds: int) -> None:
    with contextlib.suppress(RedisError):
        cache.set(key, text, seconds)

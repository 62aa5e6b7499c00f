"""The answer of a language model as it is written, cleaned and bounded."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing

from gallery.ask import streams
from gallery.ask.clean_text import cleaned_pieces
from gallery.ask.prompt import INSTRUCTIONS
from gallery.core.config import config
from gallery.llm import budget
from gallery.llm.base import Message
from gallery.llm.metered import MeteredChat


class Pieces(Iterator[str]):
    """Frees its place when it ends and when it is closed, also before the first piece."""

    def __init__(self, written: Generator[str], free: Callable[[], None]) -> None:
        self._written = written
        self._free = free

    @classmethod
    def none(cls) -> Pieces:
        return cls(_nothing(), lambda: None)

    @classmethod
    def of(cls, chat: MeteredChat, make_messages: Callable[[], Sequence[Message]]) -> Pieces:
        """Raises ``TooBusy`` and ``LlmBudgetSpent``, before the messages are made."""
        budget.check(chat.user)
        return cls(_written(chat, make_messages), streams.occupy(chat.user.pk))

    def __next__(self) -> str:
        try:
            return next(self._written)
        except BaseException:
            self._free()
            raise

    def close(self) -> None:
        try:
            self._written.close()
        finally:
            self._free()


def _nothing() -> Generator[str]:
    yield from ()


def _written(chat: MeteredChat, make_messages: Callable[[], Sequence[Message]]) -> Generator[str]:
    deadline = time.monotonic() + config().llm_seconds
    with closing(chat.stream(INSTRUCTIONS, make_messages(), deadline=deadline)) as pieces:
        yield from cleaned_pieces(pieces)

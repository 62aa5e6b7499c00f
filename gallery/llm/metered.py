"""The language model as one person uses it: within the budgets, counted, and with a breaker."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass

from django.contrib.auth.models import User

from gallery.core.errors import (
    GalleryError,
    LlmKeyRefused,
    LlmOverloaded,
    LlmRequestRefused,
    LlmUnavailable,
)
from gallery.llm.base import Chat, Message, Reply, Usage
from gallery.llm.breaker import breaker_of
from gallery.llm.budget import spending
from gallery.llm.configured import chat
from gallery.models import User as AnyUser

# For answers that end before the provider says how many tokens they took. About 3 characters of
# English are a token, and a preview of 800 pixels has about 850 tokens.
_CHARACTERS_PER_TOKEN = 3
_TOKENS_PER_PICTURE = 850
# After exactly these, without a piece of an answer, the provider has nothing to charge. It may
# charge timeouts and answers that cannot be read, whose errors are subclasses.
_NOT_CHARGED = (LlmKeyRefused, LlmOverloaded, LlmRequestRefused, LlmUnavailable)


@dataclass(frozen=True)
class MeteredChat:
    """Raises ``LlmBudgetSpent`` and the other errors of ``core.errors.llm``.

    ``deadline`` is an instant of ``time.monotonic()``.
    """

    chat: Chat
    user: User

    @property
    def name(self) -> str:
        return self.chat.name

    def parse(
        self, instructions: str, messages: Sequence[Message], reply: type[Reply], *, deadline: float
    ) -> Reply:
        """An answer in the form of ``reply``, checked."""
        with (
            breaker_of("parse").watched(),
            _estimated_spending(self.user, instructions, messages) as written,
        ):
            return self.chat.parse(
                instructions, messages, reply, deadline=deadline, usage=written.usage
            )

    def stream(
        self, instructions: str, messages: Sequence[Message], *, deadline: float
    ) -> Generator[str, None, None]:
        """The pieces of an answer; it is counted too if the iterator is closed early."""
        with (
            breaker_of("stream").watched(),
            _estimated_spending(self.user, instructions, messages) as written,
            closing(
                self.chat.stream(instructions, messages, deadline=deadline, usage=written.usage)
            ) as pieces,
        ):
            for piece in pieces:
                written.characters += len(piece)
                yield piece


def chat_of(person: AnyUser) -> MeteredChat | None:
    """None: the site has no language model, or the person has no account whose use is counted."""
    configured = chat()
    if configured is None or not isinstance(person, User):
        return None
    return MeteredChat(configured, person)


@dataclass
class _Written:
    """What a request used so far, and the characters of its answer."""

    usage: Usage
    characters: int = 0


@contextmanager
def _estimated_spending(
    user: User, instructions: str, messages: Sequence[Message]
) -> Iterator[_Written]:
    """``spending``, with an estimate where the provider has not said how many tokens it took."""
    with spending(user) as usage:
        written = _Written(usage)
        is_charged = True
        try:
            yield written
        except GalleryError as error:
            is_charged = type(error) not in _NOT_CHARGED or written.characters > 0
            raise
        finally:
            if is_charged:
                _estimate_missing(usage, instructions, messages, written.characters)


def _estimate_missing(
    usage: Usage, instructions: str, messages: Sequence[Message], characters: int
) -> None:
    if not usage.tokens_in:
        texts = len(instructions) + sum(len(message.text) for message in messages)
        pictures = sum(len(message.pictures) for message in messages)
        usage.tokens_in = texts // _CHARACTERS_PER_TOKEN + pictures * _TOKENS_PER_PICTURE
    usage.tokens_out = max(usage.tokens_out, characters // _CHARACTERS_PER_TOKEN)

"""What a language model offers, whoever provides it."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

if TYPE_CHECKING:  # A site without a model does not need it.
    from pydantic import BaseModel

Reply = TypeVar("Reply", bound="BaseModel")

# An answer longer than this is cut by the provider. It bounds what one request may cost.
MAX_ANSWER_TOKENS = 1_500


@dataclass(frozen=True)
class Message:
    """One turn of a conversation. The pictures are JPEG files, which every provider reads."""

    role: Literal["user", "assistant"]
    text: str
    pictures: tuple[bytes, ...] = ()


@dataclass
class Usage:
    """The tokens of requests, as the provider counts them; each request adds to it."""

    tokens_in: int = 0
    tokens_out: int = 0


class Chat(Protocol):
    """A model of a provider.

    ``deadline`` is an instant of ``time.monotonic()``: no attempt begins and no answer goes on
    after it. Both methods raise the errors of ``core.errors.llm``.
    """

    @property
    def name(self) -> str: ...

    def parse(
        self,
        instructions: str,
        messages: Sequence[Message],
        reply: type[Reply],
        *,
        deadline: float,
        usage: Usage,
    ) -> Reply:
        """An answer in the form of ``reply``, checked."""
        ...

    def stream(
        self, instructions: str, messages: Sequence[Message], *, deadline: float, usage: Usage
    ) -> Generator[str, None, None]:
        """The pieces of an answer as they arrive; closing the iterator ends the request."""
        ...

"""Models of OpenAI and of servers with its protocol, such as Ollama, vLLM and llama.cpp."""

from __future__ import annotations

import base64
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import openai
from openai.types import CompletionUsage
from openai.types.chat import ChatCompletionContentPartParam, ChatCompletionMessageParam

from gallery.core.errors import LlmBadAnswer, LlmUnavailable
from gallery.llm.base import MAX_ANSWER_TOKENS, Message, Reply, Usage
from gallery.llm.faults import translated
from gallery.llm.http import bounded_client, retries_before

DEFAULT_URL = "https://api.openai.com/v1"
# Local servers need no key, but the client sends one.
NO_KEY = "none"


@dataclass(frozen=True)
class OpenAiChat:
    name: str
    key: str = field(default=NO_KEY, repr=False)
    url: str = DEFAULT_URL

    def parse(
        self,
        instructions: str,
        messages: Sequence[Message],
        reply: type[Reply],
        *,
        deadline: float,
        usage: Usage,
    ) -> Reply:
        with translated(openai, openai.OpenAIError), self._client(deadline) as client:
            answer = client.chat.completions.parse(
                model=self.name,
                messages=_as_params(instructions, messages),
                response_format=reply,
                **self._limit(),
            )
            _count(answer.usage, usage)
            parsed = answer.choices[0].message.parsed
        if parsed is None:
            raise LlmBadAnswer("The language model did not answer in the requested form.")
        return parsed

    def stream(
        self, instructions: str, messages: Sequence[Message], *, deadline: float, usage: Usage
    ) -> Generator[str, None, None]:
        with translated(openai, openai.OpenAIError), self._client(deadline) as client:
            chunks = client.chat.completions.create(
                model=self.name,
                messages=_as_params(instructions, messages),
                stream=True,
                stream_options={"include_usage": True},
                **self._limit(),
            )
            ended, counted = False, None
            with chunks:
                for chunk in chunks:
                    # Some servers report the total so far with each chunk.
                    if chunk.usage is not None:
                        _count(chunk.usage, usage, counted)
                        counted = chunk.usage
                    for choice in chunk.choices:
                        if choice.delta.content:
                            yield choice.delta.content
                        ended = ended or choice.finish_reason is not None
        if not ended:
            raise LlmUnavailable("The language model's answer ended early.")

    def _client(self, deadline: float) -> openai.OpenAI:
        return openai.OpenAI(
            api_key=self.key,
            base_url=self.url,
            max_retries=retries_before(deadline),
            http_client=bounded_client(deadline),
        )

    def _limit(self) -> dict[str, Any]:
        """OpenAI's newer models refuse the older name, and Ollama does not know the newer one."""
        host = urlsplit(self.url).hostname or ""
        name = "max_completion_tokens" if host.endswith("openai.com") else "max_tokens"
        return {name: MAX_ANSWER_TOKENS}


def _as_params(instructions: str, messages: Sequence[Message]) -> list[ChatCompletionMessageParam]:
    return [{"role": "system", "content": instructions}, *map(_as_param, messages)]


def _as_param(message: Message) -> ChatCompletionMessageParam:
    if message.role == "assistant":
        return {"role": "assistant", "content": message.text}
    pictures: list[ChatCompletionContentPartParam] = [
        {
            "type": "image_url",
            "image_url": {"url": "data:image/jpeg;base64," + base64.b64encode(picture).decode()},
        }
        for picture in message.pictures
    ]
    return {"role": "user", "content": [*pictures, {"type": "text", "text": message.text}]}


def _count(
    reported: CompletionUsage | None, usage: Usage, counted: CompletionUsage | None = None
) -> None:
    """``counted`` is the report before it of the same answer."""
    if reported is not None:
        usage.tokens_in += (reported.prompt_tokens or 0) - (counted.prompt_tokens if counted else 0)
        usage.tokens_out += reported.completion_tokens or 0
        usage.tokens_out -= counted.completion_tokens if counted else 0

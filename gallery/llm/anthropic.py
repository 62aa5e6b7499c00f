"""Models of Anthropic, through the Messages API."""

from __future__ import annotations

import base64
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import anthropic
from anthropic.types import ImageBlockParam, MessageParam

from gallery.core.errors import LlmBadAnswer, LlmUnavailable
from gallery.llm.base import MAX_ANSWER_TOKENS, Message, Reply, Usage
from gallery.llm.faults import translated
from gallery.llm.http import bounded_client, retries_before

DEFAULT_URL = "https://api.anthropic.com"


@dataclass(frozen=True)
class AnthropicChat:
    name: str
    key: str = field(repr=False)
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
        with translated(anthropic, anthropic.AnthropicError), self._client(deadline) as client:
            answer = client.messages.parse(
                model=self.name,
                max_tokens=MAX_ANSWER_TOKENS,
                system=instructions,
                messages=[_as_param(message) for message in messages],
                output_format=reply,
            )
            _count(answer.usage, usage)
            parsed = answer.parsed_output
        if parsed is None:
            raise LlmBadAnswer("The language model did not answer in the requested form.")
        return parsed

    def stream(
        self, instructions: str, messages: Sequence[Message], *, deadline: float, usage: Usage
    ) -> Generator[str, None, None]:
        with translated(anthropic, anthropic.AnthropicError), self._client(deadline) as client:
            events = client.messages.create(
                model=self.name,
                max_tokens=MAX_ANSWER_TOKENS,
                system=instructions,
                messages=[_as_param(message) for message in messages],
                stream=True,
            )
            ended, at_start = False, 0
            with events:
                for event in events:
                    if event.type == "message_start":
                        _count(event.message.usage, usage)
                        at_start = event.message.usage.output_tokens or 0
                    elif event.type == "message_delta":
                        # Counted from the start of the answer.
                        usage.tokens_out += (event.usage.output_tokens or 0) - at_start
                    elif event.type == "message_stop":
                        ended = True
                    elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                        yield event.delta.text
        if not ended:
            raise LlmUnavailable("The language model's answer ended early.")

    def _client(self, deadline: float) -> anthropic.Anthropic:
        return anthropic.Anthropic(
            api_key=self.key,
            base_url=self.url,
            max_retries=retries_before(deadline),
            http_client=bounded_client(deadline),
            open_telemetry=False,
        )


def _as_param(message: Message) -> MessageParam:
    if message.role == "assistant":
        return {"role": "assistant", "content": message.text}
    pictures: list[ImageBlockParam] = [
        {
            "type": "image",
            "source": {
                "type": "base64",
                "media_type": "image/jpeg",
                "data": base64.b64encode(picture).decode(),
            },
        }
        for picture in message.pictures
    ]
    return {"role": "user", "content": [*pictures, {"type": "text", "text": message.text}]}


def _count(reported: anthropic.types.Usage, usage: Usage) -> None:
    usage.tokens_in += reported.input_tokens or 0
    usage.tokens_out += reported.output_tokens or 0

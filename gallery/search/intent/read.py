"""The parts of the sentences of a box, by the language model or by rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from gallery.search.intent.model.ask import ModelChat, reading_of
from gallery.search.intent.model.check import checked
from gallery.search.intent.rules.candidate import Candidate, Context
from gallery.search.intent.rules.read import read_by_rules
from gallery.search.intent.sentences import Run

RULES = "rules"


class ReadParts(NamedTuple):
    """Places in the box. ``model_failed``: the model was asked and had no usable answer."""

    parts: list[Candidate]
    reader: str
    model_failed: bool = False


def read(box: str, runs: Sequence[Run], context: Context, chat: ModelChat | None) -> ReadParts:
    sentences = [run for run in runs if run.is_sentence]
    if chat and sentences:
        text = "\n".join(box[run.start : run.end] for run in sentences)
        if reading := reading_of(text, chat, context.now):
            parts = [
                part
                for run in sentences
                for part in moved(checked(reading, box[run.start : run.end], context), run.start)
            ]
            return ReadParts(parts, chat.name)
    parts = [
        part
        for run in sentences
        for part in moved(read_by_rules(box[run.start : run.end], context), run.start)
    ]
    return ReadParts(parts, RULES, model_failed=bool(chat and sentences))


def moved(parts: Sequence[Candidate], offset: int) -> list[Candidate]:
    return [replace(part, start=part.start + offset, end=part.end + offset) for part in parts]

"""Which variant of a tower serves: the fastest whose vectors may stand for the reference's.

Measured on the pictures and captions that come with the gallery.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import PIL.Image

from gallery.encoders.base import Encoder, TextEncoder
from gallery.encoders.contract import threads
from gallery.encoders.onnx.computations import MILLISECONDS
from gallery.encoders.onnx.files import NONE, AnyCard
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export.fidelity import Fidelity

Fast = TypeVar("Fast")
Name = TypeVar("Name")
Figures = dict[str, dict[str, Any]]

_SAMPLES = Path(__file__).resolve().parents[2] / "demo"
_ROUNDS = 3
# As many as the embed worker gives at once; texts one by one, as searches come.
_PICTURES_TIMED = 16
_TEXTS_TIMED = 10
# Two threads for one text are worth it from here on: they take a third of the throughput when two
# people search at once.
_WORTH_TWO_THREADS = 0.75


@dataclass(frozen=True)
class Samples:
    pictures: list[PIL.Image.Image]
    texts: list[str]


def samples(folder: Path = _SAMPLES) -> Samples:
    """About 200 pictures, and a caption of each in two languages."""
    entries = json.loads((folder / "captions.json").read_text(encoding="utf-8"))
    pictures = []
    for entry in entries:
        with PIL.Image.open(folder / entry["file"], formats=["WEBP"]) as picture:
            pictures.append(picture.convert("RGB"))
    texts = [entry[name] for name in ("caption_en", "caption_zh") for entry in entries]
    return Samples(pictures, texts)


def choose(
    variants: Mapping[str, Callable[[], Fast]],
    measure: Callable[[Fast], Fidelity],
    work: Callable[[Fast], Sized],
) -> tuple[str, Figures]:
    """Name of the fastest variant that passes, or ``none``, and the figures of those tried.

    ``variants``: full precision first, then from coarse to fine; the first coarse one that passes
    ends the search, because finer ones are slower. ``work`` is timed and returns the vectors: the
    time in the figures is that of one vector.
    """
    passed: dict[str, Fast] = {}
    figures: Figures = {}
    for index, (name, make) in enumerate(variants.items()):
        encoder = make()
        fidelity = measure(encoder)
        figures[name] = {
            "cosine": round(fidelity.cosine, 6),
            "overlap": round(fidelity.overlap, 4),
            "passes": fidelity.passes,
        }
        if fidelity.passes:
            passed[name] = encoder
            if index:
                break
    times = _timed(passed, work)
    for name, milliseconds in times.items():
        figures[name][MILLISECONDS] = round(milliseconds, 2)
    return min(times, key=lambda name: times[name], default=NONE), figures


def _timed(candidates: dict[Name, Fast], work: Callable[[Fast], Sized]) -> dict[Name, float]:
    """Milliseconds of one vector, the best of some rounds; in turns, so that a busy moment hits
    all.
    """
    times: dict[Name, float] = {}
    for _ in range(_ROUNDS):
        for name, encoder in candidates.items():
            started = time.perf_counter()
            count = len(work(encoder))
            spent = (time.perf_counter() - started) * 1000 / count
            times[name] = min(times.get(name, spent), spent)
    return times


def encode_some(pictures: list[PIL.Image.Image]) -> Callable[[Encoder], Sized]:
    return lambda encoder: encoder.encode_images(pictures[:_PICTURES_TIMED])


def encode_each(texts: list[str]) -> Callable[[TextEncoder], Sized]:
    return lambda encoder: [encoder.encode_texts([text]) for text in texts[:_TEXTS_TIMED]]


def with_text_threads(card: AnyCard, folder: Path, texts: list[str]) -> AnyCard:
    """The card with one thread or two for a text, whichever suits this processor, and the time
    that a text takes so. ``folder`` holds the variant that the card names.
    """
    if threads() < 2:
        return card
    cards = {count: replace(card, text_threads=count) for count in (1, 2)}
    candidates = {count: OnnxTextEncoder(folder, each) for count, each in cards.items()}
    times = _timed(candidates, encode_each(texts))
    count = 2 if times[2] <= _WORTH_TWO_THREADS * times[1] else 1
    card.gate["texts"][card.text][MILLISECONDS] = round(times[count], 2)
    return cards[count]

"""Choose the variant of a tower that serves: the fastest one that passes ``fidelity``.

Variants are measured on the pictures and captions that come with the gallery.
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
from gallery.encoders.onnx.card import NONE, AnyCard
from gallery.encoders.onnx.computations import MILLISECONDS
from gallery.encoders.onnx.text_encoder import OnnxTextEncoder
from gallery.encoders.onnx_export.fidelity import Fidelity
from gallery.encoders.threads import thread_count

AnyEncoder = TypeVar("AnyEncoder")
Key = TypeVar("Key")
Figures = dict[str, dict[str, Any]]

_SAMPLES = Path(__file__).resolve().parents[2] / "demo"
_ROUNDS = 3
# Pictures are timed in one batch of the embed worker's usual size (GALLERY_EMBED_BATCH). Texts are
# timed one by one, because searches arrive one by one.
_PICTURES_TIMED = 16
_TEXTS_TIMED = 10
# Two threads for one text must take at most this share of the time that one thread takes. They
# lower the throughput by a third when two people search at once.
_WORTH_TWO_THREADS = 0.75


@dataclass(frozen=True)
class Samples:
    pictures: list[PIL.Image.Image]
    texts: list[str]


def samples(folder: Path = _SAMPLES) -> Samples:
    """About 200 pictures, and one caption per picture in English, then in Chinese."""
    entries = json.loads((folder / "captions.json").read_text(encoding="utf-8"))
    pictures = []
    for entry in entries:
        with PIL.Image.open(folder / entry["file"], formats=["WEBP"]) as picture:
            pictures.append(picture.convert("RGB"))
    texts = [entry[name] for name in ("caption_en", "caption_zh") for entry in entries]
    return Samples(pictures, texts)


def choose(
    variants: Mapping[str, Callable[[], AnyEncoder]],
    measure: Callable[[AnyEncoder], Fidelity],
    workload: Callable[[AnyEncoder], Sized],
) -> tuple[str, Figures]:
    """Return the name of the fastest variant that passes, or ``none``, and all measured figures.

    ``variants`` must begin with full precision; the others follow from coarse to fine. The first
    of these that passes ends the search, because finer ones are slower. ``workload`` is timed and
    returns the vectors; the time in the figures is in milliseconds per vector.
    """
    passed: dict[str, AnyEncoder] = {}
    figures: Figures = {}
    for index, (name, make) in enumerate(variants.items()):
        encoder = make()
        fidelity = measure(encoder)
        figures[name] = fidelity.figures()
        if fidelity.passes:
            passed[name] = encoder
            if index:
                break
    times = _timed(passed, workload)
    for name, milliseconds in times.items():
        figures[name][MILLISECONDS] = round(milliseconds, 2)
    return min(times, key=lambda name: times[name], default=NONE), figures


def _timed(
    encoders: dict[Key, AnyEncoder], workload: Callable[[AnyEncoder], Sized]
) -> dict[Key, float]:
    """Milliseconds per vector in the best round of each encoder.

    The encoders take turns, so that other load on the machine slows all of them alike.
    """
    times: dict[Key, float] = {}
    for _ in range(_ROUNDS):
        for key, encoder in encoders.items():
            started = time.perf_counter()
            count = len(workload(encoder))
            spent = (time.perf_counter() - started) * 1000 / count
            times[key] = min(times.get(key, spent), spent)
    return times


def picture_workload(pictures: list[PIL.Image.Image]) -> Callable[[Encoder], Sized]:
    return lambda encoder: encoder.encode_images(pictures[:_PICTURES_TIMED])


def text_workload(texts: list[str]) -> Callable[[TextEncoder], Sized]:
    return lambda encoder: [encoder.encode_texts([text]) for text in texts[:_TEXTS_TIMED]]


def with_text_threads(card: AnyCard, folder: Path, texts: list[str]) -> AnyCard:
    """The card with the number of threads per text, 1 or 2, that suits this processor.

    The figures of the card get the time that a text takes with them. ``folder`` holds the text
    variant that the card names.
    """
    if thread_count() < 2:
        return card
    cards = {count: replace(card, text_threads=count) for count in (1, 2)}
    encoders = {count: OnnxTextEncoder(folder, each) for count, each in cards.items()}
    times = _timed(encoders, text_workload(texts))
    count = 2 if times[2] <= _WORTH_TWO_THREADS * times[1] else 1
    card.gate["texts"][card.text][MILLISECONDS] = round(times[count], 2)
    return cards[count]

"""How well an encoder finds pictures by their captions, and captions by their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gallery.core.errors import InvalidInput
from gallery.embeddings import spaces
from gallery.embeddings.encode import normalised
from gallery.encoders import loader, towers
from gallery.encoders.base import Encoder, Vectors
from gallery.encoders.model import discovery
from gallery.evaluation.caption_sets import CaptionSet
from gallery.evaluation.caption_sources import Caption
from gallery.evaluation.measures import Measures, answer_ranks, measures
from gallery.evaluation.set_vectors import Encoded, Progress, encode_pictures, encode_texts

# For each language, the matching pairs (row in the picture vectors, row in the text vectors).
Pairs = dict[str, set[tuple[int, int]]]

ALL = "all"
TEXT_TO_IMAGE = "text_to_image"
IMAGE_TO_TEXT = "image_to_text"


@dataclass(frozen=True, kw_only=True)
class Result:
    direction: str
    language: str
    measures: Measures


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """``captions`` counts distinct texts by language, ``skipped`` pictures and texts by error code.

    ``images`` counts the pictures that were read. ``per_second`` has ``decoded``, ``images`` and
    ``captions``; the last two are the encoder's.
    """

    encoder: str
    fingerprint: str
    source: str
    images: int
    captions: dict[str, int]
    skipped: dict[str, int]
    per_second: dict[str, float]
    results: list[Result]

    def as_json(self) -> dict[str, Any]:
        rows = [
            {"direction": row.direction, "language": row.language, **asdict(row.measures)}
            for row in self.results
        ]
        return {**asdict(self), "results": rows}


def evaluate(
    captioned: CaptionSet, *, encoder_name: str = "", progress: Progress = lambda *_: None
) -> Evaluation:
    """Measure the named encoder, or the active space's encoder when no name is given.

    A named encoder may be any model. It is downloaded if needed and loaded without the database,
    and nothing is changed. Equal texts count as one caption, which is correct for each of their
    pictures. For each language, its captions search among all pictures, and pictures search among
    the captions in that language; ``all`` takes the captions of all languages together. Raises
    ``InvalidInput`` when no captioned picture can be read, and the errors of
    ``spaces.encoder_of``.
    """
    if encoder_name:
        encoder = load_encoder(encoder_name)
    else:
        space = spaces.active()
        encoder_name, encoder = space.encoder, spaces.encoder_of(space)
    towers.load(encoder)
    pictures = encode_pictures(encoder, captioned.pictures, progress)
    distinct = list(dict.fromkeys(normalised(caption.text) for caption in captioned.captions))
    texts = encode_texts(encoder, distinct, progress)
    pairs = _pairs(captioned.captions, pictures, texts)
    if not pairs:
        raise InvalidInput(f"No picture of {captioned.source} with a caption can be read.")
    return Evaluation(
        encoder=encoder_name,
        fingerprint=str(encoder.fingerprint),
        source=str(captioned.source),
        images=len(pictures.items),
        captions={
            language: len({text for _, text in matches}) for language, matches in pairs.items()
        },
        skipped=dict(pictures.skipped + texts.skipped),
        per_second=_rates(pictures, texts),
        results=_results(pairs, pictures, texts),
    )


def load_encoder(name: str) -> Encoder:
    """Downloads the model first if this machine does not have it."""
    return loader.load(discovery.obtain(name))


def _pairs(captions: Sequence[Caption], pictures: Encoded[Path], texts: Encoded[str]) -> Pairs:
    """Which picture and which text belong together; empty when nothing could be read."""
    picture_row = {picture: row for row, picture in enumerate(pictures.items)}
    text_row = {text: row for row, text in enumerate(texts.items)}
    pairs: Pairs = {}
    for caption in captions:
        picture, text = picture_row.get(caption.picture), text_row.get(normalised(caption.text))
        if picture is not None and text is not None:
            pairs.setdefault(caption.language, set()).add((picture, text))
    everything = set().union(*pairs.values())
    return {**dict(sorted(pairs.items())), ALL: everything} if pairs else {}


def _results(pairs: Pairs, pictures: Encoded[Path], texts: Encoded[str]) -> list[Result]:
    picture_vectors, text_vectors = pictures.vectors, texts.vectors
    results = []
    for language, matches in pairs.items():
        text_rows = sorted({text for _, text in matches})
        row_of = {text: row for row, text in enumerate(text_rows)}
        pictures_of = {(row_of[text], picture) for picture, text in matches}
        texts_of = {(picture, text) for text, picture in pictures_of}
        for direction, measured in {
            TEXT_TO_IMAGE: _measures(text_vectors[text_rows], picture_vectors, pictures_of),
            IMAGE_TO_TEXT: _measures(picture_vectors, text_vectors[text_rows], texts_of),
        }.items():
            results.append(Result(direction=direction, language=language, measures=measured))
    return results


def _measures(queries: Vectors, candidates: Vectors, matches: set[tuple[int, int]]) -> Measures:
    """``matches`` pairs rows of ``queries`` and ``candidates``. Other queries are left out."""
    answers: dict[int, list[int]] = {}
    for query, answer in sorted(matches):
        answers.setdefault(query, []).append(answer)
    ranks = answer_ranks(queries[[*answers]], candidates, [*answers.values()])
    return measures(ranks, len(candidates))


def _rates(pictures: Encoded[Path], texts: Encoded[str]) -> dict[str, float]:
    counts = {
        "decoded": (len(pictures.items), pictures.seconds_decoding),
        "images": (len(pictures.items), pictures.seconds_encoding),
        "captions": (len(texts.items), texts.seconds_encoding),
    }
    return {name: round(n / seconds, 1) for name, (n, seconds) in counts.items() if seconds}

"""How well an encoder finds pictures by their captions, and captions by their pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from gallery.core.errors import InvalidInput
from gallery.embeddings import set_vectors, spaces
from gallery.embeddings.caption_sets import CaptionSet
from gallery.embeddings.caption_sources import Caption
from gallery.embeddings.encode import normalised
from gallery.embeddings.retrieval_measures import Measures, measures, ranks
from gallery.embeddings.set_vectors import Encoded, Progress
from gallery.encoders import loader, towers
from gallery.encoders.base import Vectors
from gallery.encoders.model import discovery

# Rows of pictures and of texts, by language.
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
    """``captions`` counts different texts by language, ``skipped`` what was passed over by error
    code; ``per_second`` has ``decoded``, ``pictures`` and ``captions`` (the encoder's own).
    """

    encoder: str
    fingerprint: str
    source: str
    pictures: int
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
    """Measure the named encoder, or the active space's.

    A named encoder may be any; it is loaded, downloaded if need be, without the database and
    changes nothing. Equal texts are one caption, and right for each of their pictures. Per
    language: its captions look for their pictures among all pictures, and pictures for their
    captions among the captions in that language; ``all`` takes every language at once. Raises
    ``InvalidInput`` when nothing can be read, and as ``spaces.encoder_of`` does.
    """
    if encoder_name:
        encoder = loader.load(discovery.obtain(encoder_name))
    else:
        space = spaces.active()
        encoder_name, encoder = space.encoder, spaces.encoder_of(space)
    towers.load(encoder)
    pictures = set_vectors.of_pictures(encoder, captioned.pictures, progress)
    wanted = list(dict.fromkeys(normalised(caption.text) for caption in captioned.captions))
    texts = set_vectors.of_texts(encoder, wanted, progress)
    pairs = _pairs(captioned.captions, pictures, texts)
    if not pairs:
        raise InvalidInput(f"No picture of {captioned.source} with a caption can be read.")
    return Evaluation(
        encoder=encoder_name,
        fingerprint=str(encoder.fingerprint),
        source=str(captioned.source),
        pictures=len(pictures.kept),
        captions={language: len({text for _, text in of}) for language, of in pairs.items()},
        skipped=dict(pictures.skipped + texts.skipped),
        per_second=_rates(pictures, texts),
        results=_results(pairs, pictures, texts),
    )


def _pairs(captions: Sequence[Caption], pictures: Encoded[Path], texts: Encoded[str]) -> Pairs:
    """What belongs together; nothing at all when nothing could be read."""
    picture_row = {picture: row for row, picture in enumerate(pictures.kept)}
    text_row = {text: row for row, text in enumerate(texts.kept)}
    pairs: Pairs = {}
    for caption in captions:
        picture, text = picture_row.get(caption.picture), text_row.get(normalised(caption.text))
        if picture is not None and text is not None:
            pairs.setdefault(caption.language, set()).add((picture, text))
    everything = set().union(*pairs.values())
    return {**dict(sorted(pairs.items())), ALL: everything} if pairs else {}


def _results(pairs: Pairs, pictures: Encoded[Path], texts: Encoded[str]) -> list[Result]:
    shown, said = pictures.vectors, texts.vectors
    results = []
    for language, belonging in pairs.items():
        asked = sorted({text for _, text in belonging})
        row = {text: number for number, text in enumerate(asked)}
        pictures_of = {(row[text], picture) for picture, text in belonging}
        texts_of = {(picture, text) for text, picture in pictures_of}
        for direction, found in {
            TEXT_TO_IMAGE: _found(said[asked], shown, pictures_of),
            IMAGE_TO_TEXT: _found(shown, said[asked], texts_of),
        }.items():
            results.append(Result(direction=direction, language=language, measures=found))
    return results


def _found(queries: Vectors, candidates: Vectors, right: set[tuple[int, int]]) -> Measures:
    """``right`` pairs a row of ``queries`` with a row of ``candidates``; others do not ask."""
    answers: dict[int, list[int]] = {}
    for query, answer in sorted(right):
        answers.setdefault(query, []).append(answer)
    places = ranks(queries[[*answers]], candidates, [*answers.values()])
    return measures(places, len(candidates))


def _rates(pictures: Encoded[Path], texts: Encoded[str]) -> dict[str, float]:
    counts = {
        "decoded": (len(pictures.kept), pictures.seconds_decoding),
        "pictures": (len(pictures.kept), pictures.seconds_encoding),
        "captions": (len(texts.kept), texts.seconds_encoding),
    }
    return {name: round(n / seconds, 1) for name, (n, seconds) in counts.items() if seconds}

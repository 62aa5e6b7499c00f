from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.embeddings import caption_sets
from gallery.embeddings.evaluate import Evaluation, Result, evaluate
from gallery.embeddings.set_vectors import Progress

_DIRECTIONS = {"text_to_image": "text → image", "image_to_text": "image → text"}
_HEADER = ("", "language", "queries", "among", "R@1", "R@5", "R@10", "median rank", "MRR")


class Command(BaseCommand):
    help = (
        "Measures how well an encoder finds captioned pictures by their captions and captions by "
        "their pictures: recall at 1, 5 and 10, median rank, mean reciprocal rank, per language."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source",
            type=Path,
            help="a table (.csv, .tsv, .json) with file and caption, language or caption_en, "
            "caption_zh …; or a folder with captions.csv or .json, or with name.txt, name.en.txt … "
            "beside its pictures",
        )
        parser.add_argument(
            "--encoder",
            default="",
            metavar="NAME",
            help="builtin, a hub model or a folder; the active one when left out",
        )
        parser.add_argument(
            "--json", dest="report", metavar="FILE", help="also write JSON; - prints it alone"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
        parser.add_argument(
            "--language", action="append", default=[], help="only captions in it; may be repeated"
        )

    def handle(self, *, source: Path, encoder: str, report: str | None, **options: Any) -> None:
        limit: int | None = options["limit"]
        if limit is not None and limit < 1:
            raise CommandError("--limit is a number from 1.")
        languages = [language.lower() for language in options["language"]]
        try:
            found = caption_sets.read(source).narrowed(languages=languages, limit=limit)
            evaluation = evaluate(found, encoder_name=encoder, progress=_bars())
        except GalleryError as error:
            raise CommandError(error.message) from error
        if report != "-":
            self.stdout.write(table(evaluation))
        if report:
            self._write(evaluation, report)

    def _write(self, evaluation: Evaluation, place: str) -> None:
        text = json.dumps(evaluation.as_json(), ensure_ascii=False, indent=1)
        if place == "-":
            self.stdout.write(text)
            return
        try:
            Path(place).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{place} cannot be written: {error.strerror}.") from error


def table(evaluation: Evaluation) -> str:
    """Markdown, as it can be put into a document."""
    rows = [_HEADER, *(_row(result) for result in evaluation.results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = [_line(row, widths) for row in rows]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    rates = ", ".join(f"{name} {rate:.1f}" for name, rate in evaluation.per_second.items())
    skipped = ", ".join(f"{code} {count}" for code, count in evaluation.skipped.items())
    counts = ", ".join(f"{language} {n}" for language, n in evaluation.captions.items())
    return "\n".join(
        [
            f"encoder:     {evaluation.encoder}",
            f"fingerprint: {evaluation.fingerprint}",
            f"pictures:    {evaluation.pictures}; passed over: {skipped or 'none'}",
            f"captions:    {counts}",
            f"per second:  {rates}",
            "",
            *[lines[0], rule, *lines[1:]],
        ]
    )


def _row(result: Result) -> tuple[str, ...]:
    found = result.measures
    recall = (found.recall_at_1, found.recall_at_5, found.recall_at_10)
    return (
        _DIRECTIONS[result.direction],
        result.language,
        str(found.queries),
        str(found.candidates),
        *(f"{share:.3f}" for share in recall),
        f"{found.median_rank:g}",
        f"{found.mean_reciprocal_rank:.3f}",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"


def _bars() -> Progress:
    """A bar per stage where somebody watches; nothing elsewhere."""
    bars: dict[str, Any] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            bars[stage] = tqdm(desc=stage, total=total, disable=None, leave=False)
        bars[stage].update(done - bars[stage].n)
        if done >= total:
            bars[stage].close()

    return show

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.evaluation import caption_sets
from gallery.evaluation.evaluate import Evaluation, Result, evaluate
from gallery.evaluation.set_vectors import Progress

_DIRECTIONS = {"text_to_image": "text → image", "image_to_text": "image → text"}
_HEADER = ("", "language", "queries", "among", "R@1", "R@5", "R@10", "median rank", "MRR")


class Command(BaseCommand):
    help = (
        "Measure how well an encoder finds pictures by their captions and captions by their "
        "pictures: recall at 1, 5 and 10, median rank and mean reciprocal rank per language."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "source",
            type=Path,
            help="a table (.csv, .tsv, .json) with the columns file, caption and language, or "
            "file, caption_en, caption_zh …; a folder with captions.csv, .tsv or .json; or a "
            "folder of pictures with name.txt or name.en.txt beside them",
        )
        parser.add_argument(
            "--encoder",
            default="",
            metavar="NAME",
            help="builtin, a Hugging Face model or a folder (default: the active encoder)",
        )
        parser.add_argument(
            "--json", dest="report", metavar="FILE", help="also write JSON; - prints only JSON"
        )
        parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
        parser.add_argument(
            "--language",
            action="append",
            default=[],
            help="only captions in this language; repeatable",
        )

    def handle(self, *, source: Path, encoder: str, report: str | None, **options: Any) -> None:
        limit: int | None = options["limit"]
        if limit is not None and limit < 1:
            raise CommandError("--limit must be 1 or more.")
        languages = [language.lower() for language in options["language"]]
        try:
            captioned = caption_sets.read(source).narrowed(languages=languages, limit=limit)
            evaluation = evaluate(captioned, encoder_name=encoder, progress=_progress_bars())
        except GalleryError as error:
            raise CommandError(error.message) from error
        if report != "-":
            self.stdout.write(table(evaluation))
        if report:
            self._write(evaluation, report)

    def _write(self, evaluation: Evaluation, target: str) -> None:
        text = json.dumps(evaluation.as_json(), ensure_ascii=False, indent=1)
        if target == "-":
            self.stdout.write(text)
            return
        try:
            Path(target).write_text(f"{text}\n", encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{target} cannot be written: {error.strerror}.") from error


def table(evaluation: Evaluation) -> str:
    """The settings of the run, then the results as a Markdown table."""
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
            f"images:      {evaluation.images}; skipped: {skipped or 'none'}",
            f"captions:    {counts}",
            f"per second:  {rates}",
            "",
            *[lines[0], rule, *lines[1:]],
        ]
    )


def _row(result: Result) -> tuple[str, ...]:
    measures = result.measures
    recall = (measures.recall_at_1, measures.recall_at_5, measures.recall_at_10)
    return (
        _DIRECTIONS[result.direction],
        result.language,
        str(measures.queries),
        str(measures.candidates),
        *(f"{share:.3f}" for share in recall),
        f"{measures.median_rank:g}",
        f"{measures.mean_reciprocal_rank:.3f}",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return "| " + " | ".join(padded) + " |"


def _progress_bars() -> Progress:
    """One bar per stage on a terminal, and nothing elsewhere."""
    bars: dict[str, Any] = {}

    def show(stage: str, done: int, total: int) -> None:
        if stage not in bars:
            bars[stage] = tqdm(desc=stage, total=total, disable=None, leave=False)
        bars[stage].update(done - bars[stage].n)
        if done >= total:
            bars[stage].close()

    return show

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from gallery.core.errors import GalleryError
from gallery.media.file_hashes import PacedReader
from gallery.media.shards import SHARDS
from gallery.models import FindingKind, Image
from gallery.operations.files import orphan_keeper, orphans
from gallery.operations.files.orphans import Orphans
from gallery.operations.files.place import repository_of
from gallery.operations.integrity import check, lost_originals, media_proof
from gallery.operations.integrity.files import Examination

_ORPHANS = {"originals": "files of originals", "previews": "folders of previews"}


class Command(BaseCommand):
    help = (
        "Compares all originals, previews and vectors with the database. The workers do the same "
        "slowly in the background. The exit status is 1 if something is wrong and not repaired."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--repair",
            action="store_true",
            help="have damaged previews and vectors made again, and repair as the command orphans",
        )
        parser.add_argument(
            "--backup",
            metavar="PLACE",
            help="with --repair: put missing and damaged originals back from the backups of this "
            "folder, or of s3://bucket/prefix",
        )
        parser.add_argument(
            "--encode",
            action="store_true",
            help="also encode all previews again, and compare the vectors: takes much longer",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON document")
        parser.add_argument(
            "--accept-folder",
            action="store_true",
            help="the media folder is the right one, although it has no pictures of the database",
        )

    def handle(
        self, *, repair: bool, backup: str | None, accept_folder: bool, **options: Any
    ) -> None:
        if backup and not repair:
            raise CommandError("--backup needs --repair.")
        if accept_folder:
            media_proof.adopt()
        try:
            pictures, findings = _examine(repair, backup, options["encode"])
            lost = _find_orphans(repair)
        except GalleryError as error:
            raise CommandError(error.message) from error
        self._print(pictures, findings, lost, as_json=options["json"])
        if findings:
            raise CommandError("Some files are damaged.", returncode=1)

    def _print(
        self, pictures: int, findings: list[dict[str, str]], lost: Orphans, *, as_json: bool
    ) -> None:
        counts = Counter(finding["kind"] for finding in findings)
        without_row = {name: lost.counts()[name] for name in _ORPHANS}
        if as_json:
            document = {"pictures": pictures, "counts": dict(counts), "findings": findings,
                        "files_without_row": without_row}  # fmt: skip
            self.stdout.write(json.dumps(document, indent=2))
            return
        for finding in findings:
            self.stdout.write(" ".join(finding.values()))
        self.stdout.write(f"{pictures:8} pictures checked")
        for kind in FindingKind:
            self.stdout.write(f"{counts[kind]:8} {kind.label}")
        for name, count in without_row.items():
            self.stdout.write(f"{count:8} {_ORPHANS[name]} without a row")


def _examine(repair: bool, backup: str | None, encode: bool) -> tuple[int, list[dict[str, str]]]:
    """The number of pictures, and the findings that are not repaired."""
    pictures, findings = 0, []
    source = repository_of(backup) if backup else None
    with tqdm(total=Image.objects.count(), unit="picture", disable=None) as progress:
        for batch in check.check_all(PacedReader(), repair=repair, encode=encode):
            for examination in batch:
                if source and not examination.has_good_original:
                    examination = lost_originals.put_back(examination, source)
                findings += _lines(examination)
            pictures += len(batch)
            progress.update(len(batch))
    return pictures, findings


def _lines(examination: Examination) -> list[dict[str, str]]:
    return [
        {"picture": str(examination.id), "kind": str(kind.value), "detail": detail}
        for kind, detail in examination.findings.items()
    ]


def _find_orphans(repair: bool) -> Orphans:
    total = Orphans()
    for shard in SHARDS:
        of_shard = orphans.find(shard)
        if repair:
            orphan_keeper.repair_unless_backup(of_shard)
        total += of_shard
    return total

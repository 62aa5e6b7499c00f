from __future__ import annotations

import argparse
from typing import Any, TextIO

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery.ingest.fields import bulk_metadata
from gallery.models import Image, ImageQuerySet


class Command(BaseCommand):
    help = (
        "Sets metadata, title and caption of existing pictures from a file with a JSON object per "
        'line, such as {"external_id": "42", "metadata": {"category": "shoes"}}. A line names its '
        "picture by id, file_name or external_id."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", type=argparse.FileType(encoding="utf-8"), help="- is the standard input"
        )
        parser.add_argument("--owner", metavar="NAME", help="only pictures of this user")

    def handle(self, *, file: TextIO, owner: str | None, **_: Any) -> None:
        applied = refused = 0
        try:
            with file:
                for outcome in bulk_metadata.apply(file, _images(owner)):
                    if outcome.error:
                        refused += 1
                        self.stderr.write(f"line {outcome.line}: {outcome.error}")
                    else:
                        applied += 1
        except UnicodeDecodeError as error:
            raise CommandError(f"The file is not UTF-8. Applied before it: {applied}.") from error
        self.stdout.write(f"Lines applied: {applied}; refused: {refused}.")
        if refused:
            raise CommandError("Some lines were refused.")


def _images(owner: str | None) -> ImageQuerySet:
    if owner is None:
        return Image.objects.all()
    users = get_user_model()._default_manager
    user = users.filter(**{users.model.USERNAME_FIELD: owner}).first()
    if user is None:
        raise CommandError(f"There is no user {owner!r}.")
    return Image.objects.filter(owner=user)

"""What the tests of backup and restore share."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.core.management import call_command


def contents(media: Path) -> dict[str, bytes]:
    """All files of the site."""
    files = [path for path in media.rglob("*") if path.is_file()]
    return {str(path.relative_to(media)): path.read_bytes() for path in files}


def restore(folder: Path, *arguments: str) -> str:
    output = StringIO()
    call_command("restore", str(folder), *arguments, stdout=output)
    return output.getvalue()

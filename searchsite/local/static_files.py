"""Style sheets and scripts in ``STATIC_ROOT``: collected and compressed again when they changed."""

import hashlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_STAMP = ".collected"


def collect(report: Callable[[str], None]) -> None:
    """The site works without it, with files that are neither compressed nor kept by browsers."""
    folder = Path(settings.STATIC_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        stamp = folder / _STAMP
        sources = _fingerprint()
        if stamp.exists() and stamp.read_text() == sources:
            return
        # Files of earlier versions are removed, but never from a folder that somebody has named.
        clear = folder == Path(settings.VAR, "static")
        call_command("collectstatic", interactive=False, verbosity=0, clear=clear)
        stamp.write_text(sources)
    except OSError as error:
        report(f"Style sheets and scripts could not be compressed: {error}. The site goes on.")


def _fingerprint() -> str:
    """Changes with every change of a file, and with the program that compresses them."""
    digest = hashlib.sha256(version("whitenoise").encode())
    for finder in get_finders():
        for path, storage in finder.list(None):
            status = Path(storage.path(path)).stat()
            digest.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()

"""Good pictures of one owner, alone and behind pictures of another that keep decoders busy.

    python -m searchsite.local.sandbox -- python -m benchmarks.site.poison

The worker *derive* and the scheduler run as in ``bin/run``. The seconds are from the first good
upload until the last good picture has its previews.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import django
import numpy as np
from PIL import Image as Pixels

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402

from benchmarks.protocol import revision, table  # noqa: E402
from gallery.ingest.accept import accept  # noqa: E402
from gallery.models import Image, State, User  # noqa: E402
from searchsite.celery import app  # noqa: E402
from searchsite.local.programs import programs  # noqa: E402
from searchsite.local.web import Address  # noqa: E402
from tests import hostile  # noqa: E402

GOOD, POISON, WARM_UP = 20, 6, 1_000
_ROOT = Path(__file__).parents[2]


def good_picture(seed: int) -> bytes:
    """A JPEG of 1,600 × 1,200 pixels with the detail of a photograph."""
    noise = np.random.default_rng(seed)
    coarse = Pixels.fromarray(noise.integers(0, 255, (76, 101, 3), dtype=np.uint8))
    pixels = np.asarray(coarse.resize((1600, 1200))) + noise.integers(-6, 6, (1200, 1600, 1))
    file = io.BytesIO()
    Pixels.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(file, "JPEG", quality=90)
    return file.getvalue()


@contextmanager
def workers() -> Iterator[None]:
    """The processes that derive, from an empty queue; none is left at the end."""
    app.control.purge()
    var = Path(os.environ["SEARCHSITE_VAR"])
    (var / "log").mkdir(exist_ok=True)
    started = [
        subprocess.Popen(
            ["nice", "-n", str(program.nice), *program.command],
            env=program.env,
            stderr=(var / "log" / program.name).open("w"),
        )
        for program in programs(_ROOT, var, Address("127.0.0.1", 0))
        if program.name in ("derive", "beat")
    ]
    try:
        yield
    finally:
        app.control.purge()
        for process in started:
            process.terminate()
        for process in started:
            process.wait()  # a worker finishes the pictures that it decodes


def upload(pictures: list[bytes], owner: User) -> list[UUID]:
    return [accept([data], owner=owner).image.pk for data in pictures]


def wait_until_derived(keys: list[UUID]) -> None:
    while Image.objects.filter(pk__in=keys, state=State.STORED).exists():
        time.sleep(0.02)


def seconds_of(good: list[bytes], *, behind: list[bytes]) -> float:
    """The seconds for the good pictures, which one person uploads right after the others."""
    Image.objects.all().delete()
    users = get_user_model().objects
    owner, other = (users.get_or_create(username=name)[0] for name in ("good", "other"))
    with workers():
        wait_until_derived(upload([good_picture(WARM_UP)], owner))
        upload(behind, other)
        started = time.perf_counter()
        wait_until_derived(upload(good, owner))
        seconds = time.perf_counter() - started
        Image.objects.all().delete()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    good = [good_picture(seed) for seed in range(GOOD)]
    poison = [hostile.slow_tiff(seed) for seed in range(POISON)]
    rows = []
    for number in range(options.rounds):
        alone, behind = seconds_of(good, behind=[]), seconds_of(good, behind=poison)
        rows.append([f"{number + 1}", f"{alone:.1f}", f"{behind:.1f}", f"{behind / alone:.2f}"])
        print(rows[-1], flush=True)
    print(f"{GOOD} good pictures behind {POISON}, {revision()}\n")
    print(table(["round", "alone, s", "behind poison, s", "ratio"], rows))


if __name__ == "__main__":
    main()

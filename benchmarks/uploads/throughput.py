"""From uploaded 12-megapixel photographs to vectors: our stages beside what their libraries need.

    python -m searchsite.local.sandbox -- python -m benchmarks.uploads.throughput

Times of *derive* are CPU times of the process and its children, which other work on the machine
changes less than wall times; each method has its best round. *embed* runs in wall time, on all
cores. Its model has the architecture of ViT-B/32 and random weights.
"""

from __future__ import annotations

import argparse
import io
import os
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import django
import psutil

MODEL = Path("var/bench/vit-b-32").resolve()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
os.environ["GALLERY_ENCODER"] = str(MODEL)
django.setup()

import PIL.Image  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402

from benchmarks.data.random_clip import make_vit_b_32  # noqa: E402
from benchmarks.models.encoding_times import PHOTOGRAPHS, photograph, stored  # noqa: E402
from benchmarks.protocol import milliseconds, revision, table  # noqa: E402
from gallery.core.config import config  # noqa: E402
from gallery.embeddings import spaces  # noqa: E402
from gallery.embeddings.embed import embed_backlog  # noqa: E402
from gallery.embeddings.encode_previews import open_preview  # noqa: E402
from gallery.encoders import towers  # noqa: E402
from gallery.encoders.base import Encoder  # noqa: E402
from gallery.ingest.accept import accept  # noqa: E402
from gallery.ingest.derive import derive  # noqa: E402
from gallery.media import previews  # noqa: E402
from gallery.models import Embedding, Image, State  # noqa: E402

_LONGEST = max(previews.SIZES.values())


def cpu_milliseconds(work: Callable[[], object]) -> float:
    """User and system time of this process and of all that it starts."""
    before = _cpu_seconds()
    work()
    return (_cpu_seconds() - before) * 1000


def _cpu_seconds() -> float:
    """A decoder counts when the process that started it has waited for its end."""
    this = psutil.Process()
    return sum(sum(process.cpu_times()[:4]) for process in [this, *this.children(recursive=True)])


def scaled(data: bytes) -> PIL.Image.Image:
    """The picture as libjpeg-turbo decodes it, at the least scale that suffices for previews."""
    with PIL.Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        side = _LONGEST / max(image.size)
        image.draft(None, (round(image.width * side), round(image.height * side)))
        image.load()
        return image.copy()


def in_one_process(data: bytes) -> None:
    """The same pixels and files, without the child, the checks, the disk and the row."""
    image = scaled(data)
    for side in sorted(previews.SIZES.values(), reverse=True):
        image.thumbnail((side, side), PIL.Image.Resampling.HAMMING, reducing_gap=1)
        image.save(io.BytesIO(), "WEBP", quality=80, method=4 if side == 360 else 1)


def derive_times(photographs: Sequence[bytes], rounds: int) -> dict[str, float]:
    """Milliseconds of CPU time per photograph, the best of the rounds, in which all take turns."""
    methods: dict[str, Callable[[], object]] = {
        "libjpeg-turbo, scaled decoding alone": partial(_each, scaled, photographs),
        "decoding, resizing and three WebP files": partial(_each, in_one_process, photographs),
        "**derive**": derive_all,
    }
    times = dict.fromkeys(methods, float("inf"))
    for number in range(rounds + 1):
        upload(photographs)
        for name, work in methods.items():
            spent = cpu_milliseconds(work) / len(photographs)
            times[name] = min(times[name], spent) if number else times[name]
    return times


def _each(work: Callable[[bytes], object], photographs: Sequence[bytes]) -> None:
    for data in photographs:
        work(data)


def derive_all() -> None:
    while derive():
        pass


def upload(photographs: Sequence[bytes]) -> None:
    Image.objects.all().delete()
    owner, _ = get_user_model().objects.get_or_create(username="benchmark")
    for data in photographs:
        accept([data], owner=owner)


def embed_times(rounds: int) -> tuple[float, float]:
    """Milliseconds per picture: batches of the encoder alone, from open previews; and *embed*."""
    images = list(Image.objects.filter(state=State.DERIVED))
    encoder = spaces.encoder_of(spaces.active())
    towers.load(encoder, texts=False)
    opened = [open_preview(image, side=encoder.picture_side) for image in images]
    alone = embedded = float("inf")
    for _ in range(rounds + 1):
        alone = min(alone, milliseconds(partial(_encode, encoder, opened)))
        Embedding.objects.all().delete()
        Image.objects.update(state=State.DERIVED, attempts=0)
        embedded = min(embedded, milliseconds(embed_backlog))
    return alone / len(images), embedded / len(images)


def _encode(encoder: Encoder, pictures: list[PIL.Image.Image]) -> None:
    size = config().embed_batch
    for start in range(0, len(pictures), size):
        encoder.encode_images(pictures[start : start + size])


def report(count: int, rounds: int) -> None:
    photographs = [
        stored(photograph(4000, 3000, seed), "JPEG", quality=90) for seed in range(PHOTOGRAPHS)
    ]
    # Bytes behind the end of a JPEG make each upload another file of the same picture.
    files = [photographs[n % PHOTOGRAPHS] + n.to_bytes(4) for n in range(count)]
    times = derive_times(files, rounds)
    limit = next(iter(times.values()))
    rows = [
        [name, f"{spent:.0f}", f"{1000 / spent:.1f}", f"{limit / spent:.2f}"]
        for name, spent in times.items()
    ]
    print(f"{count} photographs of 12 megapixels, {revision()}\n")
    print(table(["derive", "CPU ms each", "each second and core", "of the decoder"], rows))
    alone, embedded = embed_times(rounds)
    rows = [
        ["the encoder's own batches", f"{alone:.1f}", ""],
        ["**embed**, previews and rows included", f"{embedded:.1f}", f"{alone / embedded:.2f}"],
    ]
    print("\n" + table(["embed", "ms each", "of the encoder's speed"], rows))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    make_vit_b_32(MODEL)
    call_command("migrate", verbosity=0)
    call_command("encoder", "choose")
    report(options.count, options.rounds)


if __name__ == "__main__":
    main()

"""How many rows of a table are imported in a second, and whether kills change the report.

    python -m searchsite.local.sandbox -- python -m benchmarks.import_throughput --rows 50000

The table has URLs of a local server. Of ten rows, six have pictures of their own, one the picture
of the row before it, and three are bad: no URL, a missing file, a text. The process that imports is
killed at equal distances. Then vectors are stored: by COPY, as imports do, and by Django's inserts.
"""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
os.environ["GALLERY_IMPORT_RATE"] = "100000"
os.environ["GALLERY_IMPORT_CONNECTIONS"] = "8"
_PORT = os.environ.setdefault("BENCHMARK_PORT", "8947")
os.environ["GALLERY_FETCH_ALLOW"] = f"127.0.0.1:{_PORT}"
django.setup()

import numpy as np  # noqa: E402
import PIL.Image  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from benchmarks.protocol import machine_limits, milliseconds, revision, table  # noqa: E402
from gallery.ingest.imports import create, report, run  # noqa: E402
from gallery.ingest.imports.rows import store  # noqa: E402
from gallery.ingest.imports.sources.base import SourceRow  # noqa: E402
from gallery.models import EmbeddingSpace, ImportJob, ImportRow  # noqa: E402

_MODULE = "benchmarks.import_throughput"
_BAD = {"no_place": 1, "url_answer": 1, "unsupported_type": 1}


class _Pictures(BaseHTTPRequestHandler):
    """``/p/7.png`` is the seventh picture, ``/t/7.png`` a text; the others are missing."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        kind, _, name = self.path[1:].partition("/")
        body = {"t": b"no picture"}.get(kind, b"")
        if kind == "p":
            body = _picture(int(name.removesuffix(".png")))
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def _picture(number: int) -> bytes:
    file = io.BytesIO()
    colour = (number % 256, number // 256 % 256, number // 65536)
    PIL.Image.new("RGB", (8, 8), colour).save(file, "PNG", compress_level=1)
    return file.getvalue()


def write_table(path: Path, rows: int) -> None:
    server = f"http://127.0.0.1:{_PORT}"
    with path.open("w") as file:
        file.write("caption,url\n")
        for number in range(rows):
            addresses = ["", f"{server}/m/{number}.png", f"{server}/t/{number}.png"]
            picture = number - 1 if number % 10 == 9 else number
            last = f"{server}/p/{picture}.png"
            kind = number % 10
            file.write(f"caption {number},{addresses[kind] if kind < 3 else last}\n")


def expected(rows: int) -> tuple[int, int, int, int]:
    tenth = rows // 10
    return rows, 6 * tenth, tenth, 3 * tenth


def import_with_kills(job: ImportJob, rows: int, kills: int) -> float:
    """Seconds without those from a kill to the start of the next process."""
    seconds = 0.0
    for number in range(1, kills + 2):
        process = subprocess.Popen([sys.executable, "-m", _MODULE, "--work"])
        began = time.perf_counter()
        until = rows + 1 if number > kills else number * rows // (kills + 1)
        while process.poll() is None:
            job.refresh_from_db()
            if job.done >= until:
                process.kill()
                break
            time.sleep(0.1)
        process.wait()
        seconds += time.perf_counter() - began
        print(f"{job.done} rows after {seconds:.0f} s", file=sys.stderr, flush=True)
    job.refresh_from_db()
    return seconds


def store_vectors(job: ImportJob, rows: int) -> list[list[str]]:
    """Rows with vectors in a second, the best of three rounds."""
    space = EmbeddingSpace.objects.create(encoder="random", fingerprint="random")
    vectors = np.random.default_rng(1).standard_normal((rows, 512)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    read = [SourceRow(f"{n}.png", {"caption": "c"}, v, "random") for n, v in enumerate(vectors)]
    spaces = {"random": space.pk}
    data = store.packed(job, read, first=1, spaces=spaces)
    methods = {
        "PostgreSQL alone: COPY of prepared bytes": partial(_copy, data),
        "**COPY**, as imports do": partial(store.store, job, read, first=1, spaces=spaces),
        "bulk_create": partial(_insert, job, read, space),
    }
    seconds = dict.fromkeys(methods, float("inf"))
    for _ in range(3):
        for name, work in methods.items():
            ImportRow.objects.filter(job=job).delete()
            seconds[name] = min(seconds[name], milliseconds(work) / 1000)
    return [[name, f"{rows / spent:,.0f}"] for name, spent in seconds.items()]


def _copy(data: bytes) -> None:
    with connection.cursor() as cursor, cursor.copy(store.COPY) as copy:
        copy.write(data)


def _insert(job: ImportJob, rows: Sequence[SourceRow], space: EmbeddingSpace) -> None:
    ImportRow.objects.bulk_create(
        (
            ImportRow(job=job, number=number, place=row.place, fields=row.fields,
                      vector=row.vector, space=space)
            for number, row in enumerate(rows, 1)
        ),
        batch_size=1000,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--vectors", type=int, default=20_000)
    parser.add_argument("--work", action="store_true", help="import, in a process of its own")
    options = parser.parse_args()
    if options.work:
        settings.MEDIA_ROOT = os.environ["BENCHMARK_MEDIA"]
        while ImportJob.objects.running().exists():
            run.run(5)
        return
    call_command("migrate", verbosity=0)
    server = ThreadingHTTPServer(("127.0.0.1", int(_PORT)), _Pictures)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCHMARK_MEDIA"] = folder
        source = Path(folder, "table.csv")
        write_table(source, options.rows)
        owner = get_user_model().objects.create_user("owner")
        job = create.create(source, owner, create.ImportOptions())
        seconds = import_with_kills(job, options.rows, options.kills)
        counts = job.rows_read, job.imported, job.duplicates, job.dropped
        is_exact = counts == expected(options.rows) and report.reasons_of(job) == {
            code: part * options.rows // 10 for code, part in _BAD.items()
        }
        print(f"\n{revision()}, {machine_limits()}\n")
        header = ["rows", "kills", "read", "imported", "duplicates", "dropped", "exact", "rows/s"]
        figures = [options.rows, options.kills, *counts, is_exact, round(options.rows / seconds)]
        print(table(header, [[str(figure) for figure in figures]]))
        print(table(["vectors", "rows/s"], store_vectors(job, options.vectors)))
    server.shutdown()


if __name__ == "__main__":
    main()

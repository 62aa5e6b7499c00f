"""Searches over HTTP beside 900 connections that send or read as slowly as the server lets them.

    python -m searchsite.local.sandbox -- python -m benchmarks.site.slow_clients --rows 3000

The site is gunicorn with its shipped settings. 300 connections are silent, 300 read 100 bytes a
second of a file of 13 MB, 150 send a header and 150 a body of a byte a second. One client searches
without a pause, in turns idle and attacked, so that other load of the machine hits both alike.
Clients and server share the machine's cores.
"""

from __future__ import annotations

import argparse
import http.client
import io
import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote

import numpy as np
import PIL.Image

from benchmarks.site.search_http import TEXTS, client, fill, free_port, get, log_in, our_server

from benchmarks.data.clip_like import ClipLike  # isort: skip  # Django is set up above
from benchmarks.protocol import machine_limits, revision, table
from gallery.ingest.accept import accept
from tests.abuse.slow_sockets import held

_FACES = {"page": "/search/?q=", "API": "/api/v1/search/?limit=24&q="}
# The server closes a connection without a complete header after 20 seconds.
_LONGEST_PHASE = 8

# Of each face, idle (False) and attacked (True).
Durations = dict[tuple[str, bool], list[float]]


def large_original() -> str:
    """The path of a file of about 13 MB."""
    noise = np.random.default_rng(1).integers(0, 256, (1900, 2300, 3), dtype=np.uint8)
    picture = io.BytesIO()
    PIL.Image.fromarray(noise).save(picture, "PNG")
    accepted = accept([picture.getvalue()], owner=None, visibility="public")
    return f"/files/{accepted.image.pk}/original"


def search(port: int, session: str, path: str, seconds: float) -> list[float]:
    durations: list[float] = []

    def send(connection: http.client.HTTPConnection, number: int) -> int:
        return get(connection, path + quote(TEXTS[number % len(TEXTS)]), session)

    client(port, send, time.perf_counter() + seconds, durations)
    return durations


def measure(port: int, rounds: int, seconds: float) -> Durations:
    session, original = log_in(), large_original()
    first = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    # Makes the copy for strangers, which the slow readers then download.
    assert get(first, original, "") == 200
    for path in _FACES.values():
        search(port, session, path, seconds)
    durations: Durations = defaultdict(list)
    for _ in range(rounds):
        for face, path in _FACES.items():
            durations[face, False] += search(port, session, path, seconds)
            with held(port, original, each=300):
                durations[face, True] += search(port, session, path, seconds)
    return durations


def lines(durations: Durations) -> Iterator[list[str]]:
    percentiles = {case: np.percentile(values, [50, 95, 99]) for case, values in durations.items()}
    for face, is_attacked in product(_FACES, (False, True)):
        figures = [f"{value:.1f}" for value in percentiles[face, is_attacked]]
        count = f"{len(durations[face, is_attacked])}"
        yield [face, "attacked" if is_attacked else "idle", count, *figures]
        if is_attacked:
            ratios = percentiles[face, True] / percentiles[face, False]
            yield [face, "ratio", "", *(f"{ratio:.2f}" for ratio in ratios)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=_LONGEST_PHASE, help="of each phase")
    options = parser.parse_args()
    fill(ClipLike().pictures(options.rows))
    port = free_port()
    with our_server(port):
        durations = measure(port, options.rounds, min(options.seconds, _LONGEST_PHASE))
    print(f"{options.rows:,} pictures, {revision()}; {machine_limits()}\n")
    header = ["face", "clients", "searches", "p50 ms", "p95 ms", "p99 ms"]
    print(table(header, list(lines(durations))))


if __name__ == "__main__":
    main()

"""The map of a large gallery: making it, placing new pictures, sending it and panning it.

    python -m searchsite.local.sandbox -- python -m benchmarks.features.map --rows 100000

The vectors are CLIP-like. Frames are counted with ``requestAnimationFrame`` in chromium while the
map is moved in every frame. Without ``--gpu``, SwiftShader draws on the processor. Where frames
take too long, the map draws fewer points while it moves. An empty canvas of the same size says what
the machine can do at all.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.vector_search import load  # isort: skip  # sets up Django
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.management import call_command
from django.test import Client
from django.test.testcases import LiveServerThread
from playwright.sync_api import sync_playwright

from benchmarks.data.clip_like import ClipLike
from benchmarks.protocol import machine_limits, revision, table
from gallery.map import clusters, pca, update
from gallery.map.fit import PCA_SAMPLE
from gallery.map.overview import overview_for
from gallery.map.points import points_for
from gallery.map.sample import sample_of
from gallery.models import EmbeddingSpace, Image, MapItem, MapProjection

_NEW = 1_000
_FRAME_SECONDS = 5
_PANNING = """
async (seconds) => {
  const canvas = document.querySelector("#map canvas"), box = canvas.getBoundingClientRect();
  const send = (name, x, y) => canvas.dispatchEvent(new PointerEvent(name, {
    pointerId: 1, isPrimary: true, bubbles: true, clientX: box.left + x, clientY: box.top + y,
  }));
  canvas.setPointerCapture = () => {};
  send("pointerdown", 400, 300);
  const started = performance.now(), times = [];
  for (let frame = 0; performance.now() - started < seconds * 1000; frame++) {
    times.push(await new Promise(requestAnimationFrame));
    send("pointermove", 400 + 150 * Math.sin(frame / 10), 300 + 100 * Math.cos(frame / 10));
  }
  send("pointerup", 400, 300);
  return times;
}
"""
_EMPTY = """
async (seconds) => {
  const canvas = document.createElement("canvas"), shown = document.querySelector("#map canvas");
  [canvas.width, canvas.height] = [shown.width, shown.height];
  canvas.className = "over-picture";
  shown.after(canvas);
  const gl = canvas.getContext("webgl"), started = performance.now(), times = [];
  while (performance.now() - started < seconds * 1000) {
    times.push(await new Promise(requestAnimationFrame));
    gl.clearColor(0, 0, times.length % 2, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }
  canvas.remove();
  return times;
}
"""


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def quickest(work: Callable[[], object]) -> str:
    return f"{1000 * min(seconds(work) for _ in range(5)):.0f} ms"


def angle_of(axes: pca.Axes, other: pca.Axes) -> float:
    """The largest angle between the planes of two pairs of axes, in degrees."""
    planes = [np.linalg.qr(each.axes.T.astype(np.float64))[0] for each in (axes, other)]
    cosines = np.linalg.svd(planes[0].T @ planes[1], compute_uv=False)
    return float(np.degrees(np.arccos(min(1.0, cosines.min()))))


def parts_of_a_fit(space: EmbeddingSpace, rows: int) -> list[list[str]]:
    sample = sample_of(space, PCA_SAMPLE)
    every = sample_of(space, rows)
    axes, all_axes = pca.axes_of(sample.vectors), pca.axes_of(every.vectors)
    return [
        ["reading the sample", f"{seconds(lambda: sample_of(space, PCA_SAMPLE)):.2f} s"],
        ["PCA of the sample", f"{seconds(lambda: pca.axes_of(sample.vectors)):.2f} s"],
        ["PCA of all vectors", f"{seconds(lambda: pca.axes_of(every.vectors)):.2f} s"],
        ["angle between the two planes", f"{angle_of(axes, all_axes):.1f}°"],
        ["clusters", f"{seconds(lambda: clusters.centres_of(sample.vectors, rows)):.2f} s"],
    ]


def answers() -> list[list[str]]:
    projection = MapProjection.objects.shown()
    assert projection is not None
    user, client = AnonymousUser(), Client(headers={"Host": "localhost"})
    size = len(client.get("/map/points/").content)
    return [
        ["points, in PostgreSQL and NumPy", quickest(lambda: points_for(user, projection))],
        ["groups with names and examples", quickest(lambda: overview_for(user))],
        ["answer with the points", f"{size:,} bytes"],
        ["the same, as an HTTP request", quickest(lambda: client.get("/map/points/"))],
        ["the page", quickest(lambda: client.get("/map/"))],
    ]


def rate(times: list[float]) -> str:
    gaps = np.diff(times)
    slow = np.percentile(gaps, 95)
    return f"{1000 * len(gaps) / gaps.sum():.0f} frames/s (95 % in {slow:.0f} ms)"


def frames(gpu: bool) -> list[list[str]]:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    server = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override={})
    server.daemon = True
    server.start()
    server.is_ready.wait()
    drawing = [] if gpu else ["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    rows: list[list[str]] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--use-gl=angle", *drawing]
        )
        page: Any = browser.new_page(viewport={"width": 1280, "height": 860})
        started = time.perf_counter()
        page.goto(f"http://127.0.0.1:{server.port}/map/")
        page.wait_for_selector(".map-labels span")
        rows.append(["page with points drawn", f"{time.perf_counter() - started:.1f} s"])
        page.wait_for_timeout(3000)
        rows.append(["an empty canvas", rate(page.evaluate(_EMPTY, _FRAME_SECONDS))])
        page.evaluate(_PANNING, 2 * _FRAME_SECONDS)  # finds how many points it can draw
        rows.append(["panning the whole map", rate(page.evaluate(_PANNING, _FRAME_SECONDS))])
        for _ in range(3):
            page.click('[data-map="in"]')
        rows.append(["panning, zoomed", rate(page.evaluate(_PANNING, _FRAME_SECONDS))])
        browser.close()
    server.terminate()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--gpu", action="store_true")
    options = parser.parse_args()
    call_command("migrate", verbosity=0)
    space = load(ClipLike().pictures(options.rows))
    EmbeddingSpace.objects.filter(pk=space.pk).update(active=True)
    rows = parts_of_a_fit(space, options.rows)
    rows.append(["the whole job", f"{seconds(lambda: update.run(seconds=3600)):.1f} s"])
    MapItem.objects.add_for(list(Image.objects.values_list("pk", flat=True)[:_NEW]))
    rows.append([f"placing {_NEW:,} pictures", f"{seconds(lambda: update.run(seconds=60)):.2f} s"])
    rows += answers() + frames(options.gpu)
    print(f"revision {revision()}, {options.rows} pictures")
    print(", ".join(f"{name} {value}" for name, value in machine_limits().items()))
    print(table(["", "measured"], rows))


if __name__ == "__main__":
    main()

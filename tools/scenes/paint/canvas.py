"""Drawing on a canvas: a float32 array (height, width, 3) with values 0..255.

Functions that take a canvas and return nothing change it in place.
"""

import random

import numpy as np
import numpy.typing as npt

from tools.scenes.colours import Rgb

Canvas = npt.NDArray[np.float32]
Mask = npt.NDArray[np.float32]


def vertical_gradient(width: int, height: int, *stops: Rgb) -> Canvas:
    at = np.linspace(0, len(stops) - 1, height)
    rows = np.stack(
        [np.interp(at, range(len(stops)), [stop[i] for stop in stops]) for i in range(3)], axis=1
    )
    return np.repeat(rows[:, None, :], width, axis=1).astype(np.float32)


def linear_gradient(width: int, height: int, start: Rgb, end: Rgb, turn: float) -> Canvas:
    """`turn` is the direction in radians; 0 is from left to right."""
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    along = (x - 0.5) * np.cos(turn) + (y - 0.5) * np.sin(turn) + 0.5
    along = np.clip(along, 0, 1)[..., None]
    mixed = np.array(start) * (1 - along) + np.array(end) * along
    return np.asarray(mixed, dtype=np.float32)


def blend(canvas: Canvas, mask: Mask, colour: Rgb) -> None:
    canvas += mask[..., None] * (np.array(colour, dtype=np.float32) - canvas)


def below(canvas: Canvas, outline: npt.NDArray[np.float64]) -> Mask:
    """A mask that is 1 below the outline, which has one share of the height per column.

    The edge is antialiased.
    """
    height = canvas.shape[0]
    rows = np.arange(height)[:, None]
    return np.asarray(np.clip(rows - outline[None, :] * height + 0.5, 0, 1), dtype=np.float32)


def waves(width: int, rng: random.Random, base: float, swing: float, bumps: float) -> Mask:
    """An outline of soft waves around `base`, with about `bumps` crests."""
    x = np.linspace(0, 1, width)
    line = np.full(width, base)
    for octave in (1.0, 2.1, 4.3):
        phase = rng.uniform(0, 2 * np.pi)
        line += swing / octave * np.sin(2 * np.pi * bumps * octave * x + phase)
    return line.astype(np.float32)


def peaks(width: int, rng: random.Random, base: float, rise: float, count: int) -> Mask:
    """A jagged ridge of `count` peaks that rise at most `rise` above `base`."""
    xs, ys = [0.0], [base - rng.uniform(0.1, 0.6) * rise]
    for i in range(count):
        xs += [(i + rng.uniform(0.35, 0.65)) / count, (i + 1) / count]
        ys += [base - rng.uniform(0.6, 1.0) * rise, base - rng.uniform(0.05, 0.35) * rise]
    return np.interp(np.linspace(0, 1, width), xs, ys).astype(np.float32)


def ellipse(canvas: Canvas, x: float, y: float, rx: float, ry: float, soft: float = 1.5) -> Mask:
    """A mask. Centre, radii and `soft`, the width of the edge, are in pixels."""
    height, width = canvas.shape[:2]
    rows, columns = np.ogrid[0:height, 0:width]
    radius = np.sqrt(((columns - x) / max(rx, 0.5)) ** 2 + ((rows - y) / max(ry, 0.5)) ** 2)
    edge = max(soft / max(min(rx, ry), 0.5), 1e-3)
    return np.clip((1 - radius) / edge + 0.5, 0, 1).astype(np.float32)


def glow(canvas: Canvas, x: float, y: float, radius: float) -> Mask:
    height, width = canvas.shape[:2]
    rows, columns = np.ogrid[0:height, 0:width]
    distance = (columns - x) ** 2 + (rows - y) ** 2
    return np.exp(-distance / (2 * radius**2)).astype(np.float32)


def cloud(canvas: Canvas, rng: random.Random, x: float, y: float, size: float) -> None:
    mask = np.zeros(canvas.shape[:2], dtype=np.float32)
    for i in range(5):
        across = x + (i - 2) * size * 0.42 + rng.uniform(-0.08, 0.08) * size
        radius = size * (0.52 - 0.11 * abs(i - 2)) * rng.uniform(0.85, 1.1)
        blob = ellipse(canvas, across, y - radius * 0.35, radius, radius * 0.8, soft=size * 0.12)
        mask = np.maximum(mask, blob)
    blend(canvas, mask * rng.uniform(0.75, 0.95), (255, 255, 255))


def stars(canvas: Canvas, rng: random.Random, count: int, down_to: float) -> None:
    height, width = canvas.shape[:2]
    for _ in range(count):
        x, y = rng.randrange(width), rng.randrange(max(1, int(height * down_to)))
        size = 1 if rng.random() < 0.7 else 2
        size = max(1, round(size * height / 260))
        canvas[y : y + size, x : x + size] += rng.uniform(0.4, 0.95) * (
            255 - canvas[y : y + size, x : x + size]
        )


def grain(canvas: Canvas, rng: random.Random, strength: float) -> None:
    noise = np.random.default_rng(rng.getrandbits(32)).normal(0, strength, canvas.shape[:2])
    canvas += noise[..., None].astype(np.float32)

"""Shared by all benchmarks: timing, the limits of the machine, percentiles and tables."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Sequence

import numpy as np


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def machine_limits() -> dict[str, str]:
    """Memory bandwidth of one thread (a sum over 1 GB) and SGEMM speed of NumPy's BLAS."""
    block = np.ones(256 << 20, dtype=np.float32)
    gigabytes = block.nbytes / 1e9
    bandwidth = gigabytes / (min(milliseconds(block.sum) for _ in range(3)) / 1000)
    return {"memory, one thread": f"{bandwidth:.1f} GB/s", "SGEMM": f"{sgemm():.0f} GFLOP/s"}


def sgemm() -> float:
    """GFLOP/s of NumPy's BLAS on all cores, for two 2,048 x 2,048 matrices."""
    square = np.random.default_rng(0).standard_normal((2048, 2048)).astype(np.float32)
    gflop = 2 * 2048**3 / 1e9
    return gflop / (min(milliseconds(lambda: square @ square) for _ in range(3)) / 1000)


def revision() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def percentiles(samples: Sequence[float]) -> tuple[float, float]:
    """p50 and p99, in the unit of the samples."""
    p50, p99 = np.percentile(samples, [50, 99])
    return float(p50), float(p99)


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)

"""Measures one program in a process of its own; prints one JSON object per measured setting.

    OMP_NUM_THREADS=1 python -m benchmarks.rivals.process faiss-ivfflat FOLDER

FOLDER has ``vectors.npy``, and ``queries_KIND.npy`` and ``worst_KIND.npy`` for each kind of
query. The first line of the output has the seconds of the build.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from benchmarks.rivals.measured import Workload, measure
from benchmarks.rivals.programs import PROGRAMS

# The pandas way takes half a second for a query among 10,000.
_FEW = {"pandas": 5, "qdrant-local": 50}


def read(folder: Path, few: int | None) -> Workload:
    kinds = [path.stem.removeprefix("queries_") for path in folder.glob("queries_*.npy")]
    return Workload(
        np.load(folder / "vectors.npy"),
        {kind: np.load(folder / f"queries_{kind}.npy")[:few] for kind in kinds},
        {kind: np.load(folder / f"worst_{kind}.npy")[:few] for kind in kinds},
    )


def main(name: str, folder: Path) -> None:
    workload = read(folder, _FEW.get(name))
    started = time.perf_counter()
    for number, (setting, search) in enumerate(PROGRAMS[name](workload.vectors)):
        if number == 0:
            print(json.dumps({"build_seconds": time.perf_counter() - started}), flush=True)
        for kind in sorted(workload.queries):
            point = measure(setting, kind, search, workload)
            print(json.dumps(asdict(point)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

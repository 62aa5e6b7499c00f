"""Coverage-guided fuzzing: ``python -m tools.fuzz_pictures FOLDER [options of libFuzzer]``.

FOLDER keeps what the fuzzer learns between runs; it begins with the seeds. A file that is a fault
of the site is written to the working directory as ``crash-…``: mend the fault, and add the file to
``tests/hostile/found``. Needs ``pip install -r requirements-fuzz.txt``.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import atheris

# The Python code alone: the decoders in C are called, but do not guide the fuzzer.
with atheris.instrument_imports(include=["gallery.media", "imagesize", "PIL"]):
    from tests.hostile.reading import read

from tests.hostile.seeds import seeds

FOUND = Path(__file__).resolve().parents[1] / "tests" / "hostile" / "found"


def main() -> None:
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    _write_seeds(Path(sys.argv[1]))
    warnings.simplefilter("ignore")
    options = ["-timeout=20", "-rss_limit_mb=2048", "-max_len=20000"]
    atheris.Setup([*sys.argv, *options], lambda data: read(data))
    atheris.Fuzz()


def _write_seeds(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for format, files in seeds().items():
        for number, data in enumerate(files):
            (folder / f"{format}-{number}").write_bytes(data)
    for path in FOUND.glob("*"):
        (folder / path.name).write_bytes(path.read_bytes())


if __name__ == "__main__":
    main()

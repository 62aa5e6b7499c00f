"""A web process that encodes search texts with a pair of models; prints its speed and memory.

    python -m benchmarks.searching_process TEXTS PICTURES MODELS ROUNDS

Imports what gunicorn imports, prints ``ready`` after the first vector, then prints JSON:
milliseconds per text in the best of ``ROUNDS`` rounds, resident memory now and at its peak in MB,
and whether torch was imported. ``MODELS`` is the site's folder of models;
``GALLERY_ENCODER_BACKEND`` selects the backend.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "searchsite.settings")
application = get_wsgi_application()

from benchmarks.data.random_clip import COMMIT, captions  # noqa: E402
from benchmarks.protocol import milliseconds  # noqa: E402
from gallery.encoders.model.folder import ModelFolder  # noqa: E402
from gallery.encoders.towers import TwoTowers  # noqa: E402

_QUERIES = 40


def main() -> None:
    texts, pictures = (ModelFolder(name, Path(name), COMMIT) for name in sys.argv[1:3])
    settings.GALLERY["models_dir"] = Path(sys.argv[3])
    import_module(settings.ROOT_URLCONF)
    encoder = TwoTowers(pictures, texts)
    encoder.encode_texts(["a picture"])
    print("ready", flush=True)
    queries = captions()[:_QUERIES]

    def one_by_one() -> None:
        for text in queries:
            encoder.encode_texts([text])

    times = [milliseconds(one_by_one) / _QUERIES for _ in range(int(sys.argv[4]))]
    status = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    sizes = {line.split(":")[0]: int(line.split()[1]) // 1024 for line in status if "kB" in line}
    figures = {"ms": min(times), "now": sizes["VmRSS"], "peak": sizes["VmHWM"]}
    print(json.dumps({**figures, "torch": "torch" in sys.modules}))


if __name__ == "__main__":
    main()

"""Export processes wait for each other, and no two export the same model."""

from __future__ import annotations

import threading
from pathlib import Path

from gallery.encoders.onnx_export.lock import lock


def test_one_export_at_a_time_and_none_twice(tmp_path: Path) -> None:
    results: dict[str, list[bool]] = {"same": [], "other": []}

    def export(name: str) -> None:
        with lock(tmp_path / name) as is_first:
            results[name].append(is_first)

    threads = [threading.Thread(target=export, args=(name,)) for name in results]
    with lock(tmp_path / "same") as is_first:
        assert is_first
        for thread in threads:
            thread.start()
        threads[0].join()
        threads[1].join(timeout=0.5)
        assert results == {"same": [False], "other": []}
    threads[1].join()
    assert results["other"] == [True]

"""Which snapshots of a hub model are on this machine; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Weights as safetensors only: a pickle can run code while it is read.
WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
# LAION's repositories hold the same weights a second time, for open_clip.
UNWANTED = ["onnx/*", "openvino/*", "*/onnx/*", "*/openvino/*", "open_clip*"]


def snapshot(repository: str, revision: str | None) -> Path:
    """The folder of one revision; without one, of the newest as of the last download.

    Its name is the commit. Raises ``OSError`` when it is not here and ``HFValidationError``
    (a ``ValueError``) for what cannot be the name of a repository.
    """
    from huggingface_hub import snapshot_download

    folder = snapshot_download(
        repository,
        revision=revision,
        local_files_only=True,
        allow_patterns=WANTED,
        ignore_patterns=UNWANTED,
    )
    return Path(folder)


def other_snapshots(repository: str) -> Iterator[Path]:
    """Whatever was downloaded of a repository: first what counts as its newest, then by age."""
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    with suppress(OSError):
        yield snapshot(repository, None)
    name = repo_folder_name(repo_id=repository, repo_type="model")
    kept = Path(constants.HF_HUB_CACHE, name, "snapshots").glob("*/")
    yield from sorted(kept, key=lambda folder: folder.stat().st_mtime, reverse=True)

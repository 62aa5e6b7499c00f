"""Which snapshots of a hub model are on this machine. Nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# The files that are downloaded and hashed. Weights are read from safetensors only, because a
# pickle can run code while it is read.
WANTED = ["*.json", "*.txt", "*.model", "*.safetensors"]
# LAION's repositories also have the weights in a second file, for open_clip.
UNWANTED = ["onnx/*", "openvino/*", "*/onnx/*", "*/openvino/*", "open_clip*"]


def snapshot(repository: str, revision: str | None) -> Path:
    """The folder of one revision; None stands for the newest revision at the last download.

    The folder's name is the commit hash. Raises ``OSError`` if the revision is not on this
    machine, and ``HFValidationError`` (a ``ValueError``) for an invalid repository name.
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
    """All snapshots of a repository: the newest revision first, then the others by the time of
    their download, newest first. A snapshot may come twice.
    """
    from huggingface_hub import constants
    from huggingface_hub.file_download import repo_folder_name

    with suppress(OSError):
        yield snapshot(repository, None)
    name = repo_folder_name(repo_id=repository, repo_type="model")
    folders = Path(constants.HF_HUB_CACHE, name, "snapshots").glob("*/")
    yield from sorted(folders, key=lambda folder: folder.stat().st_mtime, reverse=True)

"""One tower in ONNX Runtime: from arrays to unit vectors."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Vectors, unit_vectors

# The errors of ONNX Runtime have no common base class.
_UNREADABLE = (
    OSError, ValueError, RuntimeError, ort_errors.Fail, ort_errors.InvalidProtobuf,
    ort_errors.InvalidGraph, ort_errors.InvalidArgument, ort_errors.NoSuchFile,
    ort_errors.NotImplemented, ort_errors.RuntimeException,
)  # fmt: skip
_OUT_OF_MEMORY = re.compile(r"bad_alloc|failed to allocate|out of memory", re.I)


class TowerSession:
    """Safe to share between threads.

    The file is read on first use, because a process that only searches by text does not need the
    picture tower.
    """

    def __init__(self, file: Path, *, threads: int = 1) -> None:
        self._file = file
        self._threads = threads
        self._lock = threading.Lock()
        self._session: Any = None
        # Whether the last attempt to read the file failed.
        self.unreadable = False

    def read(self) -> Any:
        """The ONNX Runtime session, opened once. Raises ``EncoderUnavailable``.

        Threads wait for each other while it is opened. After a failure the next call tries again.
        """
        with self._lock:
            if self._session is None:
                self._session = self._open()
            return self._session

    def _open(self) -> Any:
        try:
            session = open_session(self._file, threads=self._threads)
        except EncoderUnavailable:
            self.unreadable = True
            raise
        self.unreadable = False
        return session

    def vectors(self, feed: dict[str, Any], count: int) -> Vectors:
        """``(count, 512) float32``, rows of norm 1. ``feed`` holds the graph's inputs by name.

        Raises ``BadEmbedding``, ``EncoderUnavailable``, and ``MemoryError`` if the batch does not
        fit into memory.
        """
        return unit_vectors(_normalised(_run(self.read(), feed)), count)


def open_session(file: Path, *, threads: int = 1) -> Any:
    """Open a graph; ``threads`` threads compute each run together.

    Raises ``EncoderUnavailable`` if the file cannot be read.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except _UNREADABLE as error:
        raise EncoderUnavailable(f"The model file {file} cannot be read: {error}") from error


def _run(session: Any, feed: dict[str, Any]) -> Vectors:
    try:
        vectors: Vectors = session.run(["vectors"], feed)[0]
    except (ort_errors.Fail, ort_errors.RuntimeException) as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError(str(error)) from error
        raise
    return vectors


def _normalised(vectors: Vectors) -> Vectors:
    """Rows of norm 1. A row of zeros stays zero, and ``unit_vectors`` refuses it."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    normalised: Vectors = vectors / np.maximum(norms, np.float32(1e-12))
    return normalised

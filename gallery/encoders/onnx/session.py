"""One tower in ONNX Runtime: numbers in, unit vectors out."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as failures

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import Vectors, unit_vectors

# The library's errors have no base of their own.
_UNREADABLE = (
    OSError, ValueError, RuntimeError, failures.Fail, failures.InvalidProtobuf,
    failures.InvalidGraph, failures.InvalidArgument, failures.NoSuchFile,
    failures.NotImplemented, failures.RuntimeException,
)  # fmt: skip
_OUT_OF_MEMORY = re.compile(r"bad_alloc|failed to allocate|out of memory", re.I)


class TowerSession:
    """Safe to share between threads. The file is read when it is first asked: a process that only
    searches by words has no need of the pictures' half.
    """

    def __init__(self, file: Path, *, threads: int = 1) -> None:
        self._file = file
        self._threads = threads
        self._reading = threading.Lock()
        self._session: Any = None
        # Whether the last attempt to read the file failed.
        self.unreadable = False

    def read(self) -> Any:
        """Raises ``EncoderUnavailable``."""
        with self._reading:
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
        """``(count, 512)``, rows of norm 1. Raises ``BadEmbedding``, ``EncoderUnavailable`` and,
        when the batch does not fit, ``MemoryError``.
        """
        return unit_vectors(_unit(_run(self.read(), feed)), count)


def open_session(file: Path, *, threads: int = 1) -> Any:
    """``threads`` compute each run together. Raises ``EncoderUnavailable``."""
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
    except (failures.Fail, failures.RuntimeException) as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError(str(error)) from error
        raise
    return vectors


def _unit(vectors: Vectors) -> Vectors:
    """Rows of norm 1; a row without a direction stays zero and is refused by ``unit_vectors``."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(norms, np.float32(1e-12))
    return unit

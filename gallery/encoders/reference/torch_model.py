"""Read a model's folder with sentence-transformers, and compute with it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.base import WIDTH, Vectors
from gallery.encoders.model.completeness import refuse_foreign_activation
from gallery.encoders.model.folder import UNREADABLE, ModelFolder
from gallery.encoders.model.width import is_cut

TEXT_BATCH = 64
_OUT_OF_MEMORY = re.compile(r"out of memory|can't allocate memory|not enough memory", re.I)
_UNREADABLE = (*UNREADABLE, SafetensorError)


def read(folder: ModelFolder, **processor: str) -> SentenceTransformer:
    """Load the model in float32: weights from safetensors only, without running code of the model
    and without the network.

    Raises ``EncoderUnavailable``.
    """
    refuse_foreign_activation(folder)
    with unreadable_model(folder), _quiet_libraries():
        model = SentenceTransformer(
            str(folder.path),
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
            processor_kwargs=processor,
            truncate_dim=WIDTH if is_cut(folder) else None,
        )
        _limit_length(model)
        return model.eval()


def compute(model: SentenceTransformer, inputs: list[Any], *, batch_size: int) -> Vectors:
    """Rows of norm 1, ``(n, width) float32``. Raises ``MemoryError`` if the batch does not fit."""
    try:
        with torch.inference_mode():
            vectors = model.encode(
                inputs, batch_size=batch_size, normalize_embeddings=True, show_progress_bar=False
            )
    except RuntimeError as error:
        if _OUT_OF_MEMORY.search(str(error)):
            raise MemoryError(str(error)) from error
        raise
    return np.asarray(vectors, dtype=np.float32)


@contextmanager
def unreadable_model(folder: ModelFolder) -> Iterator[None]:
    """Turn any error that a foreign folder may cause into ``EncoderUnavailable``."""
    try:
        yield
    except _UNREADABLE as error:
        raise EncoderUnavailable(
            f"The model {folder.name} in {folder.path} cannot be loaded: {error}",
            encoder=folder.name,
        ) from error


def _limit_length(model: Any) -> None:
    """Some tokenizers have no limit, and a long text would exceed the model's positions."""
    text = getattr(model[0].config, "text_config", model[0].config)
    positions = getattr(text, "max_position_embeddings", None)
    if positions and (model.max_seq_length or positions + 1) > positions:
        model.max_seq_length = positions


@contextmanager
def _quiet_libraries() -> Iterator[None]:
    """Hide the libraries' messages and progress bars about loading weights."""
    console: Any = transformers_logging  # its functions have no types
    logger = logging.getLogger("sentence_transformers")
    console_level, logger_level = console.get_verbosity(), logger.level
    has_progress_bar = console.is_progress_bar_enabled()
    console.set_verbosity_error()
    console.disable_progress_bar()
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        console.set_verbosity(console_level)
        logger.setLevel(logger_level)
        if has_progress_bar:
            console.enable_progress_bar()

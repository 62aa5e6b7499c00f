"""Turn texts into tokens without transformers.

Every input is tokenised as text. Nothing checks first whether it is a URL or a path.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.inputs import encodable
from gallery.encoders.onnx.card import TextCard

Feed = dict[str, npt.NDArray[np.int64]]


class TextTokenizer:
    """Gives the same tokens as the model's own tokenizer; the export has compared the two."""

    def __init__(self, file: Path, card: TextCard) -> None:
        """Raises ``EncoderUnavailable`` if the file cannot be read."""
        try:
            self._tokenizer = Tokenizer.from_file(str(file))
        except Exception as error:
            raise EncoderUnavailable(f"The tokenizer {file} cannot be read: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(card.max_tokens)
        self._pad = card.pad
        self._inputs = card.text_inputs

    def encode(self, texts: list[str]) -> list[Encoding]:
        """One encoding per text, without padding."""
        encodings: list[Encoding] = self._tokenizer.encode_batch([encodable(t) for t in texts])
        return encodings

    def padded(self, encodings: list[Encoding]) -> Feed:
        """The inputs of the graph by name, each ``(texts, tokens of the longest text) int64``."""
        shape = len(encodings), max(len(encoding) for encoding in encodings)
        ids = np.full(shape, self._pad, dtype=np.int64)
        types, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding)] = encoding.ids
            types[row, : len(encoding)] = encoding.type_ids
            mask[row, : len(encoding)] = 1
        feed = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        return {name: feed[name] for name in self._inputs}

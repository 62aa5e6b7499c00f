"""Which numbers of a vocabulary a text becomes, without transformers.

A text is a text here: nothing looks at it first to see whether it is an address or a path.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from tokenizers import Encoding, Tokenizer

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.contract import encodable
from gallery.encoders.onnx.files import TextCard

Feed = dict[str, npt.NDArray[np.int64]]


class TextTokenizer:
    """As the model's own tokenizer, which the export has compared with this one."""

    def __init__(self, file: Path, card: TextCard) -> None:
        """Raises ``EncoderUnavailable``."""
        try:
            self._tokenizer = Tokenizer.from_file(str(file))
        except Exception as error:
            raise EncoderUnavailable(f"The tokenizer {file} cannot be read: {error}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(card.max_tokens)
        self._pad = card.pad
        self._inputs = card.text_inputs

    def encode(self, texts: list[str]) -> list[Encoding]:
        """One each, none padded."""
        found: list[Encoding] = self._tokenizer.encode_batch([encodable(text) for text in texts])
        return found

    def padded(self, encoded: list[Encoding]) -> Feed:
        """What the graph asks for, ``(texts, tokens of the longest)``."""
        shape = len(encoded), max(len(one) for one in encoded)
        ids = np.full(shape, self._pad, dtype=np.int64)
        types, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, one in enumerate(encoded):
            ids[row, : len(one)] = one.ids
            types[row, : len(one)] = one.type_ids
            mask[row, : len(one)] = 1
        feed = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
        return {name: feed[name] for name in self._inputs}

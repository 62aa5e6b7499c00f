"""Export the text tower of a model: its graph, tokenizer and card."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from gallery.encoders.onnx import kernel, machine
from gallery.encoders.onnx.card import TextCard
from gallery.encoders.onnx.files import PROBE, TEXT, TOKENIZER
from gallery.encoders.onnx.tokenizer import TextTokenizer
from gallery.encoders.onnx_export.int8.pair_sum_probe import write_probe
from gallery.encoders.onnx_export.tracing import trace_tower

# The limit for a tokenizer that has none of its own.
_MAX_TOKENS = 4096
_LIBRARIES = ("onnxruntime", "onnx", "torch", "sentence-transformers", "transformers")
# Texts on which tokenizers differ: case, accents, spaces, scripts, symbols, special tokens and
# texts that are truncated.
_DIFFICULT_TEXTS = (
    "", "  Two  Red CARS\n", "Éléphant façade", "一只红色的猫", "ﬁne ½ ＡＢ", "🐈 ☃ \u200d\u00ad",
    "https://a.example/x.png", "[MASK] <s> </s>", "a red car " * 2000,
)  # fmt: skip


def write_text_files(model: Any, fingerprint: str, folder: Path, variant: str) -> TextCard:
    """Write the files into the folder and return the card, which is not written.

    Raises ``ValueError`` if the model adds a prompt to texts, or if ``TextTokenizer`` gives
    other tokens than sentence-transformers. Raises what ``trace_tower`` raises.
    """
    if model.prompts.get(model.default_prompt_name):
        raise ValueError("the model adds a prompt before each text")
    traced = trace_tower(model, "text", folder / TEXT)
    tokenizer = model.tokenizer
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    write_probe(folder / PROBE)
    card = TextCard(
        fingerprint=fingerprint,
        measured_on=machine.measured_on(),
        saturates=kernel.saturates(folder / PROBE),
        text=variant,
        text_threads=1,
        text_inputs=traced.inputs,
        max_tokens=min(int(model.max_seq_length or tokenizer.model_max_length), _MAX_TOKENS),
        pad=int(tokenizer.pad_token_id),
        gate={},
        simplified={TEXT: traced.simplified},
        sizes={},
        versions={name: version(name) for name in _LIBRARIES},
    )
    _compare_tokens(model, TextTokenizer(folder / TOKENIZER, card))
    return card


def _compare_tokens(model: Any, tokenizer: TextTokenizer) -> None:
    for text in _DIFFICULT_TEXTS:
        expected = model.preprocess([{"text": text}])
        for name, row in tokenizer.padded(tokenizer.encode([text])).items():
            if row.tolist() != expected[name].tolist():
                raise ValueError(f"the tokenizer cannot be reproduced ({name} of {text[:20]!r})")

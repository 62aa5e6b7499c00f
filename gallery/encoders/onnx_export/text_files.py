"""The text half of a model for ONNX Runtime: graph, tokenizer and card."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

from gallery.encoders.onnx import files, kernel, machine
from gallery.encoders.onnx.files import TEXT, TOKENIZER, TextCard
from gallery.encoders.onnx.tokenizer import TextTokenizer
from gallery.encoders.onnx_export.int8.pair_sum_probe import write_probe
from gallery.encoders.onnx_export.tracing import trace_tower

# For a tokenizer that says it has no limit.
_MOST_TOKENS = 4096
_LIBRARIES = ("onnxruntime", "onnx", "torch", "sentence-transformers", "transformers")
# Where tokenizers differ: case, accents, blanks, scripts, what is no word, and the cut.
_DIFFICULT = (
    "", "  Two  Red CARS\n", "Éléphant façade", "一只红色的猫", "ﬁne ½ ＡＢ", "🐈 ☃ \u200d\u00ad",
    "https://a.example/x.png", "[MASK] <s> </s>", "a red car " * 2000,
)  # fmt: skip


def write_text_files(model: Any, fingerprint: str, folder: Path, variant: str) -> TextCard:
    """Into the folder. Raises what tracing a foreign model can end in, and ``ValueError`` for one
    whose texts become other tokens here than in sentence-transformers.
    """
    if model.prompts.get(model.default_prompt_name):
        raise ValueError("a model that puts words of its own before a text")
    traced = trace_tower(model, "text", folder / TEXT)
    tokenizer = model.tokenizer
    tokenizer.backend_tokenizer.save(str(folder / TOKENIZER))
    write_probe(folder / files.PROBE)
    card = TextCard(
        fingerprint=fingerprint,
        measured_on=machine.measured_on(),
        saturates=kernel.saturates(folder / files.PROBE),
        text=variant,
        text_threads=1,
        text_inputs=traced.inputs,
        max_tokens=min(int(model.max_seq_length or tokenizer.model_max_length), _MOST_TOKENS),
        pad=int(tokenizer.pad_token_id),
        gate={},
        simplified={TEXT: traced.simplified},
        sizes={},
        versions={name: version(name) for name in _LIBRARIES},
    )
    _compare_tokens(model, TextTokenizer(folder / TOKENIZER, card))
    return card


def _compare_tokens(model: Any, ours: TextTokenizer) -> None:
    for text in _DIFFICULT:
        theirs = model.preprocess([{"text": text}])
        for name, row in ours.padded(ours.encode([text])).items():
            if row.tolist() != theirs[name].tolist():
                raise ValueError(f"a tokenizer that cannot be reproduced ({name} of {text[:20]!r})")

"""A CLIP ViT-B/32 with random weights in the format of the Hugging Face hub.

Shapes and costs are those of the real model; results mean nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Large enough that captions have about as many tokens as with the vocabulary of CLIP.
_MERGED_WORDS = 4000
_VOCABULARY = 49_408
# Models from the hub are identified by their commit, so no file has to be hashed.
COMMIT = "0" * 40


def captions() -> list[str]:
    folder = Path(__file__).resolve().parents[2] / "gallery/demo"
    entries = json.loads((folder / "captions.json").read_text(encoding="utf-8"))
    return [entry["caption_en"] for entry in entries]


def make_vit_b_32(folder: Path) -> Path:
    """Return ``folder``. Writes the model, 605 MB, if it is not there."""
    if (folder / "model.safetensors").exists():
        return folder
    import torch
    import transformers
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    torch.manual_seed(0)
    special = {"bos_token_id": _VOCABULARY - 2, "eos_token_id": _VOCABULARY - 1}
    config: Any = CLIPConfig(text_config={"vocab_size": _VOCABULARY, **special}, projection_dim=512)
    CLIPModel(config).save_pretrained(folder)
    processor: Any = transformers.CLIPProcessor
    processor(CLIPImageProcessorPil(), _tokenizer()).save_pretrained(folder)
    return folder


def _tokenizer() -> Any:
    """Byte pairs of the demo captions. The special tokens have the ids that CLIP uses."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers
    from transformers import CLIPTokenizer

    learner = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    learner.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=_MERGED_WORDS,
        end_of_word_suffix="</w>",
        initial_alphabet=alphabet,
        show_progress=False,
    )
    learner.train_from_iterator(captions(), trainer)
    learnt = json.loads(learner.to_str())["model"]
    vocabulary = dict(learnt["vocab"])
    for letter in sorted(alphabet):
        vocabulary.setdefault(letter, len(vocabulary))
        vocabulary.setdefault(f"{letter}</w>", len(vocabulary))
    vocabulary |= {"<|startoftext|>": _VOCABULARY - 2, "<|endoftext|>": _VOCABULARY - 1}
    merges = [tuple(pair) for pair in learnt["merges"]]
    tokenizer: Any = CLIPTokenizer
    return tokenizer(vocab=vocabulary, merges=merges)

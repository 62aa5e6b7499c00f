"""A CLIP ViT-B/32 of random weights in the hub's format: true shapes and costs, no meaning."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# Wide enough that captions fall into about as many tokens as with CLIP's own vocabulary.
_MERGED_WORDS = 4000
_VOCABULARY = 49_408
# As from the hub, whose models are known by a commit: no file is read to know them.
COMMIT = "0" * 40


def captions() -> list[str]:
    folder = Path(__file__).resolve().parent.parent / "gallery/demo"
    entries = json.loads((folder / "captions.json").read_text(encoding="utf-8"))
    return [entry["caption_en"] for entry in entries]


def vit_b_32(folder: Path) -> Path:
    """Made once; 605 MB."""
    if (folder / "model.safetensors").exists():
        return folder
    import torch
    import transformers
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    torch.manual_seed(0)
    marks = {"bos_token_id": _VOCABULARY - 2, "eos_token_id": _VOCABULARY - 1}
    config: Any = CLIPConfig(text_config={"vocab_size": _VOCABULARY, **marks}, projection_dim=512)
    CLIPModel(config).save_pretrained(folder)
    processor: Any = transformers.CLIPProcessor
    processor(CLIPImageProcessorPil(), _tokenizer()).save_pretrained(folder)
    return folder


def _tokenizer() -> Any:
    """Byte pairs of the demo captions; the marks have the numbers that CLIP's own have."""
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
    made: Any = CLIPTokenizer
    return made(vocab=vocabulary, merges=merges)

"""A text model with random weights: DistilBERT, the mean of its tokens and a dense layer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

_OLD_NAMES = ("Transformer", "Pooling", "Dense")


def make_tiny_texts(
    folder: Path,
    *,
    width: int = 512,
    seed: int = 7,
    pooling: str = "mean",
    bert: bool = False,
    words: int = 0,
) -> Path:
    """With ``bert`` it is BERT, which has a third input, and the dense layer has an activation.
    ``words`` is the least size of the vocabulary.
    """
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import (
        Dense,
        Normalize,
        Pooling,
        Transformer,
    )

    bare = folder.with_name(f"{folder.name}-bare")
    tokenizer = _tokenizer(words)
    tokenizer.save_pretrained(bare)
    torch.manual_seed(seed)
    (_bert if bert else _distilbert)(len(tokenizer)).save_pretrained(bare)
    activation: Any = torch.nn.Tanh() if bert else torch.nn.Identity()
    modules: list[Any] = [
        Transformer(str(bare)),
        Pooling(32, pooling),
        Dense(32, width, bias=bert, activation_function=activation),
    ]
    model = SentenceTransformer(modules=[*modules, Normalize()] if bert else modules, device="cpu")
    model.save_pretrained(str(folder), create_model_card=False)
    shutil.rmtree(bare)
    return folder


# With the usual range all texts would have nearly the same vector.
_SPREAD = 0.3


def _distilbert(words: int) -> Any:
    from transformers import DistilBertConfig, DistilBertModel

    return DistilBertModel(
        DistilBertConfig(
            vocab_size=words, dim=32, hidden_dim=64, n_layers=2, n_heads=2,
            max_position_embeddings=64, initializer_range=_SPREAD,
        )
    )  # fmt: skip


def _bert(words: int) -> Any:
    from transformers import BertConfig, BertModel

    return BertModel(
        BertConfig(
            vocab_size=words, hidden_size=32, intermediate_size=64, num_hidden_layers=2,
            num_attention_heads=2, max_position_embeddings=64, initializer_range=_SPREAD,
        )
    )  # fmt: skip


def make_old_layout(model: Path, folder: Path) -> Path:
    """Copy a model into the layout of clip-ViT-B-32-multilingual-v1 on the hub."""
    shutil.copytree(model, folder)
    modules = json.loads((folder / "modules.json").read_text())
    for module, name in zip(modules, _OLD_NAMES, strict=True):
        module["type"] = f"sentence_transformers.models.{name}"
    _write(folder / "modules.json", modules)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})
    pooling = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}
    _write(folder / "1_Pooling" / "config.json", pooling)
    layer = json.loads((folder / "2_Dense" / "config.json").read_text())
    names = ("in_features", "out_features", "bias", "activation_function")
    _write(folder / "2_Dense" / "config.json", {key: layer[key] for key in names})
    return folder


def put_words_before(texts: Path) -> None:
    """Give the model a prompt that is put before every text."""
    settings = texts / "config_sentence_transformers.json"
    prompts = {"prompts": {"query": "query: "}, "default_prompt_name": "query"}
    settings.write_text(json.dumps({**json.loads(settings.read_text()), **prompts}))


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))


def _tokenizer(least: int) -> Any:
    from transformers import BertTokenizer

    letters = [*map(chr, range(33, 127)), *"一只红色的猫"]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = [*marks, *letters, *(f"##{letter}" for letter in letters)]
    words += [f"[unused{number}]" for number in range(len(words), least)]
    # Without a length limit, like some models of the hub.
    return BertTokenizer(vocab={word: number for number, word in enumerate(words)})

"""A text tower of random weights: DistilBERT, the mean of its tokens, a layer to 512."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

_OLD_NAMES = ("Transformer", "Pooling", "Dense")


def make_tiny_texts(folder: Path, *, width: int = 512, seed: int = 7) -> Path:
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer
    from transformers import DistilBertConfig, DistilBertModel

    bare = folder.with_name(f"{folder.name}-bare")
    tokenizer = _tokenizer()
    tokenizer.save_pretrained(bare)
    torch.manual_seed(seed)
    settings = DistilBertConfig(
        vocab_size=len(tokenizer), dim=32, hidden_dim=64, n_layers=2, n_heads=2,
        max_position_embeddings=64,
    )  # fmt: skip
    DistilBertModel(settings).save_pretrained(bare)
    model = SentenceTransformer(
        modules=[
            Transformer(str(bare)),
            Pooling(32, "mean"),
            Dense(32, width, bias=False, activation_function=torch.nn.Identity()),
        ],
        device="cpu",
    )
    model.save_pretrained(str(folder), create_model_card=False)
    shutil.rmtree(bare)
    return folder


def make_old_layout(model: Path, folder: Path) -> Path:
    """The same model with the settings that clip-ViT-B-32-multilingual-v1 has on the hub."""
    shutil.copytree(model, folder)
    modules = json.loads((folder / "modules.json").read_text())
    for module, name in zip(modules, _OLD_NAMES, strict=True):
        module["type"] = f"sentence_transformers.models.{name}"
    _write(folder / "modules.json", modules)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": 64, "do_lower_case": False})
    pooling = {"word_embedding_dimension": 32, "pooling_mode_mean_tokens": True}
    _write(folder / "1_Pooling" / "config.json", pooling)
    layer = json.loads((folder / "2_Dense" / "config.json").read_text())
    kept = ("in_features", "out_features", "bias", "activation_function")
    _write(folder / "2_Dense" / "config.json", {key: layer[key] for key in kept})
    return folder


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content))


def _tokenizer() -> Any:
    from transformers import BertTokenizer

    letters = [*map(chr, range(33, 127)), *"一只红色的猫"]
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    words = [*marks, *letters, *(f"##{letter}" for letter in letters)]
    # No limit of its own, as with some models of the hub.
    return BertTokenizer(vocab={word: number for number, word in enumerate(words)})

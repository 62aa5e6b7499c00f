"""The text tower of clip-ViT-B-32-multilingual-v1 with random weights.

Shapes and costs are those of the real model; results mean nothing.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from benchmarks.data.random_clip import captions

# distilbert-base-multilingual-cased: 6 layers of width 768, a vocabulary for 104 languages.
_VOCABULARY = 119_547
# Gives tokens about as long as those of the real vocabulary. The other entries are unused.
_LEARNT = 4000
_MAX_TOKENS = 128


def make_multilingual(folder: Path) -> Path:
    """Return ``folder``. Writes the model, 540 MB, if it is not there."""
    if (folder / "modules.json").exists():
        return folder
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer
    from transformers import DistilBertConfig, DistilBertModel

    bare = folder.with_name(f"{folder.name}-bare")
    torch.manual_seed(0)
    DistilBertModel(DistilBertConfig(vocab_size=_VOCABULARY)).save_pretrained(bare)
    _tokenizer().save_pretrained(bare)
    flat = torch.nn.Identity()
    modules: list[Any] = [
        Transformer(str(bare), max_seq_length=_MAX_TOKENS),
        Pooling(768, "mean"),
        Dense(768, 512, bias=False, activation_function=flat),
    ]
    SentenceTransformer(modules=modules, device="cpu").save(str(folder), create_model_card=False)
    shutil.rmtree(bare)
    return folder


def _tokenizer() -> Any:
    """Word pieces learnt from the demo captions, padded to the size of the real vocabulary."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import BertTokenizer

    learner = BertWordPieceTokenizer(lowercase=False)
    learner.train_from_iterator(captions(), vocab_size=_LEARNT, show_progress=False)
    vocabulary = dict(learner.get_vocab())
    vocabulary |= {f"[unused{number}]": number for number in range(len(vocabulary), _VOCABULARY)}
    return BertTokenizer(vocab=vocabulary, do_lower_case=False)

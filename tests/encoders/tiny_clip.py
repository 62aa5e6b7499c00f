"""A CLIP model with random weights: making and loading it takes about two seconds."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

SIZES = {
    "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
}  # fmt: skip


def make_tiny_clip(folder: Path, *, width: int = 512, seed: int = 0) -> Path:
    import torch
    import transformers
    from transformers import CLIPConfig, CLIPImageProcessorPil, CLIPModel

    tokenizer = _tokenizer()
    last = len(tokenizer) - 1
    marks = {"bos_token_id": last - 1, "eos_token_id": last, "pad_token_id": last}
    torch.manual_seed(seed)
    model = CLIPModel(
        CLIPConfig(
            text_config={**SIZES, **marks, "vocab_size": last + 1},
            vision_config={**SIZES, "patch_size": 32, "image_size": 224},
            projection_dim=width,
        )
    )
    model.save_pretrained(folder)
    processor: Any = transformers.CLIPProcessor  # carries no types
    processor(CLIPImageProcessorPil(), tokenizer).save_pretrained(folder)
    return folder


def make_hub_layout(model: Path, folder: Path) -> Path:
    """Copy a model into the layout of clip-ViT-B-32 on the hub: a subfolder, an old module name."""
    shutil.copytree(model, folder / "0_CLIPModel")
    modules = [
        {
            "idx": 0,
            "name": "0",
            "path": "0_CLIPModel",
            "type": "sentence_transformers.models.CLIPModel",
        }
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    return folder


def make_laion_layout(model: Path, folder: Path) -> Path:
    """Copy a model into the layout of LAION's models on the hub: without modules.json, with the
    settings of an older transformers, and with more weights for open_clip and as pickle.
    """
    shutil.copytree(model, folder)
    (folder / "processor_config.json").unlink()
    settings = {
        "crop_size": 224, "do_center_crop": True, "do_normalize": True, "do_resize": True,
        "feature_extractor_type": "CLIPFeatureExtractor", "resample": 3, "size": 224,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }  # fmt: skip
    (folder / "preprocessor_config.json").write_text(json.dumps(settings))
    shutil.copy(folder / "model.safetensors", folder / "open_clip_model.safetensors")
    for name in ("open_clip_config.json", "open_clip_pytorch_model.bin", "pytorch_model.bin"):
        (folder / name).write_text("{}")
    return folder


def make_hub_cache(model: Path, home: Path, *, commit: str = "c" * 40, main: bool = True) -> None:
    """Copy the model into a hub cache as ``sentence-transformers/clip-ViT-B-32``."""
    repository = home / "hub" / "models--sentence-transformers--clip-ViT-B-32"
    (repository / "refs").mkdir(parents=True, exist_ok=True)
    if main:
        (repository / "refs" / "main").write_text(commit)
    make_hub_layout(model, repository / "snapshots" / commit)


def _tokenizer() -> Any:
    from tokenizers.pre_tokenizers import ByteLevel
    from transformers import CLIPTokenizer

    letters = sorted(ByteLevel.alphabet())
    ends = [f"{letter}</w>" for letter in letters]
    tokens = [*letters, *ends, "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={token: number for number, token in enumerate(tokens)}, merges=[])

"""Write a CLIP model in the format of sentence-transformers and transformers."""

import json
import os
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from transformers import CLIPConfig

from tools.training.batches import IMAGE_SIZE
from tools.training.tokens import BOS, CONTEXT, EOS, PAD, UNK

MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.base.modules.transformer.Transformer",
    }
]
SENTENCE_TRANSFORMER = {
    "transformer_task": "feature-extraction",
    "modality_config": {
        "text": {"method": "get_text_features", "method_output_name": "pooler_output"},
        "image": {"method": "get_image_features", "method_output_name": "pooler_output"},
    },
    "module_output_name": "sentence_embedding",
}
TOKENIZER = {
    "tokenizer_class": "PreTrainedTokenizerFast",
    "bos_token": BOS,
    "eos_token": EOS,
    "unk_token": UNK,
    "pad_token": PAD,
    "padding_side": "right",
    "model_max_length": CONTEXT,
    "clean_up_tokenization_spaces": False,
    "model_input_names": ["input_ids", "attention_mask"],
}
# Pictures are squashed and not cropped: in a wide one, half of the things are outside the middle
# square.
IMAGES = {
    "image_processor_type": "CLIPImageProcessor",
    "do_convert_rgb": True,
    "do_resize": True,
    "size": {"height": IMAGE_SIZE, "width": IMAGE_SIZE},
    "resample": 3,
    "do_center_crop": False,
    "do_rescale": True,
    "rescale_factor": 1 / 255,
    "do_normalize": True,
    "image_mean": [0.5, 0.5, 0.5],
    "image_std": [0.5, 0.5, 0.5],
}


def _replace(out: Path, name: str, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", dir=out, delete=False, encoding="utf-8") as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, out / name)


def export(config: CLIPConfig, weights: dict[str, Tensor], tokenizer_file: Path, out: Path) -> None:
    """Replaces each file atomically, the weights (fp16) last. Other files are kept."""
    out.mkdir(parents=True, exist_ok=True)
    described = json.loads(config.to_json_string(use_diff=True))
    described["architectures"] = ["CLIPModel"]
    # The weights are stored in half precision, but the model computes in single precision.
    described["dtype"] = "float32"
    contents = {
        "config.json": described,
        "modules.json": MODULES,
        "sentence_bert_config.json": SENTENCE_TRANSFORMER,
        "tokenizer_config.json": TOKENIZER,
        "preprocessor_config.json": IMAGES,
        "config_sentence_transformers.json": {"similarity_fn_name": "cosine"},
    }
    for name, content in contents.items():
        _replace(out, name, json.dumps(content, indent=2) + "\n")
    _replace(out, "tokenizer.json", tokenizer_file.read_text(encoding="utf-8"))
    halves = {name: value.to(torch.float16).contiguous() for name, value in weights.items()}
    unfinished = out / "model.safetensors.part"
    save_file(halves, unfinished, metadata={"format": "pt"})
    os.chmod(unfinished, 0o644)
    os.replace(unfinished, out / "model.safetensors")

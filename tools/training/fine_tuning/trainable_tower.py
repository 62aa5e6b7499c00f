"""Read an exported model to train one of its towers, and keep a running mean of the weights."""

from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from transformers import CLIPModel

Tower = Literal["text", "vision"]


def read(folder: Path, tower: Tower) -> CLIPModel:
    """The model in single precision. Only the weights of this tower are trainable."""
    model = CLIPModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager")
    model.requires_grad_(False)
    text, vision = (
        (model.text_model, model.text_projection),
        (model.vision_model, model.visual_projection),
    )
    for part in text if tower == "text" else vision:
        part.requires_grad_(True)
    return model


def weights_of(model: CLIPModel) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


@torch.no_grad()
def update_average(average: dict[str, Tensor], model: CLIPModel, *, decay: float) -> None:
    """Move the running mean towards the weights. Weights that are not trained stay exact."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            average[name].lerp_(value, 1 - decay)

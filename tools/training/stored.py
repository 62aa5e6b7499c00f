"""A model that was stored, to go on with one of its towers; and the running mean that is stored."""

from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from transformers import CLIPModel

Tower = Literal["text", "vision"]


def read(folder: Path, tower: Tower) -> CLIPModel:
    """In single precision; only this tower can be trained."""
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
def remember(average: dict[str, Tensor], model: CLIPModel, *, memory: float) -> None:
    """The running mean takes one step towards the weights; what is not trained stays exact."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            average[name].lerp_(value, 1 - memory)

"""What a stopped run needs to go on as if it had not stopped."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.optim import AdamW
from transformers import CLIPModel

Average = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Progress:
    step: int
    seed: int


def save(
    file: Path, model: CLIPModel, average: Average, optimizer: AdamW, progress: Progress
) -> None:
    unfinished = file.with_suffix(".part")
    torch.save(
        {
            "model": model.state_dict(),
            "average": average,
            "optimizer": optimizer.state_dict(),
            "step": progress.step,
            "seed": progress.seed,
        },
        unfinished,
    )
    os.replace(unfinished, file)


def load(file: Path, model: CLIPModel, average: Average, optimizer: AdamW) -> Progress:
    stored = torch.load(file, weights_only=True)
    model.load_state_dict(stored["model"])
    average.update(stored["average"])
    optimizer.load_state_dict(stored["optimizer"])
    return Progress(stored["step"], stored["seed"])

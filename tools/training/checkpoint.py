"""Save and load the state of a training run, so that it can be resumed exactly."""

import os
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPModel

from tools.training.optimizers import Optimizers
from tools.training.prototypes import Prototypes

Average = dict[str, Tensor]


@dataclass(frozen=True, slots=True)
class Learner:
    """All state that a step changes. `average`, the running mean of the weights, is exported."""

    model: CLIPModel
    prototypes: Prototypes
    optimizers: Optimizers
    average: Average


@dataclass(frozen=True, slots=True)
class Progress:
    step: int
    seed: int


def save(file: Path, learner: Learner, progress: Progress) -> None:
    unfinished = file.with_suffix(".part")
    torch.save(
        {
            "model": learner.model.state_dict(),
            "prototypes": learner.prototypes.state_dict(),
            "average": learner.average,
            "optimizers": learner.optimizers.state(),
            "step": progress.step,
            "seed": progress.seed,
        },
        unfinished,
    )
    os.replace(unfinished, file)


def load(file: Path, learner: Learner) -> Progress:
    stored = torch.load(file, weights_only=True)
    learner.model.load_state_dict(stored["model"])
    learner.prototypes.load_state_dict(stored["prototypes"])
    learner.average.update(stored["average"])
    learner.optimizers.load(stored["optimizers"])
    return Progress(stored["step"], stored["seed"])

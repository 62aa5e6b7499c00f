"""The optimizers: Muon for the matrices inside the towers, AdamW for all other weights."""

import math
from collections.abc import Iterable

import torch
from torch import nn
from torch.optim import AdamW, Muon, Optimizer
from transformers import CLIPModel

WARM_UP = 0.06
FINAL_RATE = 0.01
WEIGHT_DECAY = 0.1
# Muon's rate in multiples of the peak rate. Its updates are scaled to the size of AdamW's. With
# five times the rate this model learns more than twice as fast as with the same rate.
MUON_RATE = 5.0


class Optimizers:
    """Both optimizers with one schedule. ``peak`` is the highest learning rate of AdamW."""

    def __init__(self, model: CLIPModel, prototypes: nn.Module, peak: float) -> None:
        inner = [p for name, p in model.named_parameters() if _is_inner(name, p)]
        chosen = {id(p) for p in inner}
        rest = [p for p in (*model.parameters(), *prototypes.parameters()) if id(p) not in chosen]
        self._peaks: list[tuple[Optimizer, float]] = [
            (
                Muon(inner, weight_decay=WEIGHT_DECAY, adjust_lr_fn="match_rms_adamw"),
                peak * MUON_RATE,
            ),
            (AdamW(rest, betas=(0.9, 0.98), weight_decay=0.0, fused=True), peak),
        ]

    def step(self, share: float) -> None:
        """One step at ``share`` of the peak rates. Clears the gradients."""
        for optimizer, peak in self._peaks:
            for group in optimizer.param_groups:
                group["lr"] = peak * share
            optimizer.step()
            optimizer.zero_grad()

    def state(self) -> list[dict[str, object]]:
        return [optimizer.state_dict() for optimizer, _ in self._peaks]

    def load(self, state: Iterable[dict[str, object]]) -> None:
        for (optimizer, _), saved in zip(self._peaks, state, strict=True):
            optimizer.load_state_dict(saved)


def _is_inner(name: str, weight: torch.Tensor) -> bool:
    return weight.ndim == 2 and "embedding" not in name


def share_of_peak(step: int, steps: int) -> float:
    """A linear warm-up, then half a cosine down to a hundredth of the peak."""
    rising = max(1.0, WARM_UP * steps)
    if step < rising:
        return (step + 1) / rising
    done = min(1.0, (step - rising) / max(1.0, steps - rising))
    return FINAL_RATE + (1 - FINAL_RATE) * (1 + math.cos(math.pi * done)) / 2

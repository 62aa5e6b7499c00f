"""Trains, and leaves a usable model behind at every checkpoint."""

import math
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.optim import AdamW
from tqdm import tqdm
from transformers import CLIPModel

from tools.scenes.sprites import load_sprites
from tools.training import checkpoint
from tools.training.batches import Batch, batches
from tools.training.checkpoint import Average, Progress
from tools.training.export import export
from tools.training.model import (
    HIGHEST_SCALE,
    contrast,
    embed_pictures,
    embed_texts,
    new_model,
)
from tools.training.tokens import train_tokenizer
from tools.training.validation import Validation

WARM_UP = 0.08
FINAL_RATE = 0.01
WEIGHT_DECAY = 0.1
LONGEST_GRADIENT = 1.0


@dataclass(frozen=True, slots=True)
class Run:
    """`every` is the number of steps between checkpoints."""

    steps: int
    seed: int
    out: Path
    state: Path
    resume: bool = True
    batch: int = 512
    peak_rate: float = 1e-3
    every: int = 100


def rate_at(step: int, run: Run) -> float:
    """One cycle: a straight rise, then half a cosine down to a hundredth."""
    rising = max(1.0, WARM_UP * run.steps)
    if step < rising:
        return run.peak_rate * (step + 1) / rising
    done = min(1.0, (step - rising) / max(1.0, run.steps - rising))
    return run.peak_rate * (FINAL_RATE + (1 - FINAL_RATE) * (1 + math.cos(math.pi * done)) / 2)


def new_optimizer(model: CLIPModel, rate: float) -> AdamW:
    decayed = [p for name, p in model.named_parameters() if p.ndim > 1 and "embedding" not in name]
    chosen = {id(p) for p in decayed}
    rest = [p for p in model.parameters() if id(p) not in chosen]
    groups = [
        {"params": decayed, "weight_decay": WEIGHT_DECAY},
        {"params": rest, "weight_decay": 0.0},
    ]
    return AdamW(groups, lr=rate, betas=(0.9, 0.98), fused=True)


def _loss(model: CLIPModel, batch: Batch) -> Tensor:
    both = len(batch.en) + len(batch.zh)
    length = max(batch.en.shape[1], batch.zh.shape[1])
    ids = torch.zeros((both, length), dtype=torch.long)
    ids[: len(batch.en), : batch.en.shape[1]] = torch.from_numpy(batch.en)
    ids[len(batch.en) :, : batch.zh.shape[1]] = torch.from_numpy(batch.zh)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        pictures = embed_pictures(model, torch.from_numpy(batch.pixels))
        texts = embed_texts(model, ids)
    english, chinese = torch.split(texts, len(batch.en))
    scale = model.logit_scale.exp()
    return (contrast(pictures, english, scale) + contrast(pictures, chinese, scale)) / 2


class Trainer:
    def __init__(self, run: Run) -> None:
        self.run = run
        torch.manual_seed(run.seed)
        self.model = new_model()
        self.model.train()
        self.average: Average = {k: v.clone() for k, v in self.model.state_dict().items()}
        self.optimizer = new_optimizer(self.model, run.peak_rate)
        self.tokenizer_file = run.state / "tokenizer.json"
        self.checkpoint_file = run.state / "checkpoint.pt"
        self.first = 0
        run.state.mkdir(parents=True, exist_ok=True)
        if run.resume and self.checkpoint_file.exists():
            found = checkpoint.load(self.checkpoint_file, self.model, self.average, self.optimizer)
            if found.seed != run.seed:
                raise SystemExit(f"the checkpoint was trained with --seed {found.seed}")
            self.first = found.step
        else:
            train_tokenizer(load_sprites(), run.seed, self.tokenizer_file)

    def step(self, batch: Batch) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = rate_at(batch.step, self.run)
        loss = _loss(self.model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), LONGEST_GRADIENT)
        self.optimizer.step()
        self.optimizer.zero_grad()
        with torch.no_grad():
            self.model.logit_scale.clamp_(max=HIGHEST_SCALE)
            keep = min(0.99, (batch.step + 1) / (batch.step + 10))
            for name, value in self.model.state_dict().items():
                if value.is_floating_point():
                    self.average[name].lerp_(value, 1 - keep)
        return float(loss.detach())

    def keep(self, done: int) -> None:
        progress = Progress(done, self.run.seed)
        checkpoint.save(self.checkpoint_file, self.model, self.average, self.optimizer, progress)
        export(self.model.config, self.average, self.tokenizer_file, self.run.out)

    def train(self) -> None:
        run = self.run
        steps = range(self.first, run.steps)
        validation = Validation(self.tokenizer_file, run.seed)
        bar = tqdm(total=run.steps, initial=self.first, unit="step", mininterval=5)
        for batch in batches(run.seed, run.batch, self.tokenizer_file, steps):
            loss = self.step(batch)
            bar.update()
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            done = batch.step + 1
            if done % run.every == 0 or done == run.steps:
                self.keep(done)
                found = validation.measure(self.model, self.average)
                scale = float(self.model.logit_scale.exp())
                clock = time.strftime("%H:%M:%S")
                tqdm.write(f"{clock} step {done} loss {loss:.3f} scale {scale:.1f} {found}")
        bar.close()

"""The training loop. Every checkpoint also exports a usable model."""

import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm import tqdm

from tools.scenes.sprites import load_sprites
from tools.training import checkpoint
from tools.training.batches import Batch, batches
from tools.training.checkpoint import Learner, Progress
from tools.training.export import export
from tools.training.model import (
    HIGHEST_SCALE,
    contrast,
    embed_pictures,
    embed_texts,
    new_model,
)
from tools.training.optimizers import Optimizers, share_of_peak
from tools.training.prototypes import Prototypes
from tools.training.tokens import train_tokenizer
from tools.training.validation import Validation

MAX_GRADIENT_NORM = 1.0


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


def _loss(learner: Learner, batch: Batch) -> Tensor:
    model, prototypes = learner.model, learner.prototypes
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
    contrastive = (contrast(pictures, english, scale) + contrast(pictures, chinese, scale)) / 2
    things = torch.from_numpy(batch.things)
    # The scale is detached because only the contrastive loss may train it.
    return contrastive + prototypes.loss(pictures, (english, chinese), things, scale.detach())


class Trainer:
    def __init__(self, run: Run) -> None:
        self.run = run
        torch.manual_seed(run.seed)
        sprites = load_sprites()
        model, prototypes = new_model(), Prototypes(len(sprites))
        model.train()
        self.learner = Learner(
            model,
            prototypes,
            Optimizers(model, prototypes, run.peak_rate),
            {name: value.clone() for name, value in model.state_dict().items()},
        )
        self.tokenizer_file = run.state / "tokenizer.json"
        self.checkpoint_file = run.state / "checkpoint.pt"
        self.first = 0
        run.state.mkdir(parents=True, exist_ok=True)
        if run.resume and self.checkpoint_file.exists():
            progress = checkpoint.load(self.checkpoint_file, self.learner)
            if progress.seed != run.seed:
                raise SystemExit(f"the checkpoint was trained with --seed {progress.seed}")
            self.first = progress.step
        else:
            train_tokenizer(sprites, run.seed, self.tokenizer_file)

    def step(self, batch: Batch) -> float:
        model = self.learner.model
        loss = _loss(self.learner, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(model.parameters(), MAX_GRADIENT_NORM)
        self.learner.optimizers.step(share_of_peak(batch.step, self.run.steps))
        with torch.no_grad():
            model.logit_scale.clamp_(max=HIGHEST_SCALE)
            keep = min(0.99, (batch.step + 1) / (batch.step + 10))
            for name, value in model.state_dict().items():
                if value.is_floating_point():
                    self.learner.average[name].lerp_(value, 1 - keep)
        return float(loss.detach())

    def save_checkpoint(self, steps_done: int) -> None:
        checkpoint.save(self.checkpoint_file, self.learner, Progress(steps_done, self.run.seed))
        config = self.learner.model.config
        export(config, self.learner.average, self.tokenizer_file, self.run.out)

    def train(self) -> None:
        run, learner = self.run, self.learner
        steps = range(self.first, run.steps)
        validation = Validation(self.tokenizer_file, run.seed)
        bar = tqdm(total=run.steps, initial=self.first, unit="step", mininterval=5)
        for batch in batches(run.seed, run.batch, self.tokenizer_file, steps):
            loss = self.step(batch)
            bar.update()
            bar.set_postfix(loss=f"{loss:.3f}", refresh=False)
            steps_done = batch.step + 1
            if steps_done % run.every == 0 or steps_done == run.steps:
                self.save_checkpoint(steps_done)
                recall = validation.measure(learner.average)
                scale = float(learner.model.logit_scale.exp())
                clock = time.strftime("%H:%M:%S")
                tqdm.write(f"{clock} step {steps_done} loss {loss:.3f} scale {scale:.1f} {recall}")
        bar.close()

"""A quick look at how the run is doing; the figures that count come from the evaluation."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor
from transformers import CLIPModel

from tools.scenes.compose import render
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import load_sprites
from tools.training.batches import IMAGE_SIZE
from tools.training.model import embed_pictures, embed_texts, new_model

# Never the seed of the evaluation: what steers the training must not be what judges it.
SEED = "validation"


def recall(pictures: Tensor, texts: Tensor, within: int) -> float:
    """The share of texts whose own picture is among the `within` nearest."""
    scores = texts @ pictures.T
    own = scores.diagonal()[:, None]
    return float(((scores > own).sum(dim=1) < within).float().mean())


class Validation:
    def __init__(self, tokenizer_file: Path, seed: int) -> None:
        sprites = load_sprites()
        tokenizer = Tokenizer.from_file(str(tokenizer_file))
        scenes = single_scenes(len(sprites), f"{SEED}/{seed}")
        side = (IMAGE_SIZE, IMAGE_SIZE)
        drawn = [
            np.asarray(render(scene, sprites, 128).resize(side, Image.Resampling.BICUBIC))
            for scene in scenes
        ]
        self.pixels = torch.from_numpy(np.stack(drawn))
        self.ids = {
            language: torch.tensor([found.ids for found in tokenizer.encode_batch(names)])
            for language, names in (
                ("en", [sprite.thing.en for sprite in sprites]),
                ("zh", [sprite.thing.zh for sprite in sprites]),
            )
        }
        self.averaged = new_model()
        self.averaged.train(False)

    @torch.no_grad()
    def measure(self, model: CLIPModel, average: dict[str, Tensor]) -> str:
        self.averaged.load_state_dict(average)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            pictures = torch.cat(
                [embed_pictures(self.averaged, part) for part in torch.split(self.pixels, 512)]
            )
            texts = {k: embed_texts(self.averaged, ids) for k, ids in self.ids.items()}
        return " ".join(
            f"{language} R@1 {recall(pictures, found, 1):.3f} R@5 {recall(pictures, found, 5):.3f}"
            for language, found in texts.items()
        )

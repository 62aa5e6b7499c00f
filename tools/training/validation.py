"""A quick measurement during training. `tools.evaluate_builtin_encoder` gives the final figures."""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from tokenizers import Tokenizer
from torch import Tensor

from tools.scenes.compose import render
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import load_sprites
from tools.training.batches import IMAGE_SIZE
from tools.training.model import embed_pictures, embed_texts, new_model

# Not the seed of the evaluation: training decisions must not use the evaluation's scenes.
SEED = "validation"


def recall(pictures: Tensor, texts: Tensor, within: int) -> float:
    """The share of texts whose own picture is among the nearest `within`."""
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
            language: torch.tensor([encoding.ids for encoding in tokenizer.encode_batch(names)])
            for language, names in (
                ("en", [sprite.thing.en for sprite in sprites]),
                ("zh", [sprite.thing.zh for sprite in sprites]),
            )
        }
        self.averaged = new_model()
        self.averaged.train(False)

    @torch.no_grad()
    def measure(self, average: dict[str, Tensor]) -> str:
        """Recall at 1 and 5 of the averaged weights, by language."""
        self.averaged.load_state_dict(average)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            pictures = torch.cat(
                [embed_pictures(self.averaged, part) for part in torch.split(self.pixels, 512)]
            )
            texts = {k: embed_texts(self.averaged, ids) for k, ids in self.ids.items()}
        return " ".join(
            f"{language} R@1 {recall(pictures, rows, 1):.3f} R@5 {recall(pictures, rows, 5):.3f}"
            for language, rows in texts.items()
        )

"""One learnt vector per thing; pictures and captions of the thing are pulled towards it.

A batch compares each picture with 511 others. The prototypes compare it with all things, so the
model learns to distinguish similar things about twice as fast (proxy-based metric learning,
Movshovitz-Attias et al. 2017). They are not part of the exported model.
"""

import torch
from torch import Tensor, nn

from tools.training.model import PROJECTION


class Prototypes(nn.Module):
    def __init__(self, things: int) -> None:
        super().__init__()
        start = nn.functional.normalize(torch.randn(things, PROJECTION), dim=-1)
        self.vectors = nn.Parameter(start)

    def loss(
        self, pictures: Tensor, texts: tuple[Tensor, Tensor], things: Tensor, scale: Tensor
    ) -> Tensor:
        """`things` int64 (n, most): the things in each picture, padded with -1.

        A picture is pulled equally towards each of its things. Captions count only if the picture
        has one thing, because they may name only some of several things.
        """
        prototypes = nn.functional.normalize(self.vectors, dim=-1)
        shown = things >= 0
        targets = torch.zeros(len(things), len(prototypes))
        targets.scatter_add_(1, things.clamp(min=0), shown / shown.sum(dim=1, keepdim=True))
        loss = nn.functional.cross_entropy(scale * pictures @ prototypes.T, targets)
        alone = shown.sum(dim=1) == 1
        for vectors in texts:
            scores = scale * vectors[alone] @ prototypes.T
            loss = loss + nn.functional.cross_entropy(scores, things[alone, 0]) / 2
        return loss / 2

"""Lessons that teach the text tower to ignore the words around a caption.

The teacher is a frozen copy of the text tower. It gives the target vector of a plain caption. The
trained tower must give that vector for the same caption among other words, and closer to it than
to the other captions of the batch. Filler words without a caption must point away from all
pictures, so that a search for something unknown finds nothing above the relevance threshold. The
picture tower does not change.
"""

import copy
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import CLIPModel

from tools.scenes.captions import Language, phrase
from tools.scenes.query_phrases import as_query
from tools.scenes.sprites import Sprite
from tools.training.fine_tuning.filler_words import FillerWords
from tools.training.model import embed_pictures, embed_texts
from tools.training.plan import Planned, plan

PLAIN, KNOWN_FRAME = 0.25, 0.2
# The share of single names and keywords. Captions rarely use most keywords, and without this share
# the model would forget them.
SINGLE_NAME = 0.35
FILLER_ONLY = 0.06
SCALE = 30.0
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Lesson:
    """`plain[i]` and `reworded[i]` mean the same. `fillers` mean nothing."""

    plain: list[str]
    reworded: list[str]
    fillers: list[str]


class Teacher:
    def __init__(self, model: CLIPModel, tokenizer: Tokenizer, pixels: Tensor) -> None:
        self.tokenizer = tokenizer
        self.tower = copy.deepcopy(model).requires_grad_(False)
        with torch.no_grad():
            vectors = torch.cat(
                [embed_pictures(self.tower, part) for part in torch.split(pixels, 256)]
            )
        self.away = nn.functional.normalize(-vectors.mean(dim=0), dim=0)

    def ids(self, texts: Sequence[str]) -> Tensor:
        """Token ids (n, length), padded to the longest text."""
        rows = np.array([encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))])
        return torch.from_numpy(rows)

    def fits(self, text: str) -> bool:
        """Whether the text is short enough not to be truncated."""
        return len(self.tokenizer.encode(text).overflowing) == 0

    def loss(self, model: CLIPModel, lesson: Lesson) -> Tensor:
        with torch.no_grad():
            targets = embed_texts(self.tower, self.ids(lesson.plain))
        vectors = embed_texts(model, self.ids([*lesson.reworded, *lesson.fillers]))
        reworded, fillers = vectors[: len(targets)], vectors[len(targets) :]
        own = torch.arange(len(targets))
        contrastive = nn.functional.cross_entropy(SCALE * reworded @ targets.T, own)
        distance = 1 - (reworded * targets).sum(dim=1).mean()
        return contrastive + 4 * distance + FILLER_ONLY * 4 * (1 - (fillers @ self.away).mean())


class Lessons:
    def __init__(self, sprites: list[Sprite], seed: int, teacher: Teacher) -> None:
        self.sprites, self.seed, self.teacher = sprites, seed, teacher
        self.filler_words = FillerWords(sprites)
        self.names = {language: _names(sprites, language) for language in LANGUAGES}

    def make(self, step: int, size: int, language: Language) -> Lesson:
        """`size` captions. They depend only on the seed, the step and the language."""
        rng = random.Random(f"reworded/{self.seed}/{step}/{language}")
        plain = [self._plain(each, language, rng) for each in plan(rng, self.sprites, size)]
        reworded = [self._reworded(text, language, rng) for text in plain]
        fillers = [self.filler_words.alone(language, rng) for _ in range(int(size * FILLER_ONLY))]
        return Lesson(plain, reworded, fillers)

    def _plain(self, planned: Planned, language: Language, rng: random.Random) -> str:
        if rng.random() < SINGLE_NAME:
            return rng.choice(self.names[language])
        backdrop = 1.0 if planned.backdrop_matters else 0.3
        return phrase(
            planned.scene, self.sprites, language, rng, say_backdrop=backdrop, say_all=1.0
        )

    def _reworded(self, plain: str, language: Language, rng: random.Random) -> str:
        kind = rng.random()
        if kind < PLAIN:
            return plain
        framed = as_query(plain, language == "zh", rng)
        if kind < PLAIN + KNOWN_FRAME:
            return framed
        text = self.filler_words.around(framed if rng.random() < 0.4 else plain, language, rng)
        return text if self.teacher.fits(text) else framed


def _names(sprites: Sequence[Sprite], language: Language) -> list[str]:
    """All names, synonyms and keywords of the things, each once."""
    things = [sprite.thing for sprite in sprites]
    if language == "en":
        names = [(t.en, *t.en_aliases, *t.en_keywords) for t in things]
    else:
        names = [(t.zh, *t.zh_aliases, *t.zh_keywords) for t in things]
    return list(dict.fromkeys(name for own in names for name in own))

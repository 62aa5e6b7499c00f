"""Teaches the text tower to hear the thing through the words around it; pictures are untouched.

The tower as it is says what a plain caption means (teacher, frozen); the same caption among other
words must come out there, nearer than the other captions of the batch. Words alone, without any
thing, are to point away from all pictures, so that a search for what the encoder does not know
finds nothing close.
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
from tools.scenes.sprites import Sprite
from tools.scenes.wording import asked
from tools.training.chatter import Chatter
from tools.training.model import embed_pictures, embed_texts
from tools.training.plan import Planned, plan

PLAIN, KNOWN_FRAME = 0.25, 0.2
# Captions seldom use most of the many keywords, which would be forgotten.
WORD_ALONE = 0.35
NOTHING_SAID = 0.06
SCALE = 30.0
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Lesson:
    """`plain[i]` and `heard[i]` mean the same; `empty` means nothing."""

    plain: list[str]
    heard: list[str]
    empty: list[str]


class Teacher:
    def __init__(self, model: CLIPModel, tokenizer: Tokenizer, pixels: Tensor) -> None:
        self.tokenizer = tokenizer
        self.tower = copy.deepcopy(model).requires_grad_(False)
        with torch.no_grad():
            seen = torch.cat(
                [embed_pictures(self.tower, part) for part in torch.split(pixels, 256)]
            )
        self.away = nn.functional.normalize(-seen.mean(dim=0), dim=0)

    def ids(self, texts: Sequence[str]) -> Tensor:
        """Padded to the longest."""
        rows = np.array([found.ids for found in self.tokenizer.encode_batch(list(texts))])
        return torch.from_numpy(rows)

    def fits(self, text: str) -> bool:
        """Whether nothing of it is cut off: what is not heard cannot be learnt."""
        return len(self.tokenizer.encode(text).overflowing) == 0

    def loss(self, model: CLIPModel, lesson: Lesson) -> Tensor:
        with torch.no_grad():
            meant = embed_texts(self.tower, self.ids(lesson.plain))
        heard = embed_texts(model, self.ids([*lesson.heard, *lesson.empty]))
        said, unsaid = heard[: len(meant)], heard[len(meant) :]
        right = torch.arange(len(meant))
        among = nn.functional.cross_entropy(SCALE * said @ meant.T, right)
        apart = 1 - (said * meant).sum(dim=1).mean()
        return among + 4 * apart + NOTHING_SAID * 4 * (1 - (unsaid @ self.away).mean())


class Lessons:
    def __init__(self, sprites: list[Sprite], seed: int, teacher: Teacher) -> None:
        self.sprites, self.seed, self.teacher = sprites, seed, teacher
        self.chatter = Chatter(sprites)
        self.words = {language: _words(sprites, language) for language in LANGUAGES}

    def make(self, step: int, size: int, language: Language) -> Lesson:
        """A function of the seed, the step and the language alone."""
        rng = random.Random(f"reworded/{self.seed}/{step}/{language}")
        plain = [self._plain(each, language, rng) for each in plan(rng, self.sprites, size)]
        heard = [self._heard(text, language, rng) for text in plain]
        empty = [self.chatter.alone(language, rng) for _ in range(int(size * NOTHING_SAID))]
        return Lesson(plain, heard, empty)

    def _plain(self, planned: Planned, language: Language, rng: random.Random) -> str:
        if rng.random() < WORD_ALONE:
            return rng.choice(self.words[language])
        backdrop = 1.0 if planned.backdrop_matters else 0.3
        return phrase(
            planned.scene, self.sprites, language, rng, say_backdrop=backdrop, say_all=1.0
        )

    def _heard(self, plain: str, language: Language, rng: random.Random) -> str:
        kind = rng.random()
        if kind < PLAIN:
            return plain
        framed = asked(plain, language == "zh", rng)
        if kind < PLAIN + KNOWN_FRAME:
            return framed
        said = self.chatter.around(framed if rng.random() < 0.4 else plain, language, rng)
        return said if self.teacher.fits(said) else framed


def _words(sprites: Sequence[Sprite], language: Language) -> list[str]:
    """All that things are called, each once."""
    things = [sprite.thing for sprite in sprites]
    if language == "en":
        called = [(t.en, *t.en_aliases, *t.en_keywords) for t in things]
    else:
        called = [(t.zh, *t.zh_aliases, *t.zh_keywords) for t in things]
    return list(dict.fromkeys(word for words in called for word in words))

"""Exams for the encoder: pictures, and questions with the pictures that answer them."""

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import Image

from tools.scenes.backdrops import Backdrop
from tools.scenes.colours import COLOURS
from tools.scenes.compose import render
from tools.scenes.english import counted, with_article
from tools.scenes.everyday_names import EVERYDAY
from tools.scenes.layout import any_backdrop, arrange
from tools.scenes.scene import Scene
from tools.scenes.settings import SETTINGS
from tools.scenes.sprites import Sprite

SEED = "evaluation"
SHORTER_SIDE = 200  # pixels; the image processor of the encoder makes it smaller
PAIRS = 1000
COPIES = 300


@dataclass(frozen=True, slots=True)
class Question:
    """Any of `answers` is correct: a keyword such as "kitty" may fit several things."""

    text: str
    answers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exam:
    """`questions` has one list per row of the report."""

    title: str
    scenes: list[Scene]
    questions: dict[str, list[Question]]


def pictures(scenes: Sequence[Scene], sprites: Sequence[Sprite]) -> list[Image.Image]:
    return [render(scene, sprites, SHORTER_SIDE) for scene in scenes]


def recompressed(picture: Image.Image) -> Image.Image:
    """Like a copy sent in a chat: three fifths of the size, JPEG of quality 60."""
    small = picture.resize((picture.width * 3 // 5, picture.height * 3 // 5))
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=60)
    return Image.open(buffer).convert("RGB")


def _everyday(sprites: Sequence[Sprite]) -> list[int]:
    return [index for index, sprite in enumerate(sprites) if sprite.thing.en in EVERYDAY]


def pairs(sprites: Sequence[Sprite]) -> Exam:
    rng = random.Random(f"{SEED}/pairs")
    everyday = _everyday(sprites)
    chosen = [rng.sample(everyday, 2) for _ in range(PAIRS)]
    named = [[sprites[index].thing for index in pair] for pair in chosen]
    return Exam(
        f"{PAIRS} scenes, two everyday things each",
        [arrange(rng, pair, "beside", any_backdrop(rng)) for pair in chosen],
        {
            "English, X and Y": [
                Question(f"{with_article(x.en)} and {with_article(y.en)}", (i,))
                for i, (x, y) in enumerate(named)
            ],
            "Chinese, X和Y": [Question(f"{x.zh}和{y.zh}", (i,)) for i, (x, y) in enumerate(named)],
        },
    )


def _background(colour: int) -> str:
    return with_article(f"{COLOURS[colour].en} background")


def colours(sprites: Sequence[Sprite]) -> Exam:
    rng = random.Random(f"{SEED}/colours")
    chosen = [
        (thing, index)
        for thing in rng.sample(_everyday(sprites), 25)
        for index in range(len(COLOURS))
    ]
    return Exam(
        f"{len(chosen)} scenes, 25 everyday things on 12 colours",
        [arrange(rng, [thing], "single", Backdrop(colour=index)) for thing, index in chosen],
        {
            "English, X on a ... background": [
                Question(f"{with_article(sprites[t].thing.en)} on {_background(c)}", (i,))
                for i, (t, c) in enumerate(chosen)
            ],
            "Chinese, ...色背景上的X": [
                Question(f"{COLOURS[c].zh}色背景上的{sprites[t].thing.zh}", (i,))
                for i, (t, c) in enumerate(chosen)
            ],
        },
    )


def settings(sprites: Sequence[Sprite]) -> Exam:
    rng = random.Random(f"{SEED}/places")
    chosen = [
        (thing, setting) for thing in rng.sample(_everyday(sprites), 15) for setting in SETTINGS
    ]
    return Exam(
        f"{len(chosen)} scenes, 15 everyday things in 20 places",
        [arrange(rng, [t], "single", Backdrop(setting=s.key)) for t, s in chosen],
        {
            "English, X on a beach": [
                Question(f"{with_article(sprites[t].thing.en)} {s.en[0]}", (i,))
                for i, (t, s) in enumerate(chosen)
            ],
            "Chinese, 海边的X": [
                Question(f"{s.zh[0]}的{sprites[t].thing.zh}", (i,))
                for i, (t, s) in enumerate(chosen)
            ],
        },
    )


def counts(sprites: Sequence[Sprite]) -> Exam:
    rng = random.Random(f"{SEED}/counts")
    chosen = [(t, n) for t in rng.sample(_everyday(sprites), 60) for n in (1, 2, 3, 4)]
    scenes = [
        arrange(rng, [t] * n, "count" if n > 1 else "single", any_backdrop(rng)) for t, n in chosen
    ]
    number = {2: "两", 3: "三", 4: "四"}
    return Exam(
        f"{len(chosen)} scenes, 60 everyday things, one to four of each",
        scenes,
        {
            "English, two Xs": [
                Question(counted(sprites[t].thing.en, n), (i,))
                for i, (t, n) in enumerate(chosen)
                if n > 1
            ],
            "Chinese, 两只X": [
                Question(f"{number[n]}{sprites[t].thing.measure}{sprites[t].thing.zh}", (i,))
                for i, (t, n) in enumerate(chosen)
                if n > 1
            ],
        },
    )


SCENES: tuple[Callable[[Sequence[Sprite]], Exam], ...] = (pairs, colours, settings, counts)

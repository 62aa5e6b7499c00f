"""Questions that name only a part of a picture, as people do with scenes of several things."""

import json
import re
from pathlib import Path

from PIL import Image

import gallery
from tools.evaluation.questions import Exam, Question
from tools.scenes.english import with_article
from tools.scenes.sprites import Sprite

DEMO = Path(gallery.__file__).resolve().parent / "demo"
PLACE = re.compile(r" (on|in|at|under) ")


def by_one_thing(exam: Exam, sprites: list[Sprite]) -> dict[str, list[Question]]:
    """The names of the things in an exam's scenes. Every scene with the thing is correct."""
    shown: dict[int, list[int]] = {}
    for index, scene in enumerate(exam.scenes):
        for placement in scene.placements:
            shown.setdefault(placement.thing, []).append(index)
    named = [(sprites[thing].thing, tuple(scenes)) for thing, scenes in shown.items()]
    return {
        "English, X alone": [Question(with_article(thing.en), scenes) for thing, scenes in named],
        "Chinese, X alone": [Question(thing.zh, scenes) for thing, scenes in named],
    }


def demo_titles() -> tuple[list[Image.Image], dict[str, list[Question]]]:
    """The demo pictures, and questions about them: titles, and titles without the place.

    Any picture with the same title, or whose title contains the thing, is a correct answer.
    """
    entries = json.loads((DEMO / "captions.json").read_text(encoding="utf-8"))
    shown = [Image.open(DEMO / entry["file"]).convert("RGB") for entry in entries]
    english = [entry["title_en"] for entry in entries]
    chinese = [entry["title_zh"] for entry in entries]
    things = dict.fromkeys(PLACE.split(title)[0] for title in english)
    return shown, {
        "English, demonstration titles": _whole(english),
        "Chinese, demonstration titles": _whole(chinese),
        "English, demonstration titles without the place": [
            Question(thing, tuple(i for i, title in enumerate(english) if thing in title))
            for thing in things
        ],
    }


def _whole(titles: list[str]) -> list[Question]:
    return [
        Question(title, tuple(i for i, other in enumerate(titles) if other == title))
        for title in dict.fromkeys(titles)
    ]

"""Measures below what the built-in encoder's best hit is no answer; writes calibration.json.

    pip install --no-deps --target /tmp/packages \
        scikit-image scikit-learn matplotlib pyspellchecker jieba
    python -m tools.calibrate_builtin_encoder --packages /tmp/packages

Known questions are put to held-out scenes by words and by pictures, unknown ones are taken from
the packages (photographs, word lists) and drawn. The limits keep nearly all right answers. Prints
Markdown tables; about two minutes of two idle cores. To be run again whenever the weights change.
"""

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

from gallery.encoders import relevance_threshold
from gallery.encoders.relevance_threshold import RelevanceThreshold
from tools.evaluate_builtin_encoder import BUILTIN, Encoder
from tools.evaluation.closeness import Gallery, Row, Vectors, limit_of, table
from tools.evaluation.names import single_things
from tools.evaluation.parts import by_one_thing, demo
from tools.evaluation.questions import SCENES, Exam, Question, pairs, pictures, recompressed
from tools.evaluation.unknown_pictures import unknown_pictures
from tools.evaluation.unknown_texts import unknown_texts
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import Sprite, load_sprites

SEED = "calibration"
# Right answers that are not called far. Unknown words are so far away that more can be kept.
WORDS_KEPT, PICTURES_KEPT = 0.995, 0.98
QUESTIONS, COMPANY, COPIES, OTHERS = 400, 120, 100, 1_000


@dataclass(frozen=True)
class Known:
    """The single things and where they are looked for."""

    sprites: list[Sprite]
    encoder: Encoder
    exam: Exam
    found: Vectors


def known_things(folder: Path) -> Known:
    sprites, encoder = load_sprites(), Encoder(folder)
    exam = single_things(sprites)
    return Known(
        sprites,
        encoder,
        exam,
        found=encoder.pictures(pictures(exam.scenes, sprites)),
    )


def texts_of(known: Known, packages: Path) -> list[Row]:
    gallery = Gallery(known.found)
    rows = _asked(known, known.exam.asked, gallery)
    for exam_of in SCENES:
        exam = _first(exam_of(known.sprites))
        found = known.encoder.pictures(pictures(exam.scenes, known.sprites))
        asked = exam.asked
        if exam_of is pairs:
            asked |= by_one_thing(exam, known.sprites)
        rows += _asked(known, asked, Gallery(found))
    shown, asked = demo()
    rows += _asked(known, asked, Gallery(known.encoder.pictures(shown)))
    for name in ("English, name", "Chinese, name"):
        questions = _some(known.exam.asked[name])
        vectors = known.encoder.texts([question.text for question in questions])
        answers = [question.answers for question in questions]
        rows.append(gallery.absent(f"{name}, not in the gallery", vectors, answers))
    things = [sprite.thing for sprite in known.sprites]
    for language, kinds in unknown_texts(things, packages).items():
        for kind, texts in kinds.items():
            vectors = known.encoder.texts(texts)
            rows.append(gallery.unknown(f"unknown, {language}: {kind}", vectors))
    return rows


def _asked(known: Known, asked: dict[str, list[Question]], gallery: Gallery) -> list[Row]:
    rows = []
    for name, every in asked.items():
        questions = _some(every)
        vectors = known.encoder.texts([question.text for question in questions])
        rows.append(gallery.known(name, vectors, [question.answers for question in questions]))
    return rows


def _some(questions: list[Question]) -> list[Question]:
    return random.Random(SEED).sample(questions, min(len(questions), QUESTIONS))


def _first(exam: Exam) -> Exam:
    """Fewer scenes, and the questions about them."""
    asked = {
        name: [question for question in questions if max(question.answers) < COMPANY]
        for name, questions in exam.asked.items()
    }
    return Exam(exam.title, exam.scenes[:COMPANY], asked)


def pictures_of(known: Known, packages: Path) -> list[Row]:
    gallery = Gallery(known.found)
    numbers = random.Random(SEED).sample(range(len(known.sprites)), OTHERS)
    copied = pictures([known.exam.scenes[i] for i in numbers[:COPIES]], known.sprites)
    copies = known.encoder.pictures([recompressed(picture) for picture in copied])
    others = single_scenes(len(known.sprites), f"{SEED}/others")
    same = known.encoder.pictures(pictures([others[i] for i in numbers], known.sprites))
    answers = [(number,) for number in numbers]
    rows = [
        # They are so near that they would only hide how many of the others are lost.
        gallery.known("a recompressed copy", copies, answers[:COPIES], decides=False),
        gallery.known("another picture of the same thing", same, answers),
        gallery.absent("the same, the thing not in the gallery", same, answers),
    ]
    for kind, unknown in unknown_pictures(packages).items():
        vectors = known.encoder.pictures(unknown)
        rows.append(gallery.unknown(f"unknown: {kind}", vectors))
    return rows


def calibrate(folder: Path, packages: Path) -> RelevanceThreshold:
    """Prints the report."""
    known = known_things(folder)
    return RelevanceThreshold(
        text=_limit("Words", texts_of(known, packages), WORDS_KEPT),
        image=_limit("Pictures", pictures_of(known, packages), PICTURES_KEPT),
    )


def _limit(name: str, rows: list[Row], kept: float) -> float:
    limit = limit_of(rows, kept=kept)
    print(f"\n{name}: nothing close below {limit:.3f}\n\n{table(rows, limit)}", flush=True)
    return limit


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=BUILTIN)
    parser.add_argument("--packages", type=Path, required=True)
    asked = parser.parse_args()
    relevance_threshold.write(asked.model, calibrate(asked.model, asked.packages))


if __name__ == "__main__":
    main()

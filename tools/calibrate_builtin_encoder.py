"""Measure the relevance thresholds of the built-in encoder and write calibration.json.

    pip install --no-deps --target /tmp/packages \
        scikit-image scikit-learn matplotlib pyspellchecker jieba
    python -m tools.calibrate_builtin_encoder --packages /tmp/packages

A threshold is the cosine below which the best hit is probably no answer. Known questions, texts
and pictures, search among held-out scenes. Unknown questions are photographs and word lists of the
packages above, and generated pictures. The thresholds keep nearly all correct answers. The bands
of good and strong hits are measured on the demo gallery, by the share of hits that are relevant.

Prints Markdown tables. Takes about two minutes on two idle cores. Run it again when the weights
change.
"""

import argparse
import random
from dataclasses import dataclass
from pathlib import Path

from gallery.encoders import relevance_threshold
from gallery.encoders.relevance_threshold import RelevanceThreshold
from tools.evaluate_builtin_encoder import BUILTIN, Encoder
from tools.evaluation import bands
from tools.evaluation.names import single_things
from tools.evaluation.partial_questions import by_one_thing, demo_titles
from tools.evaluation.questions import SCENES, Exam, Question, pairs, pictures, recompressed
from tools.evaluation.relevance_threshold import Gallery, Row, Vectors, table, threshold_of
from tools.evaluation.unknown_pictures import unknown_pictures
from tools.evaluation.unknown_texts import unknown_texts
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import Sprite, load_sprites

SEED = "calibration"
# The share of correct answers above the threshold. Unknown texts have such low cosines that a
# larger share can be kept.
TEXTS_KEPT, PICTURES_KEPT = 0.995, 0.98
# MAX_SCENES is the largest number of scenes with several things in an exam.
MAX_QUESTIONS, MAX_SCENES, COPIES, OTHERS = 400, 120, 100, 1_000


@dataclass(frozen=True)
class Known:
    """The exam of single things, and the vectors of its pictures."""

    sprites: list[Sprite]
    encoder: Encoder
    exam: Exam
    pictures: Vectors


def known_things(folder: Path) -> Known:
    sprites, encoder = load_sprites(), Encoder(folder)
    exam = single_things(sprites)
    return Known(
        sprites,
        encoder,
        exam,
        pictures=encoder.pictures(pictures(exam.scenes, sprites)),
    )


def texts_of(known: Known, packages: Path) -> list[Row]:
    gallery = Gallery(known.pictures)
    rows = _known_rows(known, known.exam.questions, gallery)
    for exam_of in SCENES:
        exam = _shortened(exam_of(known.sprites))
        vectors = known.encoder.pictures(pictures(exam.scenes, known.sprites))
        questions = exam.questions
        if exam_of is pairs:
            questions |= by_one_thing(exam, known.sprites)
        rows += _known_rows(known, questions, Gallery(vectors))
    demo_pictures, demo_questions = demo_titles()
    rows += _known_rows(known, demo_questions, Gallery(known.encoder.pictures(demo_pictures)))
    for name in ("English, name", "Chinese, name"):
        sample = _sample(known.exam.questions[name])
        vectors = known.encoder.texts([question.text for question in sample])
        answers = [question.answers for question in sample]
        rows.append(gallery.absent(f"{name}, not in the gallery", vectors, answers))
    things = [sprite.thing for sprite in known.sprites]
    for language, kinds in unknown_texts(things, packages).items():
        for kind, texts in kinds.items():
            vectors = known.encoder.texts(texts)
            rows.append(gallery.unknown(f"unknown, {language}: {kind}", vectors))
    return rows


def _known_rows(known: Known, questions: dict[str, list[Question]], gallery: Gallery) -> list[Row]:
    rows = []
    for name, of_row in questions.items():
        sample = _sample(of_row)
        vectors = known.encoder.texts([question.text for question in sample])
        rows.append(gallery.known(name, vectors, [question.answers for question in sample]))
    return rows


def _sample(questions: list[Question]) -> list[Question]:
    return random.Random(SEED).sample(questions, min(len(questions), MAX_QUESTIONS))


def _shortened(exam: Exam) -> Exam:
    """The first scenes of the exam, and the questions that they answer."""
    questions = {
        name: [question for question in of_row if max(question.answers) < MAX_SCENES]
        for name, of_row in exam.questions.items()
    }
    return Exam(exam.title, exam.scenes[:MAX_SCENES], questions)


def pictures_of(known: Known, packages: Path) -> list[Row]:
    gallery = Gallery(known.pictures)
    numbers = random.Random(SEED).sample(range(len(known.sprites)), OTHERS)
    copied = pictures([known.exam.scenes[i] for i in numbers[:COPIES]], known.sprites)
    copies = known.encoder.pictures([recompressed(picture) for picture in copied])
    others = single_scenes(len(known.sprites), f"{SEED}/others")
    same = known.encoder.pictures(pictures([others[i] for i in numbers], known.sprites))
    answers = [(number,) for number in numbers]
    rows = [
        # Copies have such high cosines that they would hide the losses among the other pictures.
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
    vectors = known.encoder.pictures(demo_titles()[0])
    names, relevant = bands.names()
    by_name = bands.hits(known.encoder.texts(names), vectors, relevant)
    by_picture = bands.hits(vectors, vectors, bands.similar_pictures())
    text = _threshold("Texts", texts_of(known, packages), TEXTS_KEPT)
    image = _threshold("Pictures", pictures_of(known, packages), PICTURES_KEPT)
    return RelevanceThreshold(bands.cosines(text, by_name), bands.cosines(image, by_picture))


def _threshold(name: str, rows: list[Row], kept: float) -> float:
    threshold = threshold_of(rows, kept=kept)
    print(f"\n{name}: threshold {threshold:.3f}\n\n{table(rows, threshold)}", flush=True)
    return threshold


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=BUILTIN)
    parser.add_argument("--packages", type=Path, required=True)
    options = parser.parse_args()
    relevance_threshold.write(options.model, calibrate(options.model, options.packages))


if __name__ == "__main__":
    main()

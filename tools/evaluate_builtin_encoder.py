"""Measures the committed encoder, through sentence-transformers, on scenes it never saw.

    python -m tools.evaluate_builtin_encoder

Prints a Markdown table. Leaves with an error if the built-in encoder has become worse than
its floor: 0.90 of the English and 0.85 of the Chinese names find their scene first.
"""

import argparse
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from sentence_transformers import SentenceTransformer

from tools.evaluation.cost import cost
from tools.evaluation.names import single_things
from tools.evaluation.questions import COPIES, SCENES, SEED, Question, pictures, recompressed
from tools.scenes.sprites import load_sprites

Vectors = npt.NDArray[np.float32]
BUILTIN = Path(__file__).resolve().parent.parent / "gallery/encoders/builtin"
FLOORS = {"English, name": 0.90, "Chinese, name": 0.85}


class Encoder:
    """Pictures and texts as unit vectors; texts typed, lest one be taken for a file's name."""

    def __init__(self, folder: Path) -> None:
        self.model = SentenceTransformer(str(folder), device="cpu")

    def _encode(self, inputs: Sequence[object]) -> Vectors:
        found = self.model.encode(
            list(inputs), batch_size=64, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(found, dtype=np.float32)

    def texts(self, texts: Sequence[str]) -> Vectors:
        return self._encode([{"text": text} for text in texts])

    def pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        return self._encode(pictures)


def ranks(
    found: Vectors, wanted: Vectors, answers: Sequence[tuple[int, ...]]
) -> npt.NDArray[np.int64]:
    """For each row of `wanted`, how many of `found` are nearer than the nearest of its answers."""
    scores = wanted @ found.T
    own = [row[list(right)].max() for row, right in zip(scores, answers, strict=True)]
    nearer: npt.NDArray[np.int64] = (scores > np.array(own)[:, None]).sum(axis=1)
    return nearer


def _row(name: str, found: npt.NDArray[np.int64]) -> str:
    shares = " | ".join(f"{float((found < within).mean()):.3f}" for within in (1, 5, 10))
    return f"| {name} | {len(found)} | {shares} |"


def _answered(
    encoder: Encoder, found: Vectors, questions: Sequence[Question]
) -> npt.NDArray[np.int64]:
    wanted = encoder.texts([question.text for question in questions])
    return ranks(found, wanted, [question.answers for question in questions])


def evaluate(folder: Path) -> dict[str, float]:
    """Prints the report; returns the share of first places per row."""
    encoder, sprites = Encoder(folder), load_sprites()
    first: dict[str, float] = {}
    for exam_of in (single_things, *SCENES):
        exam = exam_of(sprites)
        found = encoder.pictures(pictures(exam.scenes, sprites))
        print(f"\n{exam.title}\n\n| Question | n | R@1 | R@5 | R@10 |\n|---|---|---|---|---|")
        for name, questions in exam.asked.items():
            result = _answered(encoder, found, questions)
            first[name] = float((result == 0).mean())
            print(_row(name, result), flush=True)
    scenes = random.Random(SEED).sample(single_things(sprites).scenes, COPIES)
    originals = pictures(scenes, sprites)
    found = encoder.pictures(originals)
    copies = encoder.pictures([recompressed(picture) for picture in originals])
    likeness = float((found * copies).sum(axis=1).mean())
    print(f"\n{COPIES} pictures, asked for with a smaller, recompressed copy\n")
    print("| Question | n | R@1 | R@5 | R@10 |\n|---|---|---|---|---|")
    print(_row("the copy", ranks(found, copies, [(i,) for i in range(COPIES)])))
    price = cost(encoder.model, folder, originals[0])
    print(f"\nMean cosine of copy and original: {likeness:.4f}")
    print(f"Parameters: {price.parameters:,}; model.safetensors: {price.file_bytes:,} bytes")
    print(f"One core: {price.text_ms:.1f} ms a text, {price.picture_ms:.1f} ms a picture; with")
    print(f"ONNX Runtime {price.fast_text_ms:.1f} ms and {price.fast_picture_ms:.1f} ms")
    return first


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=BUILTIN)
    first = evaluate(parser.parse_args().model)
    missed = [
        f"{name}: {first[name]:.3f} < {floor}"
        for name, floor in FLOORS.items()
        if first[name] < floor
    ]
    if missed:
        sys.exit("below the floor: " + "; ".join(missed))


if __name__ == "__main__":
    main()

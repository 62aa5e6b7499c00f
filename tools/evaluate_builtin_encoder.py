"""Measure the built-in encoder with sentence-transformers on scenes it was not trained on.

    python -m tools.evaluate_builtin_encoder

Prints Markdown tables. Exits with an error if the encoder is below its minimum: recall at 1 of
0.90 for the English names and 0.85 for the Chinese names.
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
MINIMUM = {"English, name": 0.90, "Chinese, name": 0.85}


class Encoder:
    """Pictures and texts to unit vectors. Texts are passed as dicts: a str may be a file name."""

    def __init__(self, folder: Path) -> None:
        self.model = SentenceTransformer(str(folder), device="cpu")

    def _encode(self, inputs: Sequence[object]) -> Vectors:
        vectors = self.model.encode(
            list(inputs), batch_size=64, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(vectors, dtype=np.float32)

    def texts(self, texts: Sequence[str]) -> Vectors:
        return self._encode([{"text": text} for text in texts])

    def pictures(self, pictures: Sequence[Image.Image]) -> Vectors:
        return self._encode(pictures)


def ranks(
    pictures: Vectors, queries: Vectors, answers: Sequence[tuple[int, ...]]
) -> npt.NDArray[np.int64]:
    """int64 (queries,): how many pictures are nearer to a query than its nearest answer."""
    scores = queries @ pictures.T
    own = [row[list(correct)].max() for row, correct in zip(scores, answers, strict=True)]
    nearer: npt.NDArray[np.int64] = (scores > np.array(own)[:, None]).sum(axis=1)
    return nearer


def _row(name: str, nearer: npt.NDArray[np.int64]) -> str:
    shares = " | ".join(f"{float((nearer < within).mean()):.3f}" for within in (1, 5, 10))
    return f"| {name} | {len(nearer)} | {shares} |"


def _ranks_of_questions(
    encoder: Encoder, pictures: Vectors, questions: Sequence[Question]
) -> npt.NDArray[np.int64]:
    queries = encoder.texts([question.text for question in questions])
    return ranks(pictures, queries, [question.answers for question in questions])


def evaluate(folder: Path) -> dict[str, float]:
    """Prints the report and returns the recall at 1 of each row."""
    encoder, sprites = Encoder(folder), load_sprites()
    recall_at_1: dict[str, float] = {}
    for exam_of in (single_things, *SCENES):
        exam = exam_of(sprites)
        vectors = encoder.pictures(pictures(exam.scenes, sprites))
        print(f"\n{exam.title}\n\n| Question | n | R@1 | R@5 | R@10 |\n|---|---|---|---|---|")
        for name, questions in exam.questions.items():
            result = _ranks_of_questions(encoder, vectors, questions)
            recall_at_1[name] = float((result == 0).mean())
            print(_row(name, result), flush=True)
    scenes = random.Random(SEED).sample(single_things(sprites).scenes, COPIES)
    originals = pictures(scenes, sprites)
    vectors = encoder.pictures(originals)
    copies = encoder.pictures([recompressed(picture) for picture in originals])
    similarity = float((vectors * copies).sum(axis=1).mean())
    print(f"\n{COPIES} pictures, searched for with a smaller, recompressed copy\n")
    print("| Question | n | R@1 | R@5 | R@10 |\n|---|---|---|---|---|")
    print(_row("the copy", ranks(vectors, copies, [(i,) for i in range(COPIES)])))
    costs = cost(encoder.model, folder, originals[0])
    print(f"\nMean cosine of copy and original: {similarity:.4f}")
    print(f"Parameters: {costs.parameters:,}; model.safetensors: {costs.file_bytes:,} bytes")
    print(f"One core: {costs.text_ms:.1f} ms a text, {costs.picture_ms:.1f} ms a picture; with")
    print(f"ONNX Runtime {costs.fast_text_ms:.1f} ms and {costs.fast_picture_ms:.1f} ms")
    return recall_at_1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=BUILTIN)
    recall_at_1 = evaluate(parser.parse_args().model)
    too_low = [
        f"{name}: {recall_at_1[name]:.3f} < {minimum}"
        for name, minimum in MINIMUM.items()
        if recall_at_1[name] < minimum
    ]
    if too_low:
        sys.exit("below the minimum: " + "; ".join(too_low))


if __name__ == "__main__":
    main()

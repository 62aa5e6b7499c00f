"""Make training batches in another process. A batch depends only on the seed and its step."""

import multiprocessing
import queue
import random
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from tokenizers import Tokenizer

from tools.scenes.captions import backdrop_alone, caption
from tools.scenes.compose import draw_things
from tools.scenes.scene import Scene
from tools.scenes.sprites import Sprite, load_sprites
from tools.training.backdrop_library import BackdropLibrary
from tools.training.degrade import degrade
from tools.training.plan import Planned, plan

QUEUE_SIZE = 6  # batches made in advance
BACKDROP_ALONE = 0.012
IMAGE_SIZE = 96
MAX_THINGS = 4


@dataclass(frozen=True, slots=True)
class Batch:
    """`pixels` uint8 (n, 96, 96, 3); `en` and `zh` int64 token ids (n, length), zero-padded;
    `things` int64 (n, 4): the distinct things in the picture, padded with -1.
    """

    step: int
    pixels: npt.NDArray[np.uint8]
    en: npt.NDArray[np.int64]
    zh: npt.NDArray[np.int64]
    things: npt.NDArray[np.int64]


def _tokens(tokenizer: Tokenizer, texts: list[str]) -> npt.NDArray[np.int64]:
    return np.array([encoding.ids for encoding in tokenizer.encode_batch(texts)], dtype=np.int64)


def _texts(planned: Planned, sprites: list[Sprite], rng: random.Random) -> tuple[str, str]:
    scene = planned.scene
    if not planned.backdrop_matters and rng.random() < BACKDROP_ALONE:
        return backdrop_alone(scene, "en"), backdrop_alone(scene, "zh")
    backdrop = 1.0 if planned.backdrop_matters else 0.35
    everything = 1.0 if planned.things_matter else 0.85
    return (
        caption(scene, sprites, "en", rng, say_backdrop=backdrop, say_all=everything),
        caption(scene, sprites, "zh", rng, say_backdrop=backdrop, say_all=everything),
    )


class BatchMaker:
    """Renders at 96 x 96 pixels, squashed like the image processor does it."""

    def __init__(self, seed: int, size: int, tokenizer_file: Path) -> None:
        self.seed, self.size = seed, size
        self.sprites = load_sprites()
        self.library = BackdropLibrary(seed)
        self.tokenizer = Tokenizer.from_file(str(tokenizer_file))

    def _picture(self, scene: Scene, rng: random.Random) -> Image.Image:
        canvas = self.library.pick(scene.backdrop, IMAGE_SIZE, rng)
        draw_things(canvas, scene, self.sprites)
        return degrade(canvas, rng)

    def make(self, step: int) -> Batch:
        rng = random.Random(f"{self.seed}/{step}")
        planned = plan(rng, self.sprites, self.size)
        pixels = np.empty((self.size, IMAGE_SIZE, IMAGE_SIZE, 3), dtype=np.uint8)
        things = np.full((self.size, MAX_THINGS), -1, dtype=np.int64)
        en, zh = [], []
        for row, each in enumerate(planned):
            pixels[row] = np.asarray(self._picture(each.scene, rng))
            english, chinese = _texts(each, self.sprites, rng)
            things[row, : len(each.scene.things)] = each.scene.things
            en.append(english)
            zh.append(chinese)
        ids_en, ids_zh = (_tokens(self.tokenizer, texts) for texts in (en, zh))
        return Batch(step, pixels, ids_en, ids_zh, things)


def _produce(out: "Queue[Batch]", seed: int, size: int, tokenizer_file: Path, steps: range) -> None:
    maker = BatchMaker(seed, size, tokenizer_file)
    trainer = multiprocessing.parent_process()
    for step in steps:
        batch = maker.make(step)
        # If the trainer is killed, the queue stays full and this process must end by itself.
        while trainer is not None and trainer.is_alive():
            try:
                out.put(batch, timeout=5)
                break
            except queue.Full:
                continue
        else:
            return


def batches(seed: int, size: int, tokenizer_file: Path, steps: range) -> Iterator[Batch]:
    context = multiprocessing.get_context("spawn")
    queued: Queue[Batch] = context.Queue(QUEUE_SIZE)
    producer = context.Process(
        target=_produce, args=(queued, seed, size, tokenizer_file, steps), daemon=True
    )
    producer.start()
    try:
        for _ in steps:
            yield queued.get()
    finally:
        producer.terminate()
        producer.join()

"""What the words of the pictures cost and give, where texts are right, wrong, random or few.

    python -m searchsite.local.sandbox -- python -m benchmarks.relevance.noisy_captions

The written queries that ask for what a picture shows, on the demo gallery, by meaning alone and
fused with words. Each row of the table replaces titles, captions and file names of all pictures.
Takes about two minutes.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from benchmarks.protocol import revision, table
from benchmarks.relevance import demo_gallery
from benchmarks.relevance.measures import mean, ndcg, reciprocal_rank
from benchmarks.relevance.written import KEY_DIGITS, WrittenQuery, graded
from gallery.management.commands.loaddemo import FOLDER, Caption
from gallery.models import Image
from gallery.search.engine import search
from gallery.search.query import Mode, SearchQuery

HITS = 10
WORDS_OF_A_CAPTION = 8


@dataclass(frozen=True)
class Texts:
    title: str = ""
    caption: str = ""


def galleries() -> dict[str, Callable[[], list[Texts]]]:
    """The texts of all pictures, by the name of the row."""
    demo: list[Caption] = json.loads((FOLDER / "captions.json").read_text("utf-8"))
    own = [_own(each) for each in demo]
    return {
        "none": lambda: [Texts() for _ in demo],
        "their own": lambda: own,
        "their own captions, no titles": lambda: [Texts(caption=each.caption) for each in own],
        "30 % have their own": lambda: _only_some(own),
        "one wrong word in each title": lambda: _with_a_wrong_word(demo),
        "captions of another picture": lambda: [
            Texts(caption=each.caption) for each in _shuffled(own)
        ],
        "captions of random words": lambda: _random_captions(demo),
        "their own titles, captions of random words": lambda: [
            Texts(mine.title, noise.caption)
            for mine, noise in zip(own, _random_captions(demo), strict=True)
        ],
    }


def _own(caption: Caption) -> Texts:
    return Texts(
        f"{caption['title_en']} / {caption['title_zh']}",
        f"{caption['caption_en']} {caption['caption_zh']}",
    )


def _only_some(own: Sequence[Texts]) -> list[Texts]:
    chance = random.Random(0)
    return [each if chance.random() < 0.3 else Texts() for each in own]


def _shuffled(own: Sequence[Texts]) -> list[Texts]:
    return random.Random(0).sample(own, len(own))


def _with_a_wrong_word(demo: Sequence[Caption]) -> list[Texts]:
    chance = random.Random(0)
    vocabulary = [word for each in demo for word in each["title_en"].split()]
    texts = []
    for each in demo:
        words = each["title_en"].split()
        words[chance.randrange(len(words))] = chance.choice(vocabulary)
        texts.append(Texts(title=" ".join(words)))
    return texts


def _random_captions(demo: Sequence[Caption]) -> list[Texts]:
    """Eight words of other titles, in half of the pictures English, in the others Chinese.

    A word of Chinese is two characters that follow each other in a title.
    """
    chance = random.Random(0)
    english = [word for each in demo for word in each["title_en"].split()]
    chinese = [
        each["title_zh"][at : at + 2] for each in demo for at in range(len(each["title_zh"]) - 1)
    ]
    captions = []
    for _ in demo:
        words = chance.choices(*chance.choice([(english,), (chinese,)]), k=WORDS_OF_A_CAPTION)
        captions.append(Texts(caption=" ".join(words)))
    return captions


def replace_texts(texts: Sequence[Texts]) -> None:
    """File names become numbers: those of the demo pictures repeat the titles."""
    for image in Image.objects.all():
        key = demo_gallery.key_of(image)
        new = texts[int(key) - 1]
        Image.objects.filter(pk=image.pk).update(
            title=new.title, caption=new.caption, file_name=f"{key}.webp"
        )


def figures(queries: Sequence[WrittenQuery], mode: Mode) -> tuple[float, float]:
    """nDCG@10 and MRR."""
    gains, ranks = [], []
    for query in queries:
        page = search(SearchQuery(text=query.text, mode=mode, limit=HITS), AnonymousUser())
        keys = [demo_gallery.key_of(hit.image) for hit in page.hits]
        gains.append(ndcg(keys, query.grades))
        ranks.append(reciprocal_rank(keys, query.grades))
    return mean(gains), mean(ranks)


def main() -> None:
    demo_gallery.load()
    queries = [query for query in graded() if query.kind == "meaning"]
    rows = []
    for name, texts in galleries().items():
        replace_texts(texts())
        meaning, fused = (figures(queries, mode) for mode in (Mode.MEANING, Mode.ALL))
        change = fused[0] - meaning[0]
        rows.append(
            [name, *(f"{x:.3f}" for x in (meaning[0], fused[0])), f"{change:+.3f}",
             *(f"{x:.3f}" for x in (meaning[1], fused[1]))]
        )  # fmt: skip
    print(f"Commit {revision()}, {len(queries)} queries\n")
    header = ["texts", "nDCG@10: meaning", "all", "change", "MRR: meaning", "all"]
    print(table(header, rows))


if __name__ == "__main__":
    assert KEY_DIGITS == 3
    main()

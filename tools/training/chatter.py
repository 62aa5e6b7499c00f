"""Words that name nothing the encoder knows, as they stand around the name of a thing.

They come from lists of frequent words (the package `wordfreq`), without all that a caption can say,
without the telling words of the evaluation's wordings and without a fifth of the rest, which is
kept for measuring.
"""

import math
import random
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence

from wordfreq import top_n_list

from tools.scenes.captions import Language, phrase
from tools.scenes.sprites import Sprite
from tools.training.plan import plan

FREQUENT = 12_000
SCENES = 4000
KEPT_FOR_MEASURING = 5
# Of the evaluation's "wordings never trained on".
TELLING_WORDS = {"looking", "look", "favourite", "favorite", "shot", "could"}
TELLING_CHARACTERS = set("帮哪想")
# Names contain them, and by themselves they say nothing.
EMPTY = {"a", "an", "the", "of", "for", "to", "is", "by"}
BEFORE, AFTER = (0, 0, 1, 1, 2, 3, 4, 5, 6), (0, 0, 0, 1, 1, 2, 3)
MARKS = {"en": ("?", "!", ".", ",", ":"), "zh": ("？", "！", "。", "，", "：")}
_ENGLISH, _CHINESE = re.compile(r"[a-z][a-z']+|[ai]"), re.compile(r"[\u4e00-\u9fff]+")


class Chatter:
    """`measuring` chooses the words that no training may use."""

    def __init__(self, sprites: Sequence[Sprite], *, measuring: bool = False) -> None:
        said = list(_sayings(sprites))
        self._words: dict[Language, list[str]] = {
            "en": [word for word in _english(said) if _is_kept(word) == measuring],
            "zh": [word for word in _chinese(said) if _is_kept(word) == measuring],
        }

    def around(self, said: str, language: Language, rng: random.Random) -> str:
        before = self._draw(language, rng.choice(BEFORE), rng)
        after = self._draw(language, rng.choice(AFTER), rng)
        text = _space(language).join([*before, said, *after])
        return text + rng.choice(MARKS[language]) if rng.random() < 0.3 else text

    def alone(self, language: Language, rng: random.Random) -> str:
        return _space(language).join(self._draw(language, rng.randint(1, 6), rng))

    def _draw(self, language: Language, count: int, rng: random.Random) -> list[str]:
        """Frequent ones more often, as in speech (Zipf)."""
        words = self._words[language]
        ranks = (int(math.exp(rng.uniform(0, math.log(len(words))))) - 1 for _ in range(count))
        return [words[rank] for rank in ranks]


def _space(language: Language) -> str:
    return " " if language == "en" else ""


def _is_kept(word: str) -> bool:
    return zlib.crc32(word.encode()) % KEPT_FOR_MEASURING == 0


def _sayings(sprites: Sequence[Sprite]) -> Iterator[str]:
    for sprite in sprites:
        thing = sprite.thing
        yield from (thing.en, *thing.en_aliases, *thing.en_keywords)
        yield from (thing.zh, *thing.zh_aliases, *thing.zh_keywords)
    rng = random.Random("sayings")
    for each in plan(rng, sprites, 1000) + plan(rng, sprites, 1000):
        yield phrase(each.scene, sprites, "en", rng, say_backdrop=0.6, say_all=1.0)
        yield phrase(each.scene, sprites, "zh", rng, say_backdrop=0.6, say_all=1.0)


def _english(said: Iterable[str]) -> Iterator[str]:
    taken = {word for text in said for word in re.findall(r"[a-z']+", text.lower())}
    taken = (taken | TELLING_WORDS) - EMPTY
    for word in top_n_list("en", FREQUENT):
        spellings = {word, word.removesuffix("s"), word.removesuffix("es"), f"{word}s"}
        if _ENGLISH.fullmatch(word) and not spellings & taken:
            yield word


def _chinese(said: Iterable[str]) -> Iterator[str]:
    names = {run for text in said for run in _CHINESE.findall(text)}
    # Of long runs, which are whole captions, the names in them are taken anyway.
    taken = {part for name in names if len(name) <= 6 for part in _parts(name)}
    single = {name for name in names if len(name) == 1}
    for word in top_n_list("zh", FREQUENT):
        characters = set(word)
        if not _CHINESE.fullmatch(word) or characters & (TELLING_CHARACTERS | single):
            continue
        if word not in taken:
            yield word


def _parts(name: str) -> Iterator[str]:
    return (name[i:j] for i in range(len(name)) for j in range(i + 1, len(name) + 1))

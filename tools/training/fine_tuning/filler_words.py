"""Words that name nothing the encoder knows, to be put around the name of a thing.

They are frequent words of the language (package `wordfreq`). Words that occur in captions and
words that identify the evaluation's "phrasings not used for training" are left out. A fifth of the
rest is reserved for evaluation.
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
RESERVED_SHARE = 5  # one word in five
# These identify the evaluation's "phrasings not used for training".
EVALUATION_WORDS = {"looking", "look", "favourite", "favorite", "shot", "could"}
EVALUATION_CHARACTERS = set("帮哪想")
# Names contain these words, but they mean nothing by themselves.
FUNCTION_WORDS = {"a", "an", "the", "of", "for", "to", "is", "by"}
BEFORE, AFTER = (0, 0, 1, 1, 2, 3, 4, 5, 6), (0, 0, 0, 1, 1, 2, 3)
MARKS = {"en": ("?", "!", ".", ",", ":"), "zh": ("？", "！", "。", "，", "：")}
_ENGLISH, _CHINESE = re.compile(r"[a-z][a-z']+|[ai]"), re.compile(r"[\u4e00-\u9fff]+")


class FillerWords:
    """Draws filler words. `measuring` selects the words that are reserved for evaluation."""

    def __init__(self, sprites: Sequence[Sprite], *, measuring: bool = False) -> None:
        captions = list(_captions(sprites))
        self._words: dict[Language, list[str]] = {
            "en": [word for word in _english(captions) if _is_reserved(word) == measuring],
            "zh": [word for word in _chinese(captions) if _is_reserved(word) == measuring],
        }

    def around(self, phrase: str, language: Language, rng: random.Random) -> str:
        before = self._draw(language, rng.choice(BEFORE), rng)
        after = self._draw(language, rng.choice(AFTER), rng)
        text = _space(language).join([*before, phrase, *after])
        return text + rng.choice(MARKS[language]) if rng.random() < 0.3 else text

    def alone(self, language: Language, rng: random.Random) -> str:
        return _space(language).join(self._draw(language, rng.randint(1, 6), rng))

    def _draw(self, language: Language, count: int, rng: random.Random) -> list[str]:
        """Frequent words are drawn more often, as in natural language (Zipf's law)."""
        words = self._words[language]
        ranks = (int(math.exp(rng.uniform(0, math.log(len(words))))) - 1 for _ in range(count))
        return [words[rank] for rank in ranks]


def _space(language: Language) -> str:
    return " " if language == "en" else ""


def _is_reserved(word: str) -> bool:
    return zlib.crc32(word.encode()) % RESERVED_SHARE == 0


def _captions(sprites: Sequence[Sprite]) -> Iterator[str]:
    for sprite in sprites:
        thing = sprite.thing
        yield from (thing.en, *thing.en_aliases, *thing.en_keywords)
        yield from (thing.zh, *thing.zh_aliases, *thing.zh_keywords)
    rng = random.Random("sayings")
    for each in plan(rng, sprites, 1000) + plan(rng, sprites, 1000):
        yield phrase(each.scene, sprites, "en", rng, say_backdrop=0.6, say_all=1.0)
        yield phrase(each.scene, sprites, "zh", rng, say_backdrop=0.6, say_all=1.0)


def _english(captions: Iterable[str]) -> Iterator[str]:
    taken = {word for text in captions for word in re.findall(r"[a-z']+", text.lower())}
    taken = (taken | EVALUATION_WORDS) - FUNCTION_WORDS
    for word in top_n_list("en", FREQUENT):
        spellings = {word, word.removesuffix("s"), word.removesuffix("es"), f"{word}s"}
        if _ENGLISH.fullmatch(word) and not spellings & taken:
            yield word


def _chinese(captions: Iterable[str]) -> Iterator[str]:
    names = {run for text in captions for run in _CHINESE.findall(text)}
    # Long runs are whole captions; the names in them are in the set by themselves.
    taken = {part for name in names if len(name) <= 6 for part in _parts(name)}
    single = {name for name in names if len(name) == 1}
    for word in top_n_list("zh", FREQUENT):
        characters = set(word)
        if not _CHINESE.fullmatch(word) or characters & (EVALUATION_CHARACTERS | single):
            continue
        if word not in taken:
            yield word


def _parts(name: str) -> Iterator[str]:
    return (name[i:j] for i in range(len(name)) for j in range(i + 1, len(name) + 1))

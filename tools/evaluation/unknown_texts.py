"""Questions without an answer: none of their words is in the vocabulary of the scenes."""

import gzip
import json
import random
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tools.scenes.captions import Language
from tools.scenes.colours import COLOURS
from tools.scenes.settings import SETTINGS
from tools.scenes.vocabulary import Thing

SEED = "unknown texts"
WORDS, PHRASES = 200, 100
# Ranks by frequency: the commonest words are "about" and "which", the rarest are misspelt.
COMMONEST, RAREST = 1_000, 30_000

HANDWRITTEN: dict[Language, tuple[str, ...]] = {
    "en": (
        "quarterly tax report", "derailleur adjustment", "monetary policy", "Kubernetes ingress",
        "quantum chromodynamics", "subordinated debenture", "statutory instrument 1987",
        "Wolfgang Amadeus Mozart", "Immanuel Kant", "Margaret Thatcher", "Niels Bohr",
        "Kierkegaard", "Gdansk", "Wolverhampton", "Ouagadougou", "Deutsche Bundesbank",
        "asynchronous garbage collection", "semantic versioning", "eigenvalue decomposition",
        "habeas corpus", "collateralised obligations", "peer review", "cognitive dissonance",
        "impressionism", "Gothic revival", "jurisprudence", "hermeneutics", "inflation forecast",
        "asdfghjkl", "qwertyuiop", "xkcd zzzt", "lorem ipsum dolor", "foo bar baz", "3.1415926",
    ),
    "zh": (
        "季度税务报告", "变速器调校", "量子色动力学", "宏观经济政策", "微服务架构", "康德",
        "撒切尔夫人", "索尔仁尼琴", "认知失调", "解释学", "通货膨胀预测", "人身保护令",
        "特征值分解", "垃圾回收机制", "语义版本", "次级债券", "同行评审", "存在主义", "印象派",
        "知识产权诉讼", "供应链金融", "马克思主义", "辩证法", "乌兰巴托", "哥本哈根诠释", "伏尔泰",
        "黑格尔", "莎士比亚", "肖斯塔科维奇", "异步编程", "反垄断审查", "绩效考核", "股权激励",
    ),
}  # fmt: skip


def unknown_texts(things: Sequence[Thing], packages: Path) -> dict[Language, dict[str, list[str]]]:
    """Texts written by hand, single words of a dictionary, and several words, for each language.

    ``packages`` is a folder with pyspellchecker and jieba. Only their word lists are read.
    """
    rng = random.Random(SEED)
    english, chinese = _english_known(things), _chinese_known(things)
    packed = (packages / "spellchecker/resources/en.json.gz").read_bytes()
    common = json.loads(gzip.decompress(packed))
    en = [
        word
        for word in sorted(common, key=common.__getitem__, reverse=True)[COMMONEST:RAREST]
        if word.isalpha() and len(word) > 4 and not english & _stems(word)
    ]
    lines = (packages / "jieba/dict.txt").read_text(encoding="utf-8").splitlines()
    entries = sorted((line.split() for line in lines), key=lambda entry: -int(entry[1]))
    zh = [
        word
        for word, *_ in entries[COMMONEST:RAREST]
        if re.fullmatch("[\u4e00-\u9fff]{2,}", word) and not _holds(word, chinese)
    ]
    return {
        "en": {
            "by hand": [
                t for t in HANDWRITTEN["en"] if not any(_stems(w) & english for w in t.split())
            ],
            "a word": rng.sample(en, WORDS),
            "three words": [" ".join(rng.sample(en, 3)) for _ in range(PHRASES)],
        },
        "zh": {
            "by hand": [text for text in HANDWRITTEN["zh"] if not _holds(text, chinese)],
            "a word": rng.sample(zh, WORDS),
            "two words": ["".join(rng.sample(zh, 2)) for _ in range(PHRASES)],
        },
    }


def _english_known(things: Sequence[Thing]) -> set[str]:
    phrases: list[str] = [colour.en for colour in COLOURS]
    phrases += [phrase for setting in SETTINGS for phrase in (*setting.en, setting.en_alone)]
    for thing in things:
        phrases += (thing.en, *thing.en_aliases, *thing.en_keywords)
    words = re.findall(r"[a-z]+", " ".join(phrases).lower())
    return {stem for word in words for stem in _stems(word)}


def _stems(word: str) -> set[str]:
    """The word without each possible ending: "baking", "baker" and "bake" share a stem."""
    word = word.lower()
    return {word, *(word.removesuffix(end) for end in ("s", "es", "e", "ing", "er", "ed", "y"))}


def _chinese_known(things: Sequence[Thing]) -> set[str]:
    words: list[str] = [
        phrase for setting in SETTINGS for phrase in (*setting.zh, setting.zh_alone)
    ]
    for thing in things:
        words += (thing.zh, *thing.zh_aliases, *thing.zh_keywords)
    return set(words) - {""}


def _holds(text: str, known: Iterable[str]) -> bool:
    return any(word in text for word in known)

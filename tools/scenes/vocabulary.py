"""Decides which things are drawn, and every word either language has for them."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import emoji
from emoji import unicode_codes

from tools.scenes.everyday_names import EVERYDAY
from tools.scenes.measure_words import measure_word

CLDR = Path("/usr/share/unicode/cldr/common")  # Debian: unicode-cldr-core

FULLY_QUALIFIED = 2
# A keyword that many things share ("food", "face") says little about any one of them.
KEYWORD_SHARED_BY_AT_MOST = 8
LONGEST_KEYWORD = 24

SKIN_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
REGIONAL = range(0x1F1E6, 0x1F200)
# Variants of another glyph at 96 pixels, or signs that cannot be told apart there.
LEFT_OUT = re.compile(
    r"button|\barrows?\b|keycap|(medium|small) square|medium-small|-thirty$|o'clock$"
    r"|facing right$|^family "
    r"|bunny ears|wrestling|^person .*(hair|bald)|holding hands$|^(wo)?m[ae]n .*(holding|and)"
)
GENDERED = re.compile(r"\b(wo)?m[ae]n\b")


@dataclass(frozen=True, slots=True)
class Thing:
    """`en`, `zh` are the names shown; `*_aliases` mean the same, `*_keywords` only suggest it."""

    glyph: str
    en: str
    zh: str
    en_aliases: tuple[str, ...]
    zh_aliases: tuple[str, ...]
    en_keywords: tuple[str, ...]
    zh_keywords: tuple[str, ...]
    measure: str


def is_flag(glyph: str) -> bool:
    return len(glyph) == 2 and all(ord(char) in REGIONAL for char in glyph)


def _plain(short_name: str) -> str:
    return short_name.strip(":").replace("_", " ").replace("’", "'")


def _alias(short_name: str) -> str:
    return re.sub(r"\d+$", "", _plain(short_name).replace("-", " ")).strip().lower()


def _wanted(glyph: str, name: str) -> bool:
    if SKIN_TONE.search(glyph) or LEFT_OUT.search(name.lower()):
        return False
    return not ("\u200d" in glyph and GENDERED.search(name.lower()))


def cldr_keywords(language: str, folder: Path = CLDR) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in ("annotations", "annotationsDerived"):
        # Debian's own data file, not input from outside.
        root = ElementTree.parse(folder / part / f"{language}.xml").getroot()  # noqa: S314
        for node in root.iter("annotation"):
            glyph = (node.get("cp") or "").replace("\ufe0f", "")
            words = [word.strip() for word in (node.text or "").split("|")]
            found.setdefault(glyph, []).extend(words)
    return found


def _telling(words: dict[str, list[str]], glyphs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    chosen = {glyph: words.get(glyph.replace("\ufe0f", ""), []) for glyph in glyphs}
    shared = Counter(word for found in chosen.values() for word in set(found))
    return {
        glyph: tuple(
            dict.fromkeys(
                word
                for word in found
                if shared[word] <= KEYWORD_SHARED_BY_AT_MOST
                and len(word) <= LONGEST_KEYWORD
                and ":" not in word
            )
        )
        for glyph, found in chosen.items()
    }


def _names() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    unicode_codes.load_from_json("zh")
    found: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for glyph, data in emoji.EMOJI_DATA.items():
        en = _plain(data["en"])
        if data["status"] != FULLY_QUALIFIED or "zh" not in data or not _wanted(glyph, en):
            continue
        zh = _plain(data["zh"]).replace(" ", "")
        aliases = tuple(_alias(alias) for alias in data.get("alias", ()))
        if is_flag(glyph):
            en, zh, aliases = f"flag of {en}", f"{zh}国旗", (en, f"{en} flag", zh)
        found[glyph] = (en, zh, aliases)
    return found


def load_things(cldr: Path = CLDR) -> list[Thing]:
    """Every thing in the order of the `emoji` package, whether or not a font can draw it."""
    names = _names()
    en_words = _telling(cldr_keywords("en", cldr), names)
    zh_all = cldr_keywords("zh", cldr)
    zh_words = _telling(zh_all, names)
    things = []
    for glyph, (en, zh, aliases) in names.items():
        more_en, more_zh = EVERYDAY.get(en, ((), ()))
        if is_flag(glyph):
            aliases, more_zh = aliases[:2], (aliases[2], f"{aliases[2]}旗")
        things.append(
            Thing(
                glyph=glyph,
                en=en,
                zh=zh,
                en_aliases=tuple(dict.fromkeys(w for w in (*more_en, *aliases) if w and w != en)),
                zh_aliases=tuple(dict.fromkeys(word for word in more_zh if word != zh)),
                en_keywords=en_words[glyph],
                zh_keywords=zh_words[glyph],
                measure=measure_word(zh, zh_all.get(glyph.replace("\ufe0f", ""), [])),
            )
        )
    return things

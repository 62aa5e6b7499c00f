"""The things that are drawn, and their names in both languages."""

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
# Keywords that more things share ("food", "face") say too little about each of them.
KEYWORD_SHARED_BY_AT_MOST = 8
LONGEST_KEYWORD = 24

SKIN_TONE = re.compile("[\U0001f3fb-\U0001f3ff]")
REGIONAL = range(0x1F1E6, 0x1F200)
# Glyphs that look like another one at 96 pixels.
LEFT_OUT = re.compile(
    r"button|\barrows?\b|keycap|(medium|small) square|medium-small|-thirty$|o'clock$"
    r"|facing right$|^family "
    r"|bunny ears|wrestling|^person .*(hair|bald)|holding hands$|^(wo)?m[ae]n .*(holding|and)"
)
GENDERED = re.compile(r"\b(wo)?m[ae]n\b")


@dataclass(frozen=True, slots=True)
class Thing:
    """`en` and `zh` are names, `*_aliases` are synonyms, `*_keywords` are related words."""

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


def _is_drawn(glyph: str, name: str) -> bool:
    if SKIN_TONE.search(glyph) or LEFT_OUT.search(name.lower()):
        return False
    return not ("\u200d" in glyph and GENDERED.search(name.lower()))


def cldr_keywords(language: str, folder: Path = CLDR) -> dict[str, list[str]]:
    keywords: dict[str, list[str]] = {}
    for part in ("annotations", "annotationsDerived"):
        # The file is part of a Debian package, so it can be trusted.
        root = ElementTree.parse(folder / part / f"{language}.xml").getroot()  # noqa: S314
        for node in root.iter("annotation"):
            glyph = (node.get("cp") or "").replace("\ufe0f", "")
            words = [word.strip() for word in (node.text or "").split("|")]
            keywords.setdefault(glyph, []).extend(words)
    return keywords


def _specific(words: dict[str, list[str]], glyphs: Iterable[str]) -> dict[str, tuple[str, ...]]:
    chosen = {glyph: words.get(glyph.replace("\ufe0f", ""), []) for glyph in glyphs}
    shared = Counter(word for own in chosen.values() for word in set(own))
    return {
        glyph: tuple(
            dict.fromkeys(
                word
                for word in own
                if shared[word] <= KEYWORD_SHARED_BY_AT_MOST
                and len(word) <= LONGEST_KEYWORD
                and ":" not in word
            )
        )
        for glyph, own in chosen.items()
    }


def _names() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    unicode_codes.load_from_json("zh")
    names: dict[str, tuple[str, str, tuple[str, ...]]] = {}
    for glyph, data in emoji.EMOJI_DATA.items():
        en = _plain(data["en"])
        if data["status"] != FULLY_QUALIFIED or "zh" not in data or not _is_drawn(glyph, en):
            continue
        zh = _plain(data["zh"]).replace(" ", "")
        aliases = tuple(_alias(alias) for alias in data.get("alias", ()))
        if is_flag(glyph):
            en, zh, aliases = f"flag of {en}", f"{zh}国旗", (en, f"{en} flag", zh)
        names[glyph] = (en, zh, aliases)
    return names


def load_things(cldr: Path = CLDR) -> list[Thing]:
    """All things in the order of the `emoji` package, including those the font cannot draw."""
    names = _names()
    en_words = _specific(cldr_keywords("en", cldr), names)
    zh_all = cldr_keywords("zh", cldr)
    zh_words = _specific(zh_all, names)
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

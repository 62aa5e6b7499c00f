"""Describe a scene in English or Chinese, with a random choice of words."""

import random
from collections.abc import Sequence
from typing import Literal

from tools.scenes.colours import COLOURS
from tools.scenes.english import counted, with_article
from tools.scenes.measure_words import ALL as MEASURES
from tools.scenes.query_phrases import as_query
from tools.scenes.scene import Scene
from tools.scenes.settings import BY_KEY
from tools.scenes.sprites import Sprite
from tools.scenes.vocabulary import Thing

Language = Literal["en", "zh"]

CHINESE_NUMBERS = {2: "两", 3: "三", 4: "四"}
ALIAS_CHANCE, KEYWORD_CHANCE = 0.30, 0.22
EN_ON_COLOUR = (
    "{} on {background}",
    "{} on {c}",
    "{} in front of {background}",
    "{}, {c} background",
    "{} with {background}",
    "{} against {background}",
)
ZH_ON_COLOUR = (
    "{c}背景上的{}",
    "{c}背景的{}",
    "{c}背景前的{}",
    "{}，{c}背景",
    "{c}底的{}",
    "{c}背景中的{}",
)
# {0} is above {1}, or to the left of it.
RELATIONS: dict[tuple[Language, str], tuple[str, ...]] = {
    ("en", "above"): ("{0} above {1}", "{1} below {0}", "{0} over {1}", "{1} under {0}"),
    ("en", "beside"): (
        "{0} next to {1}",
        "{1} beside {0}",
        "{0} to the left of {1}",
        "{1} to the right of {0}",
    ),
    ("zh", "above"): ("{1}上面的{0}", "{0}下面的{1}", "{0}在{1}上面", "{0}在{1}上方"),
    ("zh", "beside"): ("{0}旁边的{1}", "{0}在{1}旁边", "{0}在{1}左边", "{1}在{0}右边"),
}
CONJUNCTIONS: dict[Language, tuple[str, ...]] = {
    "en": (" and ", " and ", " and ", " with ", ", ", " "),
    "zh": ("和", "和", "和", "与", "跟", "、", " "),
}


def name(thing: Thing, language: Language, rng: random.Random) -> str:
    main, aliases, keywords = (
        (thing.en, thing.en_aliases, thing.en_keywords)
        if language == "en"
        else (thing.zh, thing.zh_aliases, thing.zh_keywords)
    )
    drawn = rng.random()
    if aliases and drawn < ALIAS_CHANCE:
        return rng.choice(aliases)
    if keywords and drawn > 1 - KEYWORD_CHANCE:
        return rng.choice(keywords)
    return main


def _measure(thing: Thing, rng: random.Random) -> str:
    if rng.random() < 0.25:
        return rng.choice(MEASURES) if rng.random() < 0.5 else "个"
    return thing.measure


def _english(scene: Scene, named: Sequence[str], rng: random.Random) -> str:
    first = named[0]
    if scene.count > 1:
        digits = f"{scene.count} {counted(first, scene.count).split(' ', 1)[1]}"
        return rng.choice((counted(first, scene.count), counted(first, scene.count), digits))
    phrases = [with_article(each) if rng.random() < 0.75 else each for each in named]
    if len(phrases) == 1:
        return phrases[0]
    if len(phrases) > 2:
        return f"{', '.join(phrases[:-1])} and {phrases[-1]}"
    return _joined(scene, phrases, "en", rng)


def _chinese(
    scene: Scene, named: Sequence[str], measures: Sequence[str], rng: random.Random
) -> str:
    first = named[0]
    if scene.count > 1:
        number = CHINESE_NUMBERS[scene.count] if rng.random() < 0.85 else str(scene.count)
        return f"{number}{measures[0]}{first}"
    share = 0.3 if rng.random() < 0.8 else 1.0
    phrases = [
        f"一{measure}{each}" if rng.random() < share else each
        for each, measure in zip(named, measures, strict=True)
    ]
    if len(phrases) == 1:
        return phrases[0]
    if len(phrases) > 2:
        return f"{'、'.join(phrases[:-1])}和{phrases[-1]}"
    return _joined(scene, phrases, "zh", rng)


def _joined(scene: Scene, phrases: list[str], language: Language, rng: random.Random) -> str:
    """Two phrases, with words for the relation of the things or only with a conjunction."""
    for relation, chance in (("above", 0.7), ("beside", 0.3)):
        if scene.relation == relation and rng.random() < chance:
            return rng.choice(RELATIONS[language, relation]).format(*phrases)
    rng.shuffle(phrases)
    return rng.choice(CONJUNCTIONS[language]).join(phrases)


def backdrop_alone(scene: Scene, language: Language) -> str:
    backdrop = scene.backdrop
    if backdrop.setting is not None:
        setting = BY_KEY[backdrop.setting]
        return setting.en_alone if language == "en" else setting.zh_alone
    colour = COLOURS[backdrop.colour or 0]
    return with_article(f"{colour.en} background") if language == "en" else f"{colour.zh}色背景"


def on_backdrop(phrase: str, scene: Scene, language: Language, rng: random.Random) -> str:
    backdrop = scene.backdrop
    if backdrop.setting is not None:
        setting = BY_KEY[backdrop.setting]
        if language == "en":
            return f"{phrase} {rng.choice(setting.en)}"
        where = rng.choice(setting.zh)
        return f"{where}的{phrase}" if rng.random() < 0.85 else f"{phrase}在{where}"
    colour = COLOURS[backdrop.colour or 0]
    if language == "en":
        background = with_article(f"{colour.en} background")
        return rng.choice(EN_ON_COLOUR).format(phrase, c=colour.en, background=background)
    shade = f"{colour.zh}色" if rng.random() < 0.85 or colour.zh == "粉" else colour.zh
    return rng.choice(ZH_ON_COLOUR).format(phrase, c=shade)


def caption(
    scene: Scene,
    sprites: Sequence[Sprite],
    language: Language,
    rng: random.Random,
    *,
    say_backdrop: float = 0.35,
    say_all: float = 0.85,
) -> str:
    """Like `phrase`, but often inside a query such as "show me ..."."""
    plain = phrase(scene, sprites, language, rng, say_backdrop=say_backdrop, say_all=say_all)
    return as_query(plain, language == "zh", rng)


def phrase(
    scene: Scene,
    sprites: Sequence[Sprite],
    language: Language,
    rng: random.Random,
    *,
    say_backdrop: float,
    say_all: float,
) -> str:
    """`say_backdrop` is the chance that the backdrop is named, `say_all` that every thing is."""
    things = [sprites[index].thing for index in scene.things]
    if len(things) > 1 and rng.random() > say_all:
        things = [rng.choice(things)]
    named = [name(thing, language, rng) for thing in things]
    if language == "en":
        text = _english(scene, named, rng)
    else:
        text = _chinese(scene, named, [_measure(thing, rng) for thing in things], rng)
    return on_backdrop(text, scene, language, rng) if rng.random() < say_backdrop else text

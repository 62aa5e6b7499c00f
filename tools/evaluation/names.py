"""Questions about scenes with one thing, by all the names of the thing."""

from collections import Counter
from collections.abc import Callable, Sequence

from tools.evaluation.questions import SEED, Exam, Question
from tools.scenes.captions import Language
from tools.scenes.english import with_article
from tools.scenes.heldout import single_scenes
from tools.scenes.sprites import Sprite
from tools.scenes.vocabulary import Thing

MAX_ANSWERS = 3
# No training caption uses these phrases.
UNFAMILIAR: dict[Language, tuple[str, ...]] = {
    "en": ("could you find me {}?", "I am looking for {}", "my favourite shot of {}"),
    "zh": ("帮我找一下{}", "哪里能看到{}", "我想看{}"),
}


def single_things(sprites: Sequence[Sprite]) -> Exam:
    english, chinese = _rows(sprites, "en"), _rows(sprites, "zh")
    questions = {f"English, {row}": of_row for row, of_row in english.items()}
    questions |= {f"Chinese, {row}": of_row for row, of_row in chinese.items()}
    title = f"{len(sprites)} scenes, one thing each"
    return Exam(title, single_scenes(len(sprites), SEED), questions)


def _rows(sprites: Sequence[Sprite], language: Language) -> dict[str, list[Question]]:
    frame = "a picture of {}" if language == "en" else "{}的图片"
    unfamiliar = UNFAMILIAR[language]
    known = Counter(word.lower() for sprite in sprites for word in _own(sprite.thing, language))

    def name(thing: Thing) -> str:
        return with_article(thing.en) if language == "en" else thing.zh

    def synonym(thing: Thing) -> str | None:
        """A synonym that no other thing has: seven things are a "flower"."""
        main, *others = _own(thing, language)
        return next((word for word in others if known[word.lower()] == 1 and word != main), None)

    def unfamiliar_phrase(thing: Thing) -> str:
        return unfamiliar[sum(map(ord, thing.glyph)) % len(unfamiliar)].format(name(thing))

    return {
        "name": _each(sprites, lambda thing: _own(thing, language)[0]),
        frame.replace("{}", "..."): _each(sprites, lambda thing: frame.format(name(thing))),
        "phrasings not used for training": _each(sprites, unfamiliar_phrase),
        "synonym": _each(sprites, synonym),
        "CLDR keyword": _keywords(sprites, language, set(known)),
    }


def _own(thing: Thing, language: Language) -> tuple[str, ...]:
    """The name of the thing, then its synonyms."""
    if language == "en":
        return (thing.en, *thing.en_aliases)
    return (thing.zh, *thing.zh_aliases)


def _each(sprites: Sequence[Sprite], phrase: Callable[[Thing], str | None]) -> list[Question]:
    texts = ((phrase(sprite.thing), index) for index, sprite in enumerate(sprites))
    return [Question(text, (index,)) for text, index in texts if text is not None]


def _keywords(sprites: Sequence[Sprite], language: Language, known: set[str]) -> list[Question]:
    """Each keyword of the Unicode CLDR that is not a name or synonym of any thing, once."""
    meant: dict[str, list[int]] = {}
    for index, sprite in enumerate(sprites):
        thing = sprite.thing
        for word in thing.en_keywords if language == "en" else thing.zh_keywords:
            meant.setdefault(word.lower(), []).append(index)
    return [
        Question(word, tuple(answers))
        for word, answers in sorted(meant.items())
        if word not in known and len(answers) <= MAX_ANSWERS
    ]

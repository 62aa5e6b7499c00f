"""Titles and captions of the demo pictures in both languages."""

import re
from dataclasses import dataclass

from tools.demo.cast import CAST, Member
from tools.demo.recipes import Recipe
from tools.scenes.captions import CHINESE_NUMBERS
from tools.scenes.colours import COLOURS
from tools.scenes.english import counted, with_article
from tools.scenes.settings import BY_KEY, Setting

ALWAYS_THE = {"sun": "the sun", "moon": "the moon", "globe": "the Earth"}


@dataclass(frozen=True, slots=True)
class Texts:
    title_en: str
    title_zh: str
    caption_en: str
    caption_zh: str


def split_count(actor: str) -> tuple[int, Member]:
    match = re.fullmatch(r"(?:(\d) )?(.+)", actor)
    assert match is not None  # noqa: S101 - the pattern matches any name
    return int(match[1] or 1), CAST[match[2]]


def _english(actor: str) -> str:
    count, member = split_count(actor)
    if member.en in ALWAYS_THE:
        return ALWAYS_THE[member.en]
    return counted(member.en, count) if count > 1 else with_article(member.en)


def _chinese(actor: str, *, bare: bool) -> str:
    count, member = split_count(actor)
    if count > 1:
        return f"{CHINESE_NUMBERS[count]}{member.measure}{member.zh}"
    return member.zh if bare or member.en in ALWAYS_THE else f"一{member.measure}{member.zh}"


def _list_en(actors: tuple[str, ...]) -> str:
    return " and ".join(_english(actor) for actor in actors)


def _list_zh(actors: tuple[str, ...], *, bare: bool) -> str:
    return "和".join(_chinese(actor, bare=bare) for actor in actors)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _in_setting(recipe: Recipe, setting: Setting) -> Texts:
    title_en = f"{_list_en(recipe.actors)} {setting.en[0]}"
    caption_en, caption_zh = title_en, f"{setting.zh[0]}有{_list_zh(recipe.actors, bare=False)}"
    if recipe.props:
        caption_en += f", with {_list_en(recipe.props)} nearby"
        caption_zh += f"，旁边有{_list_zh(recipe.props, bare=False)}"
    if recipe.sky:
        floating = setting.key == "space"
        caption_en += f", {_list_en(recipe.sky)} {'behind' if floating else 'in the sky'}"
        caption_zh += f"，{'远处' if floating else '天上'}有{_list_zh(recipe.sky, bare=False)}"
    return Texts(
        _capital(title_en),
        f"{setting.zh[0]}的{_list_zh(recipe.actors, bare=True)}",
        f"{_capital(caption_en)}.",
        f"{caption_zh}。",
    )


def texts_of(recipe: Recipe) -> Texts:
    if recipe.backdrop in BY_KEY:
        return _in_setting(recipe, BY_KEY[recipe.backdrop])
    colour = next(colour for colour in COLOURS if colour.en == recipe.backdrop)
    actors = _list_en(recipe.actors)
    return Texts(
        _capital(f"{actors} on {with_article(f'{colour.en} background')}"),
        f"{colour.zh}色背景上的{_list_zh(recipe.actors, bare=True)}",
        _capital(f"{actors} in front of a plain {colour.en} wall of colour."),
        f"一片{colour.zh}色前面有{_list_zh(recipe.actors, bare=False)}。",
    )

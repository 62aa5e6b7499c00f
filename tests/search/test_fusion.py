"""One ranking from meaning and words."""

from __future__ import annotations

import uuid
from typing import Any

from gallery.search.fusion import fuse
from gallery.search.lexical import LexicalMatch
from gallery.search.query import Reason

CAPTION = (Reason.CAPTION,)
KEYS = [uuid.UUID(int=number) for number in range(60)]
MEANING = [(key, 0.9 - index / 100) for index, key in enumerate(KEYS[:50])]


def match(number: int, **fields: Any) -> LexicalMatch:
    values = {"rank": 1.0, "reasons": (Reason.TITLE,), "exact": False, **fields}
    return LexicalMatch(KEYS[number], **values)


def order(*matches: LexicalMatch) -> list[int]:
    return [candidate.image_id.int for candidate in fuse(MEANING, matches)]


def test_without_matches_the_meaning_decides() -> None:
    assert order() == list(range(50))


def test_without_meaning_the_words_decide() -> None:
    candidates = fuse([], [match(3), match(1)])
    assert [(row.image_id.int, row.similarity) for row in candidates] == [(3, None), (1, None)]


def test_every_image_comes_once() -> None:
    assert sorted(order(match(3), match(55))) == [*range(50), 55]


def test_whole_titles_come_before_phrases() -> None:
    phrase, whole = match(1, exact=True), match(55, exact=True, whole=True)
    assert order(phrase, whole)[:3] == [55, 1, 0]


def test_an_image_in_both_rankings_moves_up() -> None:
    assert order(match(9))[0] == 9


def test_few_of_the_words_move_little() -> None:
    assert order(match(20, coverage=0.2)).index(20) > 15
    assert order(match(55, coverage=0.2)).index(55) == 50


def test_the_camera_counts_less_than_the_title() -> None:
    camera = match(7, reasons=(Reason.CAMERA,))
    assert order(camera, match(9))[:2] == [9, 7]
    assert order(match(7), match(9))[:2] == [7, 9]


def test_chance_words_of_captions_displace_little() -> None:
    ranking = order(*(match(number, reasons=CAPTION) for number in (31, 55, 49)))
    assert ranking[:7] == list(range(7))
    assert {31, 55, 49} < set(ranking[7:14])


def test_captions_that_agree_with_the_meaning_count() -> None:
    assert set(order(match(5, reasons=CAPTION), match(3, reasons=CAPTION))[:2]) == {3, 5}


def test_a_title_counts_whatever_the_meaning_is() -> None:
    assert order(match(30), match(55, reasons=CAPTION), match(49, reasons=CAPTION))[0] == 30


def test_a_caption_with_few_of_the_words_stays() -> None:
    assert order(match(55, reasons=CAPTION, coverage=0.5)).index(55) > 30


def test_a_hit_says_why() -> None:
    both, words, meaning = (fuse(MEANING[:2], [match(0), match(55)])[index] for index in (0, 2, 1))
    assert both.reasons == (Reason.TITLE, Reason.MEANING)
    assert (words.reasons, words.similarity) == ((Reason.TITLE,), None)
    assert meaning.reasons == (Reason.MEANING,)

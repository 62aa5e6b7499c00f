"""Sentences become filters, and only where the words cannot mean anything else."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.intent.cases import NOW, FixedNames
from gallery.search.checks import check
from gallery.search.intent import Intent, Kind, applied, understand
from gallery.search.query import Mode, Order, SearchQuery
from gallery.search.syntax import parse

SENTENCE = "find cute cats from last summer, not drawings, landscape"


class Strangers(FixedNames):
    """Nobody is logged in."""

    is_somebody = False


def read(text: str, *as_text: str) -> Intent:
    return understand(text, now=NOW, names=FixedNames(), as_text=as_text)


def operators(text: str) -> list[str]:
    return [part.operator for part in read(text).parts if part.operator]


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("cats from the summer of 2019", "date:2019-06..2019-08"),
        ("cats from 2019 to 2021", "date:2019..2021"),
        ("cats last friday", "date:2026-05-15"),
        ("cats, May 5th, 2021", "date:2021-05-05"),
        ("cats after christmas 2020", "date:>2020-12-26"),
        ("cats uploaded in the last two weeks", 'uploaded:"last 2 weeks"'),
        ("上周五的猫", "date:2026-05-15"),
        ("去年五一的猫", "date:2025-05-01..2025-05-05"),
        ("二〇一九年以前的猫", "date:<2019"),
        ("两年前的猫", "date:2024"),
        ("cats in the last year", 'date:"last 1 year"'),
        ("今年春天的猫", "date:2026-03..2026-05"),
        ("cats from last night", "date:2026-05-19..2026-05-20"),
        ("昨晚拍的猫", "date:2026-05-19..2026-05-20"),
        ("cats 10-12 May", "date:2026-05-10..2026-05-12"),
        ("cats between 25 and 27 May", "date:2025-05-25..2025-05-27"),
        ("cats May 10–12, 2021", "date:2021-05-10..2021-05-12"),
        ("cats from 3rd to 5th June 2021", "date:2021-06-03..2021-06-05"),
        ("5月10日到12日的猫", "date:2026-05-10..2026-05-12"),
        ("2021年5月30日至6月2日拍的猫", "date:2021-05-30..2021-06-02"),
        ("去年5月10号到12号的猫", "date:2025-05-10..2025-05-12"),
    ],
)
def test_dates_are_understood(text: str, operator: str) -> None:
    assert operators(text) == [operator]
    assert read(text).text in ("cats", "猫")


@pytest.mark.parametrize(
    ("today", "text", "operator"),
    [
        ((2026, 5, 11), "cats 10-12 May", "date:2026-05-10..2026-05-12"),
        ((2026, 5, 11), "cats between May 10 and 12", "date:2026-05-10..2026-05-12"),
        ((2026, 5, 9), "cats 10-12 May", "date:2025-05-10..2025-05-12"),
        ((2026, 5, 11), "5月10日到12日的猫", "date:2026-05-10..2026-05-12"),
        ((2026, 5, 9), "5月10日到12日的猫", "date:2025-05-10..2025-05-12"),
        ((2026, 6, 15), "cats between May and July 2026", "date:2026-05..2026-07"),
        ((2026, 6, 15), "2026年5月到7月的猫", "date:2026-05..2026-07"),
        ((2026, 4, 15), "cats between May and July 2026", None),
        ((2026, 6, 15), "cats between May and July", "date:2026-05..2026-07"),
        ((2026, 4, 15), "cats between May and July", "date:2025-05..2025-07"),
        ((2026, 6, 15), "cats from November to February", "date:2025-11..2026-02"),
        ((2026, 6, 15), "cats from November to February 2021", "date:2020-11..2021-02"),
        ((2026, 6, 15), "cats from May to yesterday", "date:2026-05-01..2026-06-14"),
    ],
)
def test_a_period_may_end_in_the_future(
    today: tuple[int, int, int], text: str, operator: str | None
) -> None:
    now = datetime(*today, 12, tzinfo=NOW.tzinfo)
    parts = understand(text, now=now, names=FixedNames()).parts
    assert [part.operator for part in parts if part.operator] == ([operator] if operator else [])


@pytest.mark.parametrize(
    "text",
    [
        "ages 10-12 may vary", "last night in paris", "12-10 May",
        "may in the garden", "letter from april", "march of the penguins",
        "yesterday by the beatles", "usa today newspaper",
        "photos from 2031", "cats in 2020 and 2021", "the last unicorn",
        "christmas 2019 or christmas 2020", "a lake in summer", "上上周的照片", "三月的桃花",
    ],
)  # fmt: skip
def test_names_and_lists_are_no_dates(text: str) -> None:
    assert read(text).parts == ()
    assert read(text).text == text


def test_days_begin_in_the_time_zone_of_the_person() -> None:
    moment = datetime(2026, 5, 20, 23, 30, tzinfo=ZoneInfo("UTC"))
    for zone, day in (("UTC", 19), ("Asia/Shanghai", 20)):
        now = moment.astimezone(ZoneInfo(zone))
        conditions = understand("cats from yesterday", now=now, names=FixedNames()).conditions
        assert conditions.dated_after == datetime(2026, 5, day, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    "text",
    [
        "people without borders", "no parking sign", "by night", "taken with one hand",
        "photos from ann and bob", "三张脸的照片", "最新的手机", "my dog", "我的狗",
        "no dogs allowed", "a girl with my iphone", "logo.png",
        "https://example.com/last-summer.png", "mountains, lake, landscape",
    ],
)  # fmt: skip
def test_ambiguous_words_stay_text(text: str) -> None:
    assert read(text).text == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pictures I uploaded yesterday", ["is:mine", "uploaded:2026-05-19"]),
        ("photos taken in 2022 with a nikon", ["date:2022", "camera:nikon"]),
        ("all my jpegs", ["is:mine", "format:jpeg"]),
        ("我去年拍的照片", ["is:mine", "date:2025"]),
        ("我上传的png或者jpg", ["is:mine", "format:png,jpg"]),
        ("cats by ann, not tagged drawing", ["owner:ann", "-tag:drawing"]),
        ("photos by ann of cats and dogs", ["owner:ann"]),
    ],
)
def test_names_and_files_are_understood(text: str, expected: list[str]) -> None:
    assert operators(text) == expected


def test_a_festival_is_no_season() -> None:
    for text in ("lanterns, spring festival 2023", "last spring festival", "spring break 2021"):
        assert (operators(text), read(text).text) == ([], text)
    assert (operators("今年春节"), read("今年春节").text) == (["date:2026"], "春节")


def test_a_stranger_has_no_pictures() -> None:
    intent = understand("my pictures of boats", now=NOW, names=Strangers())
    assert intent.text == "my pictures of boats"


def test_each_part_can_be_undone() -> None:
    intent = read(SENTENCE)
    sources = [part.source(SENTENCE) for part in intent.parts if part.kind is not Kind.FILLER]
    assert sources == ["from last summer", "not drawings", "landscape"]
    for source in sources:
        undone = read(SENTENCE, source)
        assert source in undone.text
        assert undone.undone == (source,)
        assert len(undone.parts) == len(intent.parts) - 1
    assert read(SENTENCE, *sources).text == SENTENCE.removeprefix("find ")


def test_typed_operators_win() -> None:
    intent = read("dogs in may 2021 date:2019")
    assert intent.text == "dogs in may 2021"
    assert intent.conditions == read("date:2019").conditions


def test_an_operator_of_the_same_value_changes_nothing() -> None:
    assert read(f"{SENTENCE} is:landscape").text == "cute cats"


@pytest.mark.parametrize(
    ("sentence", "facet", "expected"),
    [
        ("dogs tagged beach", "tag:holiday", ["tag:beach"]),
        ("dogs shot with my canon", 'camera:"Canon EOS R5"', ["camera:canon"]),
        ("pictures in blue tones of dogs", "colour:red", ["colour:blue"]),
        ("dogs, not landscape", "is:portrait", ["-is:landscape"]),
        ("dogs from last summer", "taken:2025-07", ["date:2025-06..2025-08"]),
    ],
)
def test_facets_keep_what_was_understood(sentence: str, facet: str, expected: list[str]) -> None:
    both = read(f"{sentence} {facet}")
    assert (operators(sentence), both.text) == (expected, "dogs")
    assert [part.operator for part in both.parts if part.operator] == expected
    assert both.conditions != read(sentence).conditions


def test_quotes_are_not_read() -> None:
    intent = read('"photos from last summer"')
    assert intent.phrases == ("photos from last summer",)
    assert intent.parts == ()


def test_words_alone_exclude_what_leads_away() -> None:
    query = applied(SearchQuery(mode=Mode.WORDS), read("cats, not drawings"))
    assert (query.text, query.excluded_words, query.terms) == ("cats", ("drawings",), ())


def test_filters_alone_exclude_what_leads_away() -> None:
    query = applied(SearchQuery(), read("photos from 2020 without people"))
    assert (query.text, query.excluded_words, query.terms) == ("", ("people",), ())


@pytest.mark.parametrize("mode", [Mode.ALL, Mode.WORDS])
def test_a_long_list_of_negations_is_searched(mode: Mode) -> None:
    sentence = "cats" + "".join(f", not thing{number}" for number in range(30))
    check(applied(SearchQuery(mode=mode), read(sentence)))


@pytest.mark.parametrize(
    "words", ["latest 20 pictures", "20 newest pictures", "the 20 newest photos"]
)
def test_order_and_number_are_understood(words: str) -> None:
    intent = read(f"{words} of the garden")
    assert (intent.order, intent.limit, intent.text) == (Order.NEWEST, 20, "the garden")


@pytest.mark.parametrize("text", ["0 pictures of cats", "0张猫的照片"])
def test_nobody_wants_no_pictures(text: str) -> None:
    assert read(text).parts == ()


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("最近３天的猫", 'date:"last 3 days"'),
        ("大于５mb的猫", "size:>5mb"),
        ("cats over ٣ mb", "size:>3mb"),
        ("ſquare photos of cats", "is:square"),
        ("cats from the last fıve days", 'date:"last 5 days"'),
        ("cats from chriſtmas 2020", "date:2020-12-24..2020-12-26"),
        ("cats from ｌａｓｔ ｓｕｍｍｅｒ", "date:2025-06..2025-08"),
    ],
)
def test_other_digits_and_letters_mean_the_same(text: str, operator: str) -> None:
    assert operators(text) == [operator]
    assert read(text).text in ("cats", "猫")


def test_words_and_names_stay_as_typed() -> None:
    intent = read("cats in ２０２０, not ılıca, #ılıca")
    assert [term.text for term in intent.terms] == ["ılıca"]
    assert intent.text == "cats #ılıca"


@pytest.mark.parametrize(
    "text",
    [
        "最近二三十天的照片", "最近十十天", "二三十年前的照片", "近3000年的文物", "1500年前的寺庙",
        "超过99999999万像素的图", "cats in 9999-12", "cats on 9999-12-31", "近零天的猫",
        "cats from the last 0 days",
    ],
)  # fmt: skip
def test_impossible_amounts_stay_text(text: str) -> None:
    assert read(text).text == text


_CHINESE = ["去年夏天", "没有", "除了", "不要", "十张", "照片", "小红", "拍的", "以外", "的", "，"]
_OTHERS = [
    "by",
    "ann",
    "2021",
    "may",
    "-x",
    '"',
    "owner:bob",
    "#beach",
    "tagged",
    "mostly",
    "10",
    ",",
]
_WORDS = st.sampled_from([*SENTENCE.split(), *_CHINESE, *_OTHERS, "pictures", "’s"])


@settings(max_examples=150, deadline=None)
@given(st.lists(_WORDS, max_size=14), st.sampled_from([" ", ""]))
def test_parts_lie_in_the_box_apart(words: list[str], between: str) -> None:
    box = between.join(words)
    intent = read(box)
    ends = [0, *(part.end for part in intent.parts)]
    assert all(end <= part.start for end, part in zip(ends, intent.parts, strict=False))
    assert ends[-1] <= len(box)
    assert all(intent.text.count(each) <= box.count(each) for each in set(intent.text) - {" "})


_AMOUNTS = st.tuples(
    st.sampled_from(
        ["最近", "近", "大于", "超过", "last ", "over ", "from the last ", "christmas "]
    ),
    st.one_of(
        st.text("0129٣५９二三十百〇两", min_size=1, max_size=5),
        st.sampled_from(["two", "fıve", "ſix", "fifty", "K"]),
    ),
    st.sampled_from(
        ["天", "年", "周前", "年前", "个月", "mb", "万像素", " days", " years ago", "年到"]
    ),
).map("".join)
_NAMES = [
    "ſquare",
    "photos",
    "用",
    "K400",
    "拍的",
    "taken with a",
    "by",
    "mıne",
    "标签是",
    "的",
    "前",
]
_PIECES = st.one_of(_AMOUNTS, _WORDS, st.sampled_from(_NAMES), st.text("İıſKßﬁ①²０", max_size=3))


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=10), st.sampled_from([" ", ""]))
def test_any_text_can_be_read_and_shown(pieces: list[str], between: str) -> None:
    box = between.join(pieces)
    for part in read(box).parts:
        sources = [operator.source for operator in parse(part.operator, now=NOW).operators]
        assert sources == ([part.operator] if part.operator else [])

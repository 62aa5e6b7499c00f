"""Which words of a picture a search finds, and in which order."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection

from gallery.ingest import change
from gallery.models import Image, TagState
from gallery.search.fusion import fuse
from gallery.search.lexical import LexicalMatch, lexical_matches
from gallery.search.query import Reason
from tests.builders import make_image, make_tag, tag_image
from tests.search.word_cases import make_cases

pytestmark = pytest.mark.django_db


SUPERUSER = User(username="root", is_superuser=True)


def matches(
    text: str, *, limit: int = 50, user: User | AnonymousUser | None = None
) -> list[LexicalMatch]:
    user = user or AnonymousUser()
    return lexical_matches(text, within=Image.objects.visible_to(user), user=user, limit=limit)


def ids(text: str) -> list[uuid.UUID]:
    return [match.image_id for match in matches(text)]


def test_exact_texts_come_first() -> None:
    cases = make_cases()
    for case in cases:
        others = [(other.image.pk, 0.9) for other in cases[:50] if other is not case]
        best = fuse(others, matches(case.text, user=SUPERUSER))[0]
        assert (best.image_id, best.exact) == (case.image.pk, True), case


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Grandma Huang 1987", "grandma"),
        ("Dogs running", "dog run"),
        ("A café in Zürich", "cafe zurich"),
        ("Cafe in Zurich", "CAFÉ"),
        ("The Who", "the who"),
        ("黄奶奶的生日", "奶奶"),
        ("黄奶奶的生日", "日"),
        ("黄奶奶 1987 birthday", "birthday 黄奶奶"),
        ("海边有一只狗", "海边的狗"),
        ("ラーメン", "ﾗｰﾒﾝ"),
        ("한국어 수업", "수업"),
        ("วันเกิดของยาย", "วันเกิด"),
        ("Party 🎂", "🎂"),
        ("Thumbs up 👍🏽", "👍"),
        ("Birthday cake", "birthd"),
        ("Running water", "runni"),
        ("iPhone15 photo", "iphone 15"),
        ("???", "???"),
        ("海边的狗", "海"),
        ("iPhone 照片", "照片iphone"),
        ("Canon 5D", "ＣＡＮＯＮ　５ｄ"),
        ("O'Brien's well-known dogs", "o’brien well known"),
        ("Grandma Huang 1987", '"huang 1987'),
        ("Paper A4", "a4"),
        ("🎂🎉", "🎂🎉"),
    ],
)
def test_a_title_is_found_by_its_words(title: str, text: str) -> None:
    image = make_image(title=title)
    make_image(title="Something else 其他")
    assert ids(text) == [image.pk]


@pytest.mark.parametrize("text", ["IMG_2024-06-01.JPG", "img_2024-06-01", "img 2024 06 01 jpg"])
def test_a_file_name_with_a_date_is_exact(text: str) -> None:
    image = make_image(file_name="IMG_2024-06-01.JPG")
    make_image(file_name="IMG_2024-06-02.JPG")
    best = matches(text, user=SUPERUSER)[0]
    assert (best.image_id, best.whole) == (image.pk, True)


@pytest.mark.parametrize("text", ["beach", "huang", "beachhuang", "2041", "img2041", "beach huang"])
def test_a_file_name_is_found_by_its_parts(text: str) -> None:
    make_image(file_name="IMG_2041-beachHuang.jpg")
    [match] = matches(text, user=SUPERUSER)
    assert match.reasons == (Reason.FILE_NAME,)


def test_each_match_names_its_fields() -> None:
    image = make_image(
        title="Dog", caption="A dog.", file_name="dog.jpg", camera="Dog", metadata={"a": ["dog"]}
    )
    tag_image(image, make_tag("dog"))
    [match] = matches("dog", user=SUPERUSER)
    assert set(match.reasons) == set(Reason) - {Reason.MEANING}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"lens": "XF 35mm F2"}, Reason.CAMERA),
        ({"camera": "FUJIFILM X100V"}, Reason.CAMERA),
        ({"metadata": {"shop": {"sizes": [44, "wide 35mm x100"]}}}, Reason.METADATA),
    ],
)
def test_camera_and_metadata_are_told_apart(fields: dict[str, Any], reason: Reason) -> None:
    make_image(**fields)
    [match] = matches("x100 35mm")
    assert match.reasons == (reason,)


@pytest.mark.parametrize("text", ["retriever", "RETRIEVERS golden", "寻回犬", "金毛 retriev"])
def test_a_tag_is_found_by_its_words(text: str) -> None:
    image = make_image()
    tag = make_tag("golden retriever", name_zh="金毛寻回犬")
    tag_image(make_image(), tag, state=TagState.SUGGESTED)
    row = tag_image(image, tag)
    [match] = matches(text)
    assert (match.image_id, match.reasons) == (image.pk, (Reason.TAGS,))
    row.delete()
    assert ids(text) == []


def test_tags_do_not_reach_the_last_position() -> None:
    image = make_image(metadata={"a": "word " * 1000})
    for number in range(100):
        tag_image(image, make_tag(f"tag {number} {'长' * 50}"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(p) FROM gallery_image, unnest(words), unnest(positions) AS p")
        assert cursor.fetchone()[0] < 16383
    assert ids("word") == [image.pk]


def test_images_with_all_words_come_first() -> None:
    some = make_image(title="Red door, red wall, red roof")
    both = make_image(title="Something", caption="A car, far away, next to something red")
    assert ids("red car") == [both.pk, some.pk]


def test_a_title_counts_more_than_a_caption() -> None:
    caption, title = make_image(caption="A lighthouse"), make_image(title="A lighthouse there")
    assert ids("lighthouse") == [title.pk, caption.pk]


def test_a_complete_word_comes_before_a_beginning() -> None:
    complete = make_image(caption="A car")
    begun = make_image(title="Carnival")
    assert ids("car") == [complete.pk, begun.pk]


def test_a_finished_word_is_no_beginning() -> None:
    make_image(title="Carnival")
    assert ids("car ") == []


def test_a_letter_before_a_number_counts() -> None:
    image = make_image(title="Paper A4")
    number = make_image(title="4 dogs", caption="A dog")
    assert {row.image_id: row.exact for row in matches("a4")} == {image.pk: True, number.pk: False}
    make_image(title="4 dogs")
    assert [row.coverage for row in matches("A4") if row.image_id != image.pk] == [1.0, 0.5]


def test_common_words_do_not_hide_a_picture() -> None:
    image = make_image(title="Lighthouse")
    assert ids("the lighthouse of them all") == [image.pk]


def test_one_word_of_a_caption_is_not_exact() -> None:
    make_image(caption="A dog in the snow")
    assert [match.exact for match in matches("dog")] == [False]
    assert [match.exact for match in matches("the SNOW")] == [False]
    assert [match.exact for match in matches("dog in the snow")] == [True]


@pytest.mark.parametrize("text", ["片1001号", "1001号", "看照片", "照片1001"])
def test_a_part_of_a_chinese_sentence_is_a_phrase(text: str) -> None:
    make_image(caption="我们看照片1001号。")
    [match] = matches(text)
    assert match.exact


def test_a_word_order_other_than_the_phrase_is_not_exact() -> None:
    make_image(title="Huang and grandma")
    assert [match.exact for match in matches("grandma huang")] == [False]


def test_the_share_of_matching_words_is_known() -> None:
    make_image(title="A red tractor")
    [match] = matches("red tractor on blue grass")
    assert match.coverage == 0.5


def test_a_changed_caption_is_found_at_once() -> None:
    image = make_image(caption="A lighthouse")
    change.edit(image, caption="A windmill")
    assert (ids("windmill"), ids("lighthouse")) == ([image.pk], [])


def test_images_of_others_do_not_match(owner: User, stranger: User) -> None:
    image = make_image(owner, title="Secret lighthouse", visibility="private")
    assert [match.image_id for match in matches("secret lighthouse", user=owner)] == [image.pk]
    assert matches("secret lighthouse", user=stranger) == []


def test_private_images_do_not_use_the_limit(owner: User) -> None:
    for _ in range(3):
        make_image(owner, title="Red car", visibility="private")
    image = make_image(title="Red door")
    assert [match.image_id for match in matches("red car", limit=2)] == [image.pk]


@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_the_best_matches_fill_the_limit(limit: int) -> None:
    titles = ("Red car at home", "Home of a red car", "A red car", "Home")
    images = [make_image(title=title) for title in titles]
    rows = matches("red car at home", limit=limit)
    assert [row.image_id for row in rows] == [image.pk for image in images][:limit]


def test_nobody_sees_anything_without_permission() -> None:
    make_image(title="Dog")
    within = Image.objects.none()
    assert lexical_matches("dog", within=within, user=SUPERUSER, limit=9) == []

"""The oldest and the newest pictures, and when pictures were uploaded."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.utils import translation

from gallery.models import Image
from tests.ask.conftest import MakeShown, ask, day


@pytest.fixture
def dated(make_shown: MakeShown, owner: User, stranger: User) -> dict[str, Image]:
    """The order of the uploads is not that of the dates taken."""
    images = {}
    for title, taken, uploaded in (("new", 2023, 2024), ("old", 2019, 2025), ("mid", 2021, 2023)):
        images[title] = make_shown(owner, title=title, taken_at=day(taken))
        Image.objects.filter(pk=images[title].pk).update(created_at=day(uploaded))
    images["undated"] = make_shown(owner, title="undated")
    Image.objects.filter(pk=images["undated"].pk).update(created_at=day(2010))
    make_shown(stranger, title="theirs", taken_at=day(2000))
    return images


@pytest.mark.parametrize(
    ("question", "shown", "says"),
    [
        ("When did I last upload?", ["old"], "The last was uploaded on June 15, 2025."),
        ("When was my first upload?", ["undated"], "The first was uploaded on June 15, 2010."),
        ("What is my oldest picture?", ["old"], "The first was taken on June 15, 2019."),
        ("What is the oldest picture?", ["theirs"], "The first was taken on June 15, 2000."),
        ("Show me my newest picture", ["new"], "The last was taken on June 15, 2023."),
        ("When did I last take a picture?", ["new"], "The last was taken on June 15, 2023."),
        ("show my oldest pictures", ["old", "mid", "new", "undated"], "June 15, 2019"),
    ],
)
def test_the_right_picture_is_shown(
    dated: dict[str, Image], owner: User, question: str, shown: list[str], says: str
) -> None:
    answered = ask(question, owner)
    assert [each.image.title for each in answered.matching] == shown
    assert says in answered.facts.text


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("我最后一次上传是什么时候？", "old"),
        ("我最新的照片", "new"),
        ("我最早的照片是哪一年？", "old"),
    ],
)
def test_the_right_picture_in_chinese(
    dated: dict[str, Image], owner: User, question: str, title: str
) -> None:
    with translation.override("zh-hans"):
        answered = ask(question, owner)
    assert [each.image.title for each in answered.matching] == [title]


def test_uploads_have_dates_of_uploads(dated: dict[str, Image], owner: User) -> None:
    text = ask("When did I upload pictures?", owner).facts.text
    assert "Uploaded from June 15, 2010 to June 15, 2025." in text
    assert "By year: 2025 (1); 2024 (1); 2023 (1); 2010 (1)." in text

import pytest
from django.contrib.auth.models import AnonymousUser, User

from gallery.models import Image
from gallery.search.lexical import LexicalMatch, lexical_matches
from gallery.search.query import Reason
from tests.builders import make_image

pytestmark = pytest.mark.django_db


def matches(text: str, *, user: User | AnonymousUser | None = None) -> list[LexicalMatch]:
    return lexical_matches(text, within=Image.objects.visible_to(user or AnonymousUser()), limit=50)


def titles(text: str) -> list[str]:
    rows = Image.objects.in_bulk([match.image_id for match in matches(text)])
    return [rows[match.image_id].title for match in matches(text)]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Grandma Huang 1987", "grandma"),
        ("Dogs running", "dog run"),
        ("A café in Zürich", "cafe zurich"),
        ("The Who", "the who"),
        ("黄奶奶的生日", "奶奶"),
        ("黄奶奶的生日", "日"),
        ("黄奶奶 1987 birthday", "birthday 黄奶奶"),
        ("海边有一只狗", "海边的狗"),
        ("ラーメン", "ﾗｰﾒﾝ"),
        ("한국어 수업", "수업"),
        ("Party 🎂", "🎂"),
        ("Birthday cake", "birthd"),
        ("Running water", "runni"),
    ],
)
def test_a_title_is_found_by_its_words(title: str, text: str) -> None:
    make_image(title=title)
    make_image(title="Something else 其他")
    assert titles(text) == [title]


@pytest.mark.parametrize("text", ["beach", "huang", "2041", "img2041", "beach huang"])
def test_a_file_name_is_found_by_its_parts(text: str) -> None:
    make_image(file_name="IMG_2041-beachHuang.jpg")
    [match] = matches(text)
    assert match.reasons == (Reason.FILE_NAME,)


def test_each_match_names_its_fields() -> None:
    make_image(
        title="Dog", caption="A dog.", file_name="dog.jpg", camera="Dog 1", metadata={"a": ["dog"]}
    )
    [match] = matches("dog")
    assert set(match.reasons) == set(Reason) - {Reason.MEANING}

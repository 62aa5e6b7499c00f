import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gallery.models import State
from tests.builders import make_image

CATALOGUE = Path(__file__).parents[2] / "gallery/locale/zh_Hans/LC_MESSAGES/django.po"
CHINESE = {"Accept-Language": "zh-Hans"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("/", "图库"),
        # Django's admin translates this message too, in another way.
        ("/", "退出登录"),
        ("/upload/", "上传图片"),
        ("/search/", "用文字或图片搜索"),
        ("/search/?q=x", "搜索模型暂时不可用。"),
        ("/nowhere/", "找不到页面"),
    ],
)
def test_pages_are_translated(owner_client: Client, address: str, text: str) -> None:
    response = owner_client.get(address, headers=CHINESE)
    assert text in response.content.decode()
    assert response.headers["Content-Language"] == "zh-hans"


@pytest.mark.django_db
def test_states_are_translated(owner: User, owner_client: Client) -> None:
    make_image(owner, state=State.STORED, width=None, height=None)
    assert "等待处理" in owner_client.get("/", headers=CHINESE).content.decode()


def test_every_message_is_translated() -> None:
    entries = CATALOGUE.read_text().split("\n\n")[1:]
    assert [
        entry for entry in entries if re.search(r'^msgstr(\[0\])? ""(?!\n")', entry, re.M)
    ] == []
    assert "fuzzy" not in CATALOGUE.read_text()


def test_the_compiled_catalogue_is_up_to_date() -> None:
    compiled = CATALOGUE.with_suffix(".mo").read_bytes()
    sentences = re.findall(r'^msgstr(?:\[0\])? "([^\\\n]+)"$', CATALOGUE.read_text(), re.M)
    assert len(sentences) > 100
    assert [text for text in sentences if text.encode() not in compiled] == []

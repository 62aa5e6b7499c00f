"""The footer tells staff, in their language, why the built-in model searches."""

import pytest
from django.test import Client

from gallery.core.errors import EncoderUnavailable
from gallery.encoders.model import discovery, lookup
from tests.builders import make_space, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(db: None) -> Client:
    """Logged in as staff without rights."""
    client = Client()
    client.force_login(make_user("staff", is_staff=True))
    return client


def footer(client: Client, language: str) -> str:
    page = client.get("/", headers={"accept-language": language}).content.decode()
    return page.partition("<footer")[2].partition("</footer>")[0]


@pytest.mark.parametrize(
    ("reason", "chinese"),
    [
        ("the model hub cannot be reached: Name or service not known", "无法连接模型库"),
        ("the model hub did not answer within 20 s", "模型库在 20 秒内没有响应"),
        ("the model hub has no model a/b", "模型库中没有模型 a/b"),
        ("the model hub does not have a/b as of main", "模型库中没有 a/b 的版本 main"),
        ("the download of a/b failed: no space", "a/b 下载失败"),
    ],
)
def test_reasons_are_translated(client: Client, reason: str, chinese: str) -> None:
    make_space(encoder="builtin", active=True, reason=reason)
    assert f"({chinese})" in footer(client, "zh-hans")
    assert 'lang="en"' not in footer(client, "zh-hans")
    assert reason.split(":")[0] in footer(client, "en")


def test_an_offline_site_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def not_there(name: str) -> None:
        raise EncoderUnavailable("not in the hub cache")

    monkeypatch.setattr(lookup, "find", not_there)
    monkeypatch.setattr("huggingface_hub.constants.is_offline_mode", lambda: True)
    make_space(encoder="builtin", active=True, reason=discovery.discover().reason)
    assert "已设置 HF_HUB_OFFLINE" in footer(client, "zh-hans")


def test_an_unknown_reason_stays_english(client: Client) -> None:
    make_space(encoder="builtin", active=True, reason="something else")
    assert '<span lang="en">(something else)</span>' in footer(client, "zh-hans")


def test_only_staff_see_the_reason(owner_client: Client) -> None:
    make_space(encoder="builtin", active=True, reason="the model hub cannot be reached: no route")
    for visitor in (Client(), owner_client):
        assert "Search model: built-in" in footer(visitor, "en")
        assert "hub" not in footer(visitor, "en")
        assert "模型库" not in footer(visitor, "zh-hans")

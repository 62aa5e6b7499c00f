"""Rules for the HTML of every page: nothing external, nothing inline, every class has a rule."""

import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from gallery.map import update as update_map
from gallery.models import Image, State, TagState
from gallery.templatetags.pictures import MAX_RATIO, MIN_RATIO, RATIO_STEP, ratio_class
from tests.builders import (
    make_embedding,
    make_image,
    make_near_duplicates,
    make_space,
    make_tag,
    tag_image,
    unit_vector,
)

STATIC = Path(__file__).parents[2] / "gallery" / "static" / "gallery"
ADDRESSES = {"src", "href", "action", "srcset", "poster", "data", "formaction"}


class PolicyParser(HTMLParser):
    """Collects what the CSP would block, and addresses of other sites."""

    def __init__(self) -> None:
        super().__init__()
        self.violations: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag == "style" or (tag == "script" and not attributes.get("src")):
            self.violations.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" or name.startswith("on") or name.startswith("hx-on"):
                self.violations.append(f"{tag} {name}")
            if name in ADDRESSES and re.search(r"(^|\s)(\w+:)?//|^(?!blob)\w+:", value or ""):
                self.violations.append(f"{tag} {name}={value}")


def violations(text: str) -> list[str]:
    parser = PolicyParser()
    parser.feed(text)
    return parser.violations


@pytest.fixture
def pages(owner: User, curator_client: Client) -> dict[str, str]:
    """Every page as a superuser sees it, with a picture in each state."""
    space = make_space()
    first, second = make_image(owner, title="one"), make_image(owner)
    for image in (first, second):
        make_embedding(image, space, unit_vector(1))
    update_map.run(seconds=120)
    waiting = make_image(owner, state=State.STORED, width=None, height=None)
    failed = make_image(owner, state=State.FAILED, error_code="corrupt")
    addresses = ["/", "/upload/", "/search/", f"/search/?like={first.pk}", "/search/?q=x", "/no/"]
    addresses += ["/statistics/", "/for-you/", "/account/", "/account/activity/erase/"]
    tag_image(first, make_tag("dog", colour="#112233"))
    boat = tag_image(first, make_tag("boat"), state=TagState.SUGGESTED, score=0.3).tag
    make_near_duplicates(first, second)
    addresses += ["/review/near-duplicates/", "/review/tags/", "/map/"]
    addresses += ["/map/pictures/?area=0,0,65535,0,65535,65535,0,65535"]
    addresses += ["/imports/"]
    addresses += [f"{first.get_absolute_url()}tags/{boat.pk}/why/"]
    addresses += [image.get_absolute_url() for image in (first, waiting, failed)]
    addresses += [f"{first.get_absolute_url()}{verb}/" for verb in ("edit", "delete")]
    texts = {address: curator_client.get(address).content.decode() for address in addresses}
    curator_client.logout()
    return {**texts, "/login/": curator_client.get("/login/").content.decode()}


@pytest.mark.django_db
def test_no_page_has_external_or_inline_code(pages: dict[str, str]) -> None:
    assert {address: violations(text) for address, text in pages.items() if violations(text)} == {}


@pytest.mark.django_db
def test_every_page_names_the_search_model(pages: dict[str, str]) -> None:
    assert all("Search model:" in text for text in pages.values())


@pytest.mark.parametrize("name", ["400.html", "500.html"])
def test_pages_without_a_request_are_clean_too(name: str) -> None:
    assert violations(render_to_string(name)) == []


def test_the_check_finds_violations() -> None:
    bad = '<p style="x"><script>1</script><img src="//x.example/a" onload="x"><a href="http://x">'
    assert len(violations(bad)) == 5


@pytest.mark.parametrize(("width", "height"), [(1, 1000), (3, 4), (1, 1), (16, 9), (9000, 10)])
def test_every_ratio_has_a_css_rule(width: int, height: int) -> None:
    name = ratio_class(Image(width=width, height=height, state=State.READY))
    assert f".{name} {{" in (STATIC / "css" / "ratios.css").read_text()


def test_css_and_template_tag_have_the_same_ratios() -> None:
    steps = re.findall(r"\.ar-(\d+) \{ --ar: ([\d.]+) \}", (STATIC / "css/ratios.css").read_text())
    assert [int(name) for name, _ in steps] == [*range(MIN_RATIO, MAX_RATIO + 1, RATIO_STEP)]
    assert all(int(name) == round(100 * float(value)) for name, value in steps)


def test_vendored_files_match_their_checksum() -> None:
    [note] = (STATIC / "vendor").glob("*/*/VENDOR.md")
    name, digest = re.findall(r"`(\S+\.js)`.*?sha256: `(\w+)`", note.read_text(), re.S)[0]
    assert hashlib.sha256((note.parent / name).read_bytes()).hexdigest() == digest


@pytest.mark.django_db
def test_every_static_file_a_page_names_exists(pages: dict[str, str]) -> None:
    names: set[Any] = set(re.findall(r'"/static/([^"]+)"', "".join(pages.values())))
    assert names
    assert {name for name in names if not finders.find(name)} == set()

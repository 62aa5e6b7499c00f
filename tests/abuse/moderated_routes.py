"""Every address of the site, filled in with the keys of one picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# Routes without the key of a picture, with what is sent in their address.
_NO_QUERY = [""]
_WORDS = ["?q=zanzibar", "?q=zanz", "?q=zanzibar&mode=words", "?q=tag:lighthouse",
          "?q=zanzibar&fold=true", "?q=camera:canarycam"]  # fmt: skip
_SEARCHES = [*_WORDS, "?q=owner:owner", "?like={image}", "?like={other}", "?q=boats"]
QUERIES: dict[str, list[str]] = {
    "gallery": ["", "?order=uploaded", "?order=oldest"],
    "tiles": ["?ids={image},{other}", "?ids={image}&pending"],
    "review-tags": ["", "?tag={tag}"],
    "review-near-duplicates": ["", "?picture={image}"],
    "upload": _NO_QUERY,
    "upload-status": ["?ids={image}"],
    "upload-batch": _NO_QUERY,
    "search": _SEARCHES,
    "search-filters": _SEARCHES,
    "ask": ["", "?image={image}", "?q=zanzibar"],
    "map": _NO_QUERY,
    "map-points": _NO_QUERY,
    "map-pictures": ["?cluster={cluster}", "?area=0,0,65535,0,65535,65535,0,65535"],
    "for-you": _NO_QUERY,
    "activity-recording": _NO_QUERY,
    "activity-erase": _NO_QUERY,
    "activity-download": _NO_QUERY,
    "query-preview": _NO_QUERY,
    "statistics": _NO_QUERY,
    "imports": _NO_QUERY,
    "api-imports": _NO_QUERY,
    "login": ["", "?next=/pictures/{other}/"],
    "account": _NO_QUERY,
    "token-create": _NO_QUERY,
    "token-revoke": _NO_QUERY,
    "logout": _NO_QUERY,
    "set_language": _NO_QUERY,
    "theme": _NO_QUERY,
    "livez": _NO_QUERY,
    "readyz": _NO_QUERY,
    "healthz": _NO_QUERY,
    "api-check-files": _NO_QUERY,
    "api-bulk-delete": _NO_QUERY,
    "api-bulk-update": _NO_QUERY,
    "api-images": ["", "?order=oldest", "?tag=lighthouse", "?camera=canarycam", "?signed=3600"],
    "api-events": ["", "?limit=1"],
    "api-webhooks": _NO_QUERY,
    "api-map": _NO_QUERY,
    "api-map-points": _NO_QUERY,
    "api-moderation": ["", "?queue=hidden", "?queue=blocked"],
    "api-near-duplicates": _NO_QUERY,
    "api-ask": _NO_QUERY,
    "api-recommendations": ["", "?signed=60"],
    "api-activity": _NO_QUERY,
    "api-tags": ["", "?q=light"],
    "api-suggestions": ["", "?tag=lighthouse"],
    "tag-names": ["", "?q=light", "?name=light"],
    "api-zero-shot": _NO_QUERY,
    "api-embeddings": _NO_QUERY,
    "api-search": [*_WORDS, "?q=boats&with_vector=true&signed=60", "?q=owner:owner"],
    "api-statistics": _NO_QUERY,
    "api-status": _NO_QUERY,
    "api-token": _NO_QUERY,
    "api-tokens": _NO_QUERY,
    "api-schema": _NO_QUERY,
    "api-docs": _NO_QUERY,
    "api-unknown": _NO_QUERY,
    "admin:gallery_image_changelist": ["", "?q=zanzibar", "?q=~ zanzibar", "?q={image}",
                                       "?camera=canarycam", "?q={sha256}"],
    "admin:gallery_tag_changelist": ["", "?q=lighthouse"],
    "admin:app_list": _NO_QUERY,
    "admin:catch_all": _NO_QUERY,
}  # fmt: skip
# The forms and bodies that name a picture, by the route that they are sent to.
BODIES: dict[str, list[Any]] = {
    "api-search": [
        {"terms": [{"image_id": "{image}"}]},
        {"terms": [{"image_id": "{other}"}, {"text": "zanzibar"}]},
        {"terms": [{"text": "zanzibar"}]},
    ],
    "api-ask": [
        {"question": "How many pictures of zanzibar are there?"},
        {"question": "What is in this picture?", "images": ["{image}"]},
        {"question": "Where were they taken?", "q": "zanzibar"},
    ],
    "ask": [
        {"question": "How many pictures of zanzibar are there?"},
        {"question": "What is in this picture?", "image": "{image}"},
    ],
    "picture-reaction": [{"reaction": "like"}],
    "review-near-duplicates": [{"decision": "keep_all", "image": ["{image}", "{other}"]}],
    "api-near-duplicates": [{"decision": "keep_all", "images": ["{image}", "{other}"]}],
    "api-suggestions": [
        {"decisions": [{"image": "{image}", "tag": "lighthouse", "state": "approved"}]},
    ],
    "api-check-files": [{"sha256": ["{sha256}"]}],
    "import-change": [{"action": "pause"}],
    "import-delete": [{}],
    "api-bulk-delete": [{"images": [{"id": "{image}"}]}],
    "api-bulk-update": [{"images": [{"id": "{image}", "title": "changed"}]}],
    "api-image": [{}],
    "api-retry": [{}],
    "api-image-zero-shot": [{"labels": ["a boat", "a dog"]}],
    "picture-edit": [{"title": "changed", "visibility": "public"}],
    "picture-delete": [{}],
    "picture-retry": [{}],
    "picture-tags": [{"name": "boat"}, {"approve": "{tag}"}],
    "picture-appeal": [{"text": "please"}],
    "api-image-moderation": [{"action": "restore"}],
    "api-image-appeal": [{"text": "please"}],
    "admin:gallery_moderationdecision_decide": [{"decision": "restore:{image}"}],
    "review-tags": [{"tag": "{tag}", "decision": "approve", "image": "{image}"}],
    "admin:gallery_image_delete": [{"post": "yes"}],
    "admin:gallery_image_change": [{"title": "changed"}],
    "admin:gallery_image_changelist": [
        {"action": "delete_selected", "_selected_action": "{image}", "post": "yes"},
        {"action": "show_to_everyone", "_selected_action": "{image}"},
    ],
}
# The other methods of the API that name a picture, with their bodies.
CHANGES: dict[str, list[tuple[str, Any]]] = {
    "api-image": [("patch", {"title": "changed"}), ("delete", {})],
    "api-image-tags": [("put", {"tag": "boat", "state": "approved"})],
    "api-image-tag": [("delete", {})],
    "api-reaction": [("put", {"reaction": "like"}), ("delete", {})],
}
_PICTURE_KEYS = {"image_id", "pk", "object_id"}


class UnknownRoute(Exception):
    """The test must learn what to send to it."""


@dataclass(frozen=True)
class Keys:
    """``image`` and ``values`` fill the addresses."""

    image: str
    values: dict[str, str] = field(default_factory=dict)

    def fill(self, text: str) -> str:
        for name, value in {**self.values, "image": self.image}.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def filled(self, body: Any) -> Any:
        """The same with every text in a body."""
        if isinstance(body, dict):
            return {name: self.filled(value) for name, value in body.items()}
        if isinstance(body, list):
            return [self.filled(value) for value in body]
        return None if body is None else self.fill(body)


@dataclass(frozen=True)
class Address:
    """Without a ``body`` it is opened with GET."""

    route: str
    path: str
    body: Any = None
    method: str = "post"


def addresses() -> Iterator[Address]:
    """All of them, with the names of keys in braces. Raises ``UnknownRoute``."""
    for route, pattern in _routes(get_resolver().url_patterns):
        for path in _paths(route, pattern):
            for query in _queries(route, path):
                yield Address(route, path + query)
            for body in BODIES.get(route, []):
                yield Address(route, path, body)
            for method, body in CHANGES.get(route, []):
                yield Address(route, path, body, method)


def _routes(
    patterns: list[URLPattern | URLResolver], before: str = "", namespace: str = ""
) -> Iterator[tuple[str, str]]:
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from _routes(pattern.url_patterns, path, inner)
        else:
            name = pattern.name or ("catch_all" if "(?P<url>" in path else "old_change")
            yield namespace + name, path


def _paths(route: str, pattern: str) -> list[str]:
    if route == "admin:app_list":
        return ["/admin/gallery/"]
    if route == "admin:catch_all":
        return ["/admin/nothing/"]
    paths = ["/" + pattern]
    for name in _PARAMETER.findall(pattern):
        values = _values(route, name)
        paths = [_PARAMETER.sub(value, path, count=1) for path in paths for value in values]
    if "<" in "".join(paths):
        raise UnknownRoute(f"{route}: {pattern}")
    return paths


def _values(route: str, name: str) -> list[str]:
    others = {
        "tag_id": ["{tag}"], "size": ["small", "medium", "large"], "key": ["{image}"],
        "content_type_id": ["{content_type}"], "id": ["1"], "name": ["demo"], "action": ["check"],
    }  # fmt: skip
    if name == "pk" and route.startswith("admin:"):
        return ["{space}"]
    if name in _PICTURE_KEYS:
        return ["{image}"]
    if name not in others:
        raise UnknownRoute(f"{route} has the parameter {name}")
    return others[name]


def _queries(route: str, path: str) -> list[str]:
    if route in QUERIES:
        return QUERIES[route]
    if "{image}" in path or route.startswith("admin:"):
        return _NO_QUERY
    raise UnknownRoute(f"{route} is not in QUERIES: does its answer depend on parameters?")

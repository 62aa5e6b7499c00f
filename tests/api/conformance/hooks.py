"""Loaded by schemathesis: rules of the API that a JSON schema cannot express.

Without these hooks it would count the refusal of such a request as a violation.
"""

from __future__ import annotations

import uuid
from typing import Any

import schemathesis

_ANOTHER = "00000000-0000-4000-8000-000000000001"
_TEXTS = ("q", "text", "phrases", "excluded_words")


@schemathesis.hook
def filter_case(context: Any, case: Any) -> bool:
    """Without an object in place of a text: in a form it is the text ``{}``, a valid template."""
    if isinstance(case.body, dict) and case.body.get("templates") == {}:
        return False
    return not (_is_positive(case) and any(map(_is_refused, (case.query, case.body))))


def _is_positive(case: Any) -> bool:
    return case.meta is not None and case.meta.generation.mode.is_positive


def _is_refused(value: Any) -> bool:
    """Whether a text has U+0000, or only white space, of which languages have different notions."""
    if isinstance(value, dict):
        return any(_is_refused(item) for item in (*value, *value.values()))
    if isinstance(value, list):
        return any(_is_refused(item) for item in value)
    return isinstance(value, str) and bool(value) and ("\0" in value or not value.strip())


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Make a request that follows the schema follow the other rules too.

    Just before the call: until then, schemathesis may find that a request made to violate the
    schema does not.
    """
    if not _is_positive(case):
        return
    # The key of another request is refused.
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    for values in (case.query, case.body):
        if isinstance(values, dict):
            _follow_the_rules(values)
            _follow_the_rules_of_tags(values)
            _follow_the_rules_of_near_duplicates(values)
            if values.get("action") == "undo":
                values.pop("note", None)
            _follow_the_rules_of_searches(values)
            _follow_the_rules_of_many_images(values)
            if isinstance(values.get("filter"), dict):
                _follow_the_rules(values["filter"])
                _follow_the_rules_of_tags(values["filter"])
                values["filter"].pop("metadata", None)
    if case.operation.path.endswith("/search/"):
        _search_for_something(case)


def _search_for_something(case: Any) -> None:
    values = case.query if case.operation.method == "get" else case.body
    if isinstance(values, dict) and "text" not in values:
        values.setdefault("q", "a boat")


def _follow_the_rules(values: dict[str, Any]) -> None:
    # A cursor and a conversation come from the answer before.
    values.pop("cursor", None)
    values.pop("after", None)
    values.pop("conversation", None)
    # Conditions on metadata are JSON in an address, and have at most 50 values.
    if isinstance(values.get("metadata"), str):
        values["metadata"] = '{"price": {"$gt": 10}}'
    # Metadata of an image have limits of depth, size and characters.
    if isinstance(values.get("metadata"), dict):
        values["metadata"] = {"category": "boats", "price": 10}
    # The lower limit of a range is not above the upper one.
    for name in list(values):
        if name.startswith("min_") and name != "min_similarity":
            values.pop(name.replace("min_", "max_"), None)
        if name.endswith("_after"):
            values.pop(name.replace("_after", "_before"), None)
    _follow_the_rules_of_files(values)
    # A token ends in the future.
    if isinstance(values.get("expires_at"), str):
        values["expires_at"] = "2100-01-01T00:00:00Z"
    # There are at most 400 labels times templates.
    if isinstance(values.get("templates"), list):
        values["templates"] = values["templates"][:1]


def _follow_the_rules_of_files(values: dict[str, Any]) -> None:
    """A file is not empty, and an external ID belongs to one picture."""
    if values.get("file") in ("", b""):
        values["file"] = "AAAA"
    elif isinstance(values.get("file"), list):
        values["file"] = [file or "AAAA" for file in values["file"]]
        if len(values["file"]) > 1:
            values.pop("external_id", None)


def _follow_the_rules_of_tags(values: dict[str, Any]) -> None:
    for name in ("tag", "tags"):
        if name in values:
            values[name] = _tags_in(values[name])
    decisions = [each for each in values.get("decisions") or () if isinstance(each, dict)]
    for decision in decisions:
        _follow_the_rules_of_tags(decision)
        # No two of them contradict each other.
        decision["state"] = decisions[0].get("state")


def _tags_in(value: Any) -> Any:
    """A tag has no control characters and no invisible ones."""
    if isinstance(value, list):
        return [_tags_in(item) for item in value]
    if isinstance(value, str):
        return "".join(filter(str.isprintable, value)).strip() or "beach"
    return value


def _follow_the_rules_of_near_duplicates(values: dict[str, Any]) -> None:
    """Only ``keep_best`` names the image to keep, one of the images, which are different ones."""
    if "decision" in values and isinstance(values.get("images"), list):
        different = list(dict.fromkeys(values["images"]))
        values["images"] = different if len(different) > 1 else [*different, _ANOTHER]
    if values.get("decision") in ("keep_all", "reopen"):
        values.pop("best", None)
    if values.get("decision") == "keep_best" and values.get("images"):
        values["best"] = values["images"][0]


def _follow_the_rules_of_many_images(values: dict[str, Any]) -> None:
    """Each image is named once."""
    items = values.get("images")
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        for item in items:
            _follow_the_rules(item)
        values["images"] = list({item.get("id"): item for item in items}.values())


def _follow_the_rules_of_searches(values: dict[str, Any]) -> None:
    for number, term in enumerate(values.get("terms") or ()):
        if isinstance(term, dict):
            _follow_the_rules_of_terms(term)
            # A search has at most four crops.
            if number > 2:
                term.pop("crop", None)
    # Texts, phrases and excluded words together have at most 512 characters.
    if len(str([values.get(name) for name in _TEXTS])) > 500:
        for name in _TEXTS[2:]:
            values.pop(name, None)
    # A search by words alone has no pictures and images.
    values.pop("mode", None)
    # A file is not empty, and there are as many weights as pictures.
    if "images" in values:
        values["images"] = [file or "AAAA" for file in values["images"]]
    values.pop("image_weights", None)


def _follow_the_rules_of_terms(term: dict[str, Any]) -> None:
    # The norm of a vector is not 0.
    if "vector" in term:
        term["vector"] = [1.0] * 512
    # A crop lies inside the picture.
    if isinstance(term.get("crop"), dict):
        term["crop"] |= {"left": 0, "top": 0}

"""Which part of a search request an error of the search is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from gallery.api.problems import GalleryProblem
from gallery.core.errors import GalleryError


@contextmanager
def named_in(values: Mapping[str, Any], pictures: Sequence[str] = ()) -> Iterator[None]:
    """An error about a picture or an image of the request names its place, such as
    ``terms.1.image_id``. ``values`` are those of a ``SearchSerializer`` or a form, ``pictures`` the
    places of the pictures that ``query_pictures.remembered`` gets.
    """
    try:
        yield
    except GalleryError as error:
        if place := _place_of(error.data, values, pictures):
            if not place.startswith("images."):
                error.data.pop("index", None)
            raise GalleryProblem(error, place) from error
        raise


def _place_of(data: Mapping[str, Any], values: Mapping[str, Any], pictures: Sequence[str]) -> str:
    """Empty if it is not known."""
    if "index" in data:
        return pictures[int(data["index"])]
    for name in ("image_id", "image_key"):
        if name in data:
            return next((place for place, key in _keys(values, name) if key == data[name]), "")
    return ""


def _keys(values: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    """The places of all images, or of all uploaded pictures, with their keys."""
    for index, term in enumerate(values.get("terms", ())):
        yield f"terms.{index}.{name}", str(term.get(name))
    yield name, str(values.get(name))
    for field in ("liked", "disliked"):
        for index, key in enumerate(values.get(field, ())):
            yield f"{field}.{index}", str(key)

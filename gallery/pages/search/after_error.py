"""What a search keeps after an error, so that the next text or picture does not fail again."""

from __future__ import annotations

from django.http import HttpRequest

from gallery.core.errors import CacheUnavailable, GalleryError, NotFound
from gallery.pages.search.address import SearchAddress
from gallery.pages.search.form import SearchForm
from gallery.search import query_pictures

# Fields of a query with another name in the address, or with none of their own.
_PARAMETERS = {"liked": ("more",), "disliked": ("less",), "terms": ("like", "picture")}


def search_after_error(request: HttpRequest, error: GalleryError) -> SearchAddress:
    """The search of the request without the parameters that caused the error. The text stays."""
    data = request.POST if request.method == "POST" else request.GET
    address = SearchAddress.of(data)
    if isinstance(error, NotFound):
        return _without_missing(address, str(error.data.get("image_id", "")))
    form = SearchForm(data)
    form.is_valid()
    field = str(error.data.get("field", ""))
    wrong = {*(set(data) - set(form.fields)), *form.errors, *_PARAMETERS.get(field, (field,))}
    return address.without(wrong - {"q"})


def _without_missing(address: SearchAddress, image_id: str) -> SearchAddress:
    for name, value in address.parameters:
        is_missing = _has_expired(value) if name == "picture" else value == image_id
        if is_missing:
            address = address.without_value(name, value)
    return address


def _has_expired(key: str) -> bool:
    try:
        query_pictures.recall(key)
    except NotFound:
        return True
    except CacheUnavailable:  # then it is not known
        pass
    return False

"""Errors of pictures that are fetched from other servers."""

from gallery.core.errors.base import GalleryError, InvalidInput


class FetchingOff(GalleryError):
    """The site fetches no pictures, or not for this person."""

    code = "fetching_off"
    status = 403


class UrlRefused(InvalidInput):
    """The text of the URL alone says that it is not fetched."""

    code = "url_refused"
    status = 422


class UrlUnreachable(InvalidInput):
    """There is no picture in time: no address, no connection, an address that is not public, or an
    answer that breaks off. One code for all of them, so that nobody can explore the network of the
    site.
    """

    code = "url_unreachable"
    status = 422


class UrlAnswer(InvalidInput):
    """A public server answered with something else than a file; ``answer`` is its HTTP status."""

    code = "url_answer"
    status = 422

"""Errors of tokens, signed addresses and files."""

from gallery.core.errors.base import GalleryError


class BadToken(GalleryError):
    """The header ``Authorization`` is there and is not one valid token."""

    code = "authentication_failed"
    status = 401


class ScopeMissing(GalleryError):
    """The token does not have the scope ``scope``, which the request needs."""

    code = "scope"
    status = 403


class TooManyTokens(GalleryError):
    """The person has ``limit`` API tokens already."""

    code = "too_many_tokens"
    status = 409


class BadSignature(GalleryError):
    """The signature of an address is not one of this site, or its signer has lost the account."""

    code = "signature_invalid"
    status = 403


class SignatureExpired(BadSignature):
    code = "signature_expired"


class AppealNotPossible(GalleryError):
    """The picture is neither held nor hidden, or its owner has appealed against the decision."""

    code = "appeal_not_possible"
    status = 409


class OriginalUnavailable(GalleryError):
    """Only people who may change the picture get its file."""

    code = "original_unavailable"
    status = 403


class TooManyWebhooks(GalleryError):
    """The person has ``limit`` webhooks already."""

    code = "too_many_webhooks"
    status = 409

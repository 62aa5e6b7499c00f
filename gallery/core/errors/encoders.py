"""Errors of encoders and vectors."""

from gallery.core.errors.base import GalleryError


class EncoderUnavailable(GalleryError):
    code = "encoder_unavailable"
    status = 503


class NotEnoughMemory(EncoderUnavailable):
    """A model needs more memory than is free; ``needed`` and ``free`` in MB."""

    code = "not_enough_memory"


class EncoderMismatch(GalleryError):
    """A model's width is not 512, or its fingerprint differs from the embedding space's."""

    code = "encoder_mismatch"
    status = 503


class BadEmbedding(GalleryError):
    """The encoder returned a vector that is not finite or whose norm is 0."""

    code = "bad_embedding"
    status = 500


class NoVector(BadEmbedding):
    """The encoder gives no usable vector for a text or picture that somebody sent."""

    status = 422


class OutOfMemory(GalleryError):
    """The encoder could not allocate enough memory; the same input may succeed later."""

    code = "out_of_memory"
    status = 503

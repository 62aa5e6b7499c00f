from __future__ import annotations

import zlib

from gallery.media.decoding_child.stripping.refusal import CannotStrip

# A piece becomes at most a thousand times as long; the result is thrown away.
_PIECE = 1 << 14


class ZlibStream:
    """Finds the end of a zlib stream that is spread over the contents of several chunks."""

    def __init__(self) -> None:
        self._decompressor = zlib.decompressobj()

    def length_in(self, contents: bytes | memoryview) -> int:
        """How many bytes of the next contents belong to the stream.

        Raises ``CannotStrip`` if the stream is damaged.
        """
        for start in range(0, len(contents), _PIECE):
            piece = contents[start : start + _PIECE]
            if behind := self._behind_end(piece):
                return start + len(piece) - behind
        return len(contents)

    def _behind_end(self, piece: bytes | memoryview) -> int:
        """How many bytes of the next piece lie behind the end of the stream."""
        if self._decompressor.eof:
            return len(piece)
        try:
            self._decompressor.decompress(piece)
        except zlib.error:
            raise CannotStrip from None
        return len(self._decompressor.unused_data)

"""The decoding child with a decoder that needs four seconds of CPU time more."""

import time

from gallery.media.decoders.request import DecodeRequest
from gallery.media.decoding_child import program


def decode(request: DecodeRequest) -> program.Answer:
    while time.process_time() < 4:
        pass
    return program.decode(request)


if __name__ == "__main__":
    program.main(decode)

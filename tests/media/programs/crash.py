"""The decoding child with a decoder that crashes."""

import os
import signal

from gallery.media.decoders.request import DecodeRequest
from gallery.media.decoding_child import program


def decode(request: DecodeRequest) -> program.Answer:
    os.kill(os.getpid(), signal.SIGSEGV)
    return {}, b""


if __name__ == "__main__":
    program.main(decode)

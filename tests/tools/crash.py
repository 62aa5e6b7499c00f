"""A program that sets a SIGSEGV handler as its argument says, and then dereferences NULL."""

import ctypes
import faulthandler
import os
import signal
import sys

OWN_EXIT_CODE = 7
libc = ctypes.CDLL(None)


@ctypes.CFUNCTYPE(None, ctypes.c_int)
def leave(number: int) -> None:
    os._exit(OWN_EXIT_CODE)


match sys.argv[1]:
    case "faulthandler":
        faulthandler.enable()
    case "function":
        libc.signal(signal.SIGSEGV, leave)
    case "blocked":
        libc.signal(signal.SIGSEGV, None)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGSEGV})

# This import executes cpuid: the mask must still work after the changes above.
from numpy._core._multiarray_umath import __cpu_features__ as seen  # noqa: E402

print("newer" if seen["AVX512F"] else "older", flush=True)
ctypes.string_at(0)

"""Run a command as if this CPU were an older x86-64 one, to test the kernels for such CPUs.

ONNX Runtime chooses its kernels with the cpuid instruction and has no option for it. The library
mask.c, preloaded into a process and its children, hides newer features in the result of cpuid:

- ``avx2``: no AVX-512, VNNI, AMX, bf16, fp16 (Haswell to Comet Lake, and AMD before Zen 4)
- ``avx512``: AVX-512 as Skylake-X has it, without VNNI, AMX, bf16, fp16

Results are those of the older CPU's kernels. The speed is only similar, because clock and caches
are those of this CPU. Processes that are started without LD_PRELOAD see all features: the children
that decode pictures, and the embedded PostgreSQL.
"""

import ctypes
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

# The flags in /proc/cpuinfo that this CPU must have to imitate the level.
LEVELS: Mapping[str, frozenset[str]] = {
    "avx2": frozenset({"avx2", "fma"}),
    "avx512": frozenset({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}),
}
# glibc reads cpuid before any preloaded library runs. It uses no feature newer than Skylake-X.
_HIDDEN_FROM_LIBC: Mapping[str, str] = {
    "avx2": "-AVX512F,-AVX512BW,-AVX512CD,-AVX512DQ,-AVX512VL",
    "avx512": "",
}
_HWCAPS = "glibc.cpu.hwcaps="
_SOURCE = Path(__file__).with_name("mask.c")
LIBRARY_FOLDER = Path(__file__).resolve().parent.parent.parent / "var" / "older_cpu"
_STEM = "older-cpu-mask-"
# initfirst: this library must run before the constructors of others, which also read cpuid.
_FLAGS = ("-O2", "-Wall", "-Wextra", "-fPIC", "-shared", "-Wl,-z,initfirst", "-ldl")
# The values of asm/unistd_64.h and asm/prctl.h.
_SYS_ARCH_PRCTL = 158
_ARCH_SET_CPUID = 0x1012


class CannotMask(Exception):
    """This machine cannot imitate an older CPU. The message is the reason."""


def environment(level: str) -> dict[str, str]:
    """The variables that a masked process needs in addition to ``os.environ``.

    Compiles the library if it is not in ``var/older_cpu/``. Raises ``ValueError`` if the level is
    not in ``LEVELS``, and ``CannotMask`` if the machine does not support masking.
    """
    if level not in LEVELS:
        raise ValueError(f"{level} is not a level; there are: {', '.join(LEVELS)}")
    _check_machine(level)
    return {
        "LD_PRELOAD": _preload(_compiled()),
        "OLDER_CPU": level,
        "GLIBC_TUNABLES": _tunables(_HIDDEN_FROM_LIBC[level]),
    }


def _check_machine(level: str) -> None:
    if platform.system() != "Linux" or platform.machine() != "x86_64" or sys.maxsize < 2**32:
        raise CannotMask("only a 64-bit program on Linux x86-64 can be masked")
    lacking = LEVELS[level] - cpu_flags()
    if lacking:
        raise CannotMask(f"this CPU has no {', '.join(sorted(lacking))}")
    # A process that is masked already needs no check, and the check would remove its mask.
    if "OLDER_CPU" not in os.environ:
        _check_kernel()


def _check_kernel() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    # 1 allows cpuid, which is the default. The kernel returns ENODEV if it cannot make cpuid fault.
    arguments = (ctypes.c_long(number) for number in (_SYS_ARCH_PRCTL, _ARCH_SET_CPUID, 1))
    if libc.syscall(*arguments) != 0:
        reason = os.strerror(ctypes.get_errno())
        raise CannotMask(f"this CPU or kernel cannot make cpuid fault (arch_prctl: {reason})")


def cpu_flags() -> frozenset[str]:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "flags":
            return frozenset(value.split())
    return frozenset()


def _compiled() -> Path:
    digest = hashlib.sha256(_SOURCE.read_bytes() + " ".join(_FLAGS).encode()).hexdigest()[:16]
    library = LIBRARY_FOLDER / f"{_STEM}{digest}.so"
    if any(separator in str(library) for separator in " :"):
        raise CannotMask(f"LD_PRELOAD cannot hold a path with a space or a colon: {library}")
    if not library.exists():
        _compile(library)
    return library


def _compile(library: Path) -> None:
    """Atomic: another process may compile the same library at the same time."""
    compiler = shutil.which("cc")
    if compiler is None:
        raise CannotMask("there is no C compiler (cc) to compile mask.c")
    library.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=library.parent) as folder:
        output = Path(folder, library.name)
        command = [compiler, *_FLAGS, "-o", str(output), str(_SOURCE)]
        compiling = subprocess.run(command, capture_output=True, text=True)  # noqa: S603
        if compiling.returncode != 0:
            raise CannotMask(f"the C compiler cannot compile mask.c: {compiling.stderr.strip()}")
        output.replace(library)


def _preload(library: Path) -> str:
    """The library and those that the caller preloads, without an older version of this one."""
    names = os.environ.get("LD_PRELOAD", "").replace(":", " ").split()
    others = [name for name in names if not Path(name).name.startswith(_STEM)]
    return ":".join([str(library), *others])


def _tunables(hidden: str) -> str:
    """The caller's tunables with ours. glibc uses only the last of two settings of one name."""
    settings = [word for word in os.environ.get("GLIBC_TUNABLES", "").split(":") if word]
    hwcaps = [word.removeprefix(_HWCAPS) for word in settings if word.startswith(_HWCAPS)]
    others = [word for word in settings if not word.startswith(_HWCAPS)]
    together = ",".join(dict.fromkeys(",".join([*hwcaps[-1:], hidden]).strip(",").split(",")))
    return ":".join([*others, *([_HWCAPS + together] if together else [])])

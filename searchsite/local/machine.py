"""Whether this machine can run the site. ``bin/run`` calls it before it downloads anything.

It runs without the packages of requirements.txt. docs/installation.md has the same figures.
"""

import os
import platform
import shutil
import sys
from collections.abc import Set
from pathlib import Path

_GB = 10**9
# Packages with the CPU build of PyTorch, and what pip needs meanwhile.
_DISK = 2.5 * _GB
# The same with CUDA, which the build for Linux in the public package index contains.
_DISK_CUDA = 9 * _GB
_CPU_BUILD = "PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu bin/run"
_SOURCES_OF_PACKAGES = ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_FIND_LINKS")
_MEMORY = 4 * _GB
_MACHINES = {"linux": {"x86_64", "aarch64"}, "darwin": {"arm64"}}
# What the wheels of PyTorch 2.13 were built for.
_GLIBC, _MACOS = (2, 28), (14, 0)
# Without these the embedded pgvector ends with an illegal instruction at the first search.
_INSTRUCTIONS = {"avx2", "fma"}


def needs() -> list[str]:
    lines = [
        "The first start downloads the packages. With the site they need "
        f"{_size(_disk())} of disk and {_size(_MEMORY)} of memory; it takes some minutes.",
    ]
    if _disk() == _DISK_CUDA and not Path("/proc/driver/nvidia").exists():
        lines.append(
            "The default PyTorch contains CUDA. This machine seems to have no GPU of NVIDIA; "
            f"with the CPU build {_size(_DISK)} of disk are enough: {_CPU_BUILD}"
        )
    if (memory := _memory()) < 0.8 * _MEMORY:
        lines.append(f"This machine has only {_size(memory)} of memory; it may be too slow.")
    return lines


def refusal(folder: Path, cpu_flags: Set[str] = _INSTRUCTIONS) -> str:
    """Why the site cannot be installed in ``folder``; "" if it can.

    ``cpu_flags`` are the instruction sets of an x86-64, as Linux names them.
    """
    system, machine = sys.platform, platform.machine()
    if machine not in _MACHINES.get(system, set()):
        return (
            "Searchsite runs on Linux (x86-64, aarch64) and macOS (arm64), not on "
            f"{platform.system()} {machine}."
        )
    if system == "linux" and _version(platform.libc_ver()[1]) < _GLIBC:
        return "Searchsite needs glibc 2.28 or newer, as in Debian 10 and Ubuntu 20.04."
    if system == "darwin" and _version(platform.mac_ver()[0]) < _MACOS:
        return "Searchsite needs macOS 14 or newer."
    if not cpu_flags >= _INSTRUCTIONS and not os.environ.get("DATABASE_URL"):
        return (
            "The embedded PostgreSQL needs a processor with AVX2 and FMA. Without them, name "
            "another PostgreSQL with DATABASE_URL."
        )
    return _disk_refusal(folder)


def _disk_refusal(folder: Path) -> str:
    free = shutil.disk_usage(folder).free
    if free >= _disk():
        return ""
    if free >= _DISK:
        advice = f"The CPU build of PyTorch needs {_size(_DISK)}: {_CPU_BUILD}"
    else:
        advice = "Free some, or clone Searchsite to a larger disk."
    return (
        f"{folder} has {_size(free)} of free disk, and the packages need {_size(_disk())}. {advice}"
    )


def _disk() -> float:
    """Whoever names another source of packages to pip has probably chosen the CPU build."""
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _SOURCES_OF_PACKAGES):
        return _DISK_CUDA
    return _DISK


def _size(size: float) -> str:
    return f"{size / _GB:.1f} GB".replace(".0 ", " ")


def _cpu_flags() -> Set[str]:
    """Those of Linux on x86-64; others have what is needed."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return _INSTRUCTIONS
    lines = Path("/proc/cpuinfo").read_text(errors="replace").splitlines()
    flags = next((line for line in lines if line.startswith("flags")), "")
    return set(flags.split())


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def main() -> int:
    for line in needs():
        print(line)
    if reason := refusal(Path.cwd(), _cpu_flags()):
        print(reason)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Describe the machine on which ONNX files are made and measured."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

# Raise this number when a change makes the export of the same model different. Every site then
# exports its models again.
_FORMAT = 4
# The instruction sets by which kernels are chosen, first of x86-64 and then of Arm, with the names
# that Linux uses in /proc/cpuinfo.
_INSTRUCTION_SETS = (
    "fma", "avx2", "avx_vnni", "avx_vnni_int8", "avx512f", "avx512bw", "avx512_vnni",
    "avx512_bf16", "avx512_fp16", "amx_int8", "amx_bf16", "asimddp", "i8mm", "bf16", "sve", "sme",
)  # fmt: skip


def measured_on() -> str:
    """The format of the files, the version of ONNX Runtime and the processor.

    The gate's measurements are valid only where all three are the same.
    """
    return f"{_FORMAT} onnxruntime {version('onnxruntime')} {_processor()}"


def _processor() -> str:
    """The processor's name and its instruction sets."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    pairs = (line.partition(":")[::2] for line in lines)
    facts = {name.strip(): value.strip() for name, value in pairs}
    flags = {*facts.get("flags", "").split(), *facts.get("Features", "").split()}
    name = facts.get("model name") or platform.machine()
    return " ".join([name, *(known for known in _INSTRUCTION_SETS if known in flags)])

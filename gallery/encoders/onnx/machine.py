"""The machine that the ONNX files were made and measured on."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path

# Raised when the same model would be exported in another way.
_FORMAT = 4
# Those of x86-64, then those of Arm, as Linux spells them. Kernels are chosen by them.
_INSTRUCTION_SETS = (
    "fma", "avx2", "avx_vnni", "avx_vnni_int8", "avx512f", "avx512bw", "avx512_vnni",
    "avx512_bf16", "avx512_fp16", "amx_int8", "amx_bf16", "asimddp", "i8mm", "bf16", "sve", "sme",
)  # fmt: skip


def measured_on() -> str:
    """Format, library and processor: what must not change between the gate and the use."""
    return f"{_FORMAT} onnxruntime {version('onnxruntime')} {_processor()}"


def _processor() -> str:
    """The processor's name and its instruction sets."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    pairs = (line.partition(":")[::2] for line in lines)
    facts = {name.strip(): value.strip() for name, value in pairs}
    sets = {*facts.get("flags", "").split(), *facts.get("Features", "").split()}
    name = facts.get("model name") or platform.machine()
    return " ".join([name, *(known for known in _INSTRUCTION_SETS if known in sets)])

"""Masked programs see the older CPU, and their crashes are still reported as crashes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.older_cpu import environment
from tools import older_cpu
from tools.older_cpu import __main__

HERE = Path(__file__).parent


def run(level: str, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(HERE / script), *arguments]
    variables = environment(level)
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def test_avx2_hides_every_newer_vector_instruction() -> None:
    seen = json.loads(run("avx2", "products.py").stdout)
    assert "AVX2" in seen["features"]
    assert not [name for name in seen["features"] if name.startswith("AVX512")]


def test_avx512_shows_the_instructions_of_skylake() -> None:
    seen = json.loads(run("avx512", "products.py").stdout)
    assert "AVX512_SKX" in seen["features"]
    assert "AVX512VNNI" not in seen["features"]


@pytest.mark.parametrize("level", older_cpu.LEVELS)
def test_products_of_bytes_saturate_without_vnni(level: str) -> None:
    seen = json.loads(run(level, "products.py").stdout)
    assert seen["product"] < seen["exact"]


@pytest.mark.parametrize("handler", ["none", "blocked", "faulthandler"])
def test_a_crash_is_still_a_crash(handler: str) -> None:
    crashed = run("avx2", "crash.py", handler)
    assert crashed.stdout == "older\n"
    assert crashed.returncode == -signal.SIGSEGV
    assert ("Segmentation fault" in crashed.stderr) == (handler == "faulthandler")


def test_a_program_handles_its_own_crash() -> None:
    crashed = run("avx2", "crash.py", "function")
    assert crashed.stdout == "older\n"
    assert crashed.returncode == 7


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(ValueError, match="sse is not a level"):
        older_cpu.environment("sse")


def test_other_preloads_and_tunables_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_PRELOAD", "/lib/other.so /var/older-cpu-mask-0.so")
    monkeypatch.setenv("GLIBC_TUNABLES", "glibc.malloc.check=1:glibc.cpu.hwcaps=-ERMS")
    variables = environment("avx2")
    mask, *others = variables["LD_PRELOAD"].split(":")
    assert Path(mask).exists()
    assert others == ["/lib/other.so"]
    assert variables["GLIBC_TUNABLES"].startswith(
        "glibc.malloc.check=1:glibc.cpu.hwcaps=-ERMS,-AVX512F"
    )


def test_two_may_compile_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    environment("avx2")
    monkeypatch.setattr(older_cpu, "LIBRARY_FOLDER", tmp_path)
    with ThreadPoolExecutor(2) as threads:
        first, second = threads.map(older_cpu.environment, ["avx2", "avx2"])
    assert first == second
    assert [str(path) for path in tmp_path.iterdir()] == [first["LD_PRELOAD"].split(":")[0]]


def test_the_command_prints_why_it_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(older_cpu, "cpu_flags", frozenset)
    monkeypatch.setattr(sys, "argv", ["older_cpu", "avx2", "--", "true"])
    assert __main__.main() == 2
    assert capsys.readouterr().err.startswith("older_cpu: ")

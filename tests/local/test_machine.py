"""What bin/run says before it downloads packages, and when it refuses to."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from searchsite.local import machine

GB = 10**9


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Any:
    def set_free(size: float) -> None:
        usage = shutil.disk_usage("/")._replace(free=int(size))
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)

    set_free(100 * GB)
    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(platform, "mac_ver", lambda: ("14.5", ("", "", ""), "arm64"))
    return set_free


@pytest.mark.parametrize(
    ("system", "name"), [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")]
)
def test_these_machines_are_accepted(
    monkeypatch: pytest.MonkeyPatch, free: Any, tmp_path: Path, system: str, name: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: name)
    assert machine.refusal(tmp_path) == ""


@pytest.mark.parametrize(
    ("system", "name"), [("linux", "armv7l"), ("darwin", "x86_64"), ("win32", "AMD64")]
)
def test_other_machines_are_refused(
    monkeypatch: pytest.MonkeyPatch, free: Any, tmp_path: Path, system: str, name: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: name)
    assert name in machine.refusal(tmp_path)


def test_a_c_library_without_wheels_is_refused(
    monkeypatch: pytest.MonkeyPatch, free: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    assert "needs glibc 2.28" in machine.refusal(tmp_path)


def test_an_old_processor_needs_another_postgres(
    monkeypatch: pytest.MonkeyPatch, free: Any, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    flags = {"fpu", "sse4_2", "avx"}
    assert "needs a processor with AVX2" in machine.refusal(tmp_path, flags)
    assert machine.refusal(tmp_path, {*flags, "avx2", "fma"}) == ""
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/searchsite")
    assert machine.refusal(tmp_path, flags) == ""


def test_an_old_macos_is_refused(
    monkeypatch: pytest.MonkeyPatch, free: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    monkeypatch.setattr(platform, "mac_ver", lambda: ("13.6", ("", "", ""), "arm64"))
    assert "needs macOS 14" in machine.refusal(tmp_path)


@pytest.fixture
def public_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PIP_EXTRA_INDEX_URL", "PIP_INDEX_URL", "PIP_FIND_LINKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")


@pytest.mark.usefixtures("public_packages")
def test_pytorch_with_cuda_needs_more_disk(
    monkeypatch: pytest.MonkeyPatch, free: Any, tmp_path: Path
) -> None:
    free(5 * GB)
    index = "https://download.pytorch.org/whl/cpu"
    assert "need 9 GB of disk" in machine.needs()[0]
    reason = machine.refusal(tmp_path)
    assert "the packages need 9 GB" in reason
    assert f"PIP_EXTRA_INDEX_URL={index} bin/run" in reason
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", index)
    assert "need 2.5 GB of disk" in machine.needs()[0]
    assert machine.refusal(tmp_path) == ""


def test_a_small_disk_is_refused(free: Any, tmp_path: Path) -> None:
    free(1.2 * GB)
    reason = machine.refusal(tmp_path)
    assert str(tmp_path) in reason
    assert "1.2 GB of free disk" in reason

"""Random programs of requests, kills and lost messages; more of them with ``-m slow``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from gallery.changeover.choose import choose
from gallery.models import DeletedImage, Image
from tests.builders import make_moderator
from tests.conftest import Hint
from tests.faults.model.simulated_site import SimulatedSite
from tests.faults.model.upload_machine import UploadMachine

pytestmark = pytest.mark.django_db(transaction=True)

_SETTINGS = settings(
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],
)


@pytest.fixture
def run_programs(
    owner: User, hints: list[Hint], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[int, int], None]:
    choose("builtin")
    own, moderator = Client(), Client()
    own.force_login(owner)
    moderator.force_login(make_moderator())
    site = SimulatedSite(hints, monkeypatch, tmp_path)

    def machine() -> UploadMachine:
        Image.objects.all().delete()
        DeletedImage.objects.all().delete()
        site.start_anew()
        return UploadMachine(site, own, moderator)

    def run(programs: int, steps: int) -> None:
        limits = settings(_SETTINGS, max_examples=programs, stateful_step_count=steps)
        run_state_machine_as_test(machine, settings=limits)  # type: ignore[arg-type]

    return run


def test_invariants_hold_after_each_step(run_programs: Callable[[int, int], None]) -> None:
    run_programs(10, 18)


@pytest.mark.slow
def test_invariants_hold_in_more_programs(run_programs: Callable[[int, int], None]) -> None:
    run_programs(40, 40)

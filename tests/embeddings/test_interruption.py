"""A worker that is killed while it embeds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from gallery.changeover.choose import choose
from gallery.embeddings.embed import embed_backlog
from gallery.models import Embedding, Image, State
from tests.embeddings.conftest import MakeDerived
from tests.other_process import start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.slow
def test_the_next_worker_finishes_after_a_kill(make_derived: MakeDerived) -> None:
    choose("one")
    for _ in range(4):
        make_derived()
    worker = start("tests.embeddings.programs.embed_and_hang")
    assert worker.stdout is not None
    assert worker.stdout.readline() == "encoding 4\n"
    worker.kill()
    worker.communicate()
    assert embed_backlog() == 0
    assert Image.objects.filter(state=State.DERIVED, attempts=1).count() == 4
    Image.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert embed_backlog() == 4
    assert set(Image.objects.values_list("state", flat=True)) == {State.READY}
    assert Embedding.objects.count() == 4

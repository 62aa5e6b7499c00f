"""One line per task; each is registered under its stage's name."""

from celery import shared_task

from gallery.changeover import run
from gallery.core.dispatch import Stage
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.derive import derive
from gallery.ingest.sweep import sweep
from gallery.operations import index_keeper, relevance_keeper


@shared_task(name=Stage.DERIVE)
def derive_image(image_id: str) -> None:
    derive(image_id)


@shared_task(name=Stage.EMBED)
def embed_images() -> None:
    embed_backlog()


@shared_task(name=Stage.BACKFILL)
def continue_changeover() -> None:
    run.run()


@shared_task(name=Stage.SWEEP)
def sweep_images() -> None:
    sweep()


@shared_task(name=Stage.KEEP_INDEX)
def keep_index() -> None:
    index_keeper.keep()


@shared_task(name=Stage.KEEP_RELEVANCE)
def keep_relevance() -> None:
    relevance_keeper.keep()

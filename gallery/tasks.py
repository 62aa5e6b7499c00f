"""One line per task; each is registered under its stage's name."""

from celery import shared_task

from gallery.accounts import token_limits
from gallery.changeover import run
from gallery.core.dispatch import Stage
from gallery.curation.near_duplicates import find
from gallery.curation.tags.suggestions import suggest
from gallery.embeddings.embed import embed_backlog
from gallery.ingest.backlog import derive_hinted
from gallery.ingest.facts import reread
from gallery.ingest.imports import run as imports
from gallery.ingest.sweep import sweep
from gallery.integration import retention as records
from gallery.integration.webhooks import deliver
from gallery.llm import budget
from gallery.map import update
from gallery.operations import index_keeper, index_requests, relevance_keeper
from gallery.operations.files import orphan_keeper
from gallery.operations.integrity import keeper
from gallery.recommendations.activity import retention
from gallery.recommendations.interests import build


@shared_task(name=Stage.DERIVE)
def derive_image(image_id: str) -> None:
    derive_hinted(image_id)


@shared_task(name=Stage.EMBED)
def embed_images() -> None:
    embed_backlog()


@shared_task(name=Stage.BACKFILL)
def continue_changeover() -> None:
    run.run()


@shared_task(name=Stage.SWEEP)
def sweep_images() -> None:
    sweep()


@shared_task(name=Stage.FIND_ORPHANS)
def find_orphans() -> None:
    orphan_keeper.keep()


@shared_task(name=Stage.CHECK_INTEGRITY)
def check_integrity() -> None:
    keeper.run()


@shared_task(name=Stage.KEEP_INDEX)
def keep_index() -> None:
    index_keeper.keep()


@shared_task(name=Stage.KEEP_RELEVANCE)
def keep_relevance() -> None:
    relevance_keeper.keep()


@shared_task(name=Stage.READ_FACTS)
def read_facts_again() -> None:
    reread.run()


@shared_task(name=Stage.SUGGEST)
def suggest_tags() -> None:
    suggest.run()


@shared_task(name=Stage.FIND_NEAR_DUPLICATES)
def find_near_duplicates() -> None:
    find.run()


@shared_task(name=Stage.BUILD_INTERESTS)
def build_interests() -> None:
    build.run()


@shared_task(name=Stage.UPDATE_MAP)
def update_map() -> None:
    update.run()


@shared_task(name=Stage.IMPORT)
def import_pictures() -> None:
    imports.run()


@shared_task(name=Stage.DELETE_OLD_ACTIVITY)
def delete_old_activity() -> None:
    retention.delete_old()


@shared_task(name=Stage.DELETE_TOKENS)
def delete_expired_tokens() -> None:
    token_limits.delete_expired()


@shared_task(name=Stage.DELIVER_WEBHOOKS)
def deliver_webhooks() -> None:
    deliver.run()


@shared_task(name=Stage.DELETE_OLD_RECORDS)
def delete_old_records() -> None:
    records.delete_old()
    budget.delete_old()


@shared_task(name=Stage.BUILD_INDEX)
def build_index(space_id: str) -> None:
    index_requests.build(int(space_id))


@shared_task(name=Stage.CALIBRATE_INDEX)
def calibrate_index(space_id: str) -> None:
    index_requests.calibrate(int(space_id))


@shared_task(name=Stage.DROP_INDEX)
def drop_index(space_id: str) -> None:
    index_requests.drop(int(space_id))

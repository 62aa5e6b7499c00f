"""What a calibration would choose, measured without changing anything."""

from __future__ import annotations

from dataclasses import dataclass

from gallery.core.config import config
from gallery.core.query_kind import QueryKind
from gallery.models import Embedding, EmbeddingSpace, IndexBuild, IndexKind
from gallery.models.locks import Lock, if_free
from gallery.operations import index_queries
from gallery.vectorindex import calibrate, recall
from gallery.vectorindex.build import Candidate
from gallery.vectorindex.recall import Recall

__all__ = ["Proposal", "Recall", "propose"]


@dataclass(frozen=True)
class Proposal:
    """The effort that searches of one kind use now, and the least one that reaches the target, or
    the highest there is. Both were measured with the same queries.
    """

    kind: QueryKind
    effort: int
    measured: Recall
    proposed_effort: int
    proposed: Recall


def propose(space: EmbeddingSpace) -> list[Proposal] | None:
    """None without an index, or if another process is working on one. Takes about a minute."""
    with if_free(Lock.BUILD_INDEX) as is_free:
        index = IndexBuild.objects.filter(space=space).first()
        if not is_free or index is None:
            return None
        known = calibrate.known_queries(space, index_queries.samples(space))
        rows = Embedding.objects.filter(space=space).count()
        candidate = Candidate(space.pk, index.name, IndexKind(index.kind), index.lists, rows, 0.0)
        result = calibrate.calibrate(candidate, known, config().target_recall)
        return [
            Proposal(
                kind=kind,
                effort=index.effort(kind),
                measured=recall.measure(index, index.effort(kind), queries),
                proposed_effort=result.efforts[kind],
                proposed=result.chosen(kind),
            )
            for kind, queries in known.items()
        ]

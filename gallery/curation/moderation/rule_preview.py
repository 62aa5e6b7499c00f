"""How many images a rule would catch today, before it is saved."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from gallery.curation.moderation.rules import condition_of
from gallery.curation.tags.suggestions import prompts, scoring
from gallery.curation.tags.suggestions.matches import Match, Vocabulary
from gallery.curation.tags.suggestions.thresholds import distribution
from gallery.curation.tags.suggestions.thresholds import threshold_of as suggested_from
from gallery.embeddings import spaces
from gallery.encoders.base import Vectors
from gallery.models import Embedding, EmbeddingSpace, ModerationRule, TagScoring
from gallery.vectorindex.calibration.sample import sample

# About 0.5 s. More pictures are counted by these.
_SAMPLE = 5_000
_EXAMPLES = 8


@dataclass(frozen=True)
class RulePreview:
    """``caught`` of the ``total`` images with a vector, exact if all of them were compared. The
    ``examples`` fit best; images that a person has decided about are counted too."""

    caught: int
    total: int
    is_exact: bool
    examples: Sequence[uuid.UUID]
    is_possible: bool = True

    @property
    def catches_most(self) -> bool:
        return 2 * self.caught > self.total


def preview_of(rule: ModerationRule) -> RulePreview:
    """The rule need not be stored. Not possible in a gallery of few pictures, where rules do not
    act. Raises like ``encode.text_vectors``."""
    space = spaces.active()
    ids, pictures = sample(space, _SAMPLE)
    if len(ids) < scoring.LEAST_PICTURES:
        return RulePreview(0, len(ids), is_exact=True, examples=(), is_possible=False)
    matches = sorted(_matches(rule, space, pictures), key=lambda match: -match.cosine)
    total = Embedding.objects.filter(space=space).count()
    return RulePreview(
        caught=round(total * len(matches) / len(ids)),
        total=total,
        is_exact=len(ids) >= total,
        examples=[ids[match.picture] for match in matches[:_EXAMPLES]],
    )


def _matches(rule: ModerationRule, space: EmbeddingSpace, pictures: Vectors) -> list[Match]:
    tags, vocabulary, _ = scoring.read(space)
    own = next((place for place, tag in enumerate(tags) if tag.pk == rule.tag_id), len(tags))
    if own == len(tags):
        vocabulary = _with_tag(rule, space, vocabulary, pictures)
    [measured] = distribution(pictures @ vocabulary.vectors[own : own + 1].T)
    measured_scoring = TagScoring(median=measured.median, spread=measured.spread)
    condition = condition_of(rule, measured_scoring, float(vocabulary.thresholds[own]))
    return vocabulary.needing({own: condition}).matches(pictures)


def _with_tag(
    rule: ModerationRule, space: EmbeddingSpace, vocabulary: Vocabulary, pictures: Vectors
) -> Vocabulary:
    """With the tag of the rule, which is not compared yet, at its end."""
    vector = prompts.vectors_of(space, [rule.tag])
    [measured] = distribution(pictures @ vector.T)
    own = suggested_from(measured) if rule.tag.threshold is None else rule.tag.threshold
    return replace(
        vocabulary,
        vectors=np.concatenate([vocabulary.vectors, vector]),
        kinds=[*vocabulary.kinds, rule.tag.kind],
        thresholds=np.append(vocabulary.thresholds, np.float32(own)),
        scale=float(spaces.encoder_of(space).logit_scale),
    )

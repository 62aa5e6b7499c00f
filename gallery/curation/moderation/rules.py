"""Which images the rules hold, hide or block, from the vectors that suggestions are made from."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gallery.curation.tags.suggestions.matches import Condition, Vocabulary
from gallery.curation.tags.suggestions.strength import LEAST_SPREADS, Strength
from gallery.encoders.base import Vectors
from gallery.models import (
    EmbeddingSpace,
    LeastMatch,
    ModerationAction,
    ModerationRule,
    ModerationSource,
    Tag,
    TagScoring,
)
from gallery.models.moderation import reasons
from gallery.models.moderation.reasons import ModerationReason


@dataclass(frozen=True)
class ActiveRule:
    action: ModerationAction
    condition: Condition


class RulesChanged(Exception):
    """The rules are others than those that were read."""


@dataclass(frozen=True)
class RuleSet:
    """The rules by the place of their tag in the vocabulary; ``rows`` are all rules as they were
    read, by the keys of their tags."""

    tags: Sequence[Tag]
    rules: dict[int, ActiveRule] = field(default_factory=dict)
    rows: Mapping[int, ModerationRule] = field(default_factory=dict)

    def digest(self, vocabulary_digest: str) -> str:
        """Another one when a rule changes; that of the vocabulary alone without rules."""
        if not self.rules:
            return vocabulary_digest
        facts = [
            [self.tags[place].pk, self.tags[place].is_suggested, rule.action,
             *(round(limit, 4) for limit in rule.condition)]
            for place, rule in self.rules.items()
        ]  # fmt: skip
        return hashlib.sha256(json.dumps([vocabulary_digest, facts]).encode()).hexdigest()

    def check(self) -> None:
        """Raises ``RulesChanged``. Call it in the transaction that applies the rules, after the
        vectors were read: a picture that was held because of a newer rule would be shown."""
        if _facts(_by_tag()) != _facts(self.rows):
            raise RulesChanged

    def apply(self, vocabulary: Vocabulary, ids: Sequence[uuid.UUID], vectors: Vectors) -> None:
        """Hold, hide or block the images whose tags fit well enough, unless a person has decided
        about them since the rule first did."""
        if not self.rules:
            return
        conditions = {place: rule.condition for place, rule in self.rules.items()}
        matches = vocabulary.needing(conditions).matches(vectors)
        if not matches:
            return
        reasons.note([
            ModerationReason(
                image_id=ids[match.picture],
                source=ModerationSource.RULE,
                action=self.rules[match.tag].action,
                tag_id=self.tags[match.tag].pk,
                detail=self.tags[match.tag].name,
                score=match.cosine,
                threshold=self.rules[match.tag].condition.threshold,
            )
            for match in matches
        ])  # fmt: skip


def read(space: EmbeddingSpace, tags: Sequence[Tag], vocabulary: Vocabulary) -> RuleSet:
    """The rules of these tags, which are those of the vocabulary in its order."""
    rows = _by_tag()
    if not rows:
        return RuleSet(tags)
    scorings = {
        scoring.tag_id: scoring
        for scoring in TagScoring.objects.filter(space=space, tag__in=rows).defer("vector")
    }
    rules = {
        place: ActiveRule(
            ModerationAction(rows[tag.pk].action),
            condition_of(rows[tag.pk], scorings[tag.pk], float(vocabulary.thresholds[place])),
        )
        for place, tag in enumerate(tags)
        if tag.pk in rows
    }
    return RuleSet(tags, rules, rows)


def _by_tag() -> dict[int, ModerationRule]:
    return {rule.tag_id: rule for rule in ModerationRule.objects.all()}


def _facts(rows: Mapping[int, ModerationRule]) -> set[tuple[int, str, str, float | None]]:
    return {(key, row.action, row.least_match, row.threshold) for key, row in rows.items()}


def condition_of(rule: ModerationRule, scoring: TagScoring, suggested_from: float) -> Condition:
    """From the scoring of the rule's tag and the least cosine of a suggestion.

    A similarity that a person set is the only condition: the rule must not depend on which other
    tags the vocabulary has.
    """
    if rule.threshold is not None:
        return Condition(rule.threshold, least_share=0.0)
    if rule.least_match == LeastMatch.POSSIBLE:
        return Condition(suggested_from)
    spreads = LEAST_SPREADS[Strength(rule.least_match)]
    return Condition(max(suggested_from, scoring.median + spreads * scoring.spread))

from __future__ import annotations

from django.core.management.base import CommandError

from gallery.core.command_line import management_command
from gallery.models import EmbeddingSpace


def find_space(number_or_encoder: str) -> EmbeddingSpace:
    """Raises ``CommandError`` unless exactly one space has this number or encoder."""
    matches = EmbeddingSpace.objects.filter(encoder=number_or_encoder)
    if not matches and number_or_encoder.isdecimal():
        matches = EmbeddingSpace.objects.filter(pk=int(number_or_encoder))
    if len(matches) != 1:
        count = "no" if not matches else "more than one"
        command = management_command("encoder show")
        raise CommandError(f"There is {count} space {number_or_encoder}: see {command}.")
    return matches[0]

"""What the review page shows of each picture of a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.curation.near_duplicates.best import BestReason
from gallery.curation.near_duplicates.groups import Group
from gallery.models import Image, Tag

_REASONS: dict[BestReason, Promise] = {
    BestReason.VISIBLE: _("visible"),
    BestReason.LEAST_RESTRICTED: _("least restricted by moderation"),
    BestReason.INTACT: _("not damaged"),
    BestReason.PIXELS: _("most pixels"),
    BestReason.CAMERA: _("has the camera's metadata"),
    BestReason.FILE_SIZE: _("largest file"),
    BestReason.FIRST_UPLOAD: _("uploaded first"),
}


@dataclass(frozen=True)
class Picture:
    """``reason`` is empty unless this is the best of its group; ``similarity`` is that with it."""

    image: Image
    tags: list[Tag]
    reason: Promise | str = ""
    similarity: float | None = None

    @property
    def bytes_per_pixel(self) -> float | None:
        """How much is left of the picture after compression; comparable in one format."""
        pixels = (self.image.width or 0) * (self.image.height or 0)
        return self.image.size / pixels if pixels else None


class ShownGroup(NamedTuple):
    """``more`` pictures of the group, at least, are not shown."""

    pictures: list[Picture]
    more: int


def compared(groups: Sequence[Group]) -> list[ShownGroup]:
    """The pictures of each group, the best first, with their tags; one query for all."""
    ids = {key for group in groups for image in group.images for key in image.tag_ids}
    tags = Tag.objects.in_bulk(ids)

    def tags_of(image: Image) -> list[Tag]:
        return [tags[key] for key in image.tag_ids if key in tags]

    def pictures_of(group: Group) -> list[Picture]:
        return [
            Picture(group.best, tags_of(group.best), _REASONS[group.reason]),
            *(
                Picture(each.image, tags_of(each.image), similarity=each.similarity)
                for each in group.others
            ),
        ]

    return [ShownGroup(pictures_of(group), group.more) for group in groups]

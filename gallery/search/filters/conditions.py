"""All conditions on images as one frozen value, which is checked when it is created."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from gallery.media.formats import FORMATS
from gallery.models import State, Visibility
from gallery.search.filters import checks
from gallery.search.filters.colours import Colour
from gallery.search.filters.metadata import MetadataCondition
from gallery.search.filters.orientation import Orientation
from gallery.search.filters.places import Place


@dataclass(frozen=True, kw_only=True)
class ImageFilter:
    """A condition left at its default does not filter; an image has to meet all others.

    ``*_after`` includes the moment itself and ``*_before`` excludes it; ``dated`` is the date
    taken, or the upload if that is unknown. ``min_*`` and ``max_*`` include their limit; ``size``
    is in bytes. A collection is met by any of its values, but ``metadata`` by all conditions and
    ``tags``, which are names in English or Chinese, by all approved tags with these names.
    ``camera`` and ``lens`` are parts of the name, in upper or lower case.

    ``owner`` is a username; ``no_owner`` keeps images that were uploaded without a login. ``own``
    keeps the images of the person who asks, and so do ``external_id`` and ``import_id``, which
    keeps those that one import added. ``near`` keeps only
    images that this person may change, because only these show their position.
    ``hide_failed_of_others`` drops failed and quarantined images of others.
    ``required`` and ``excluded`` are further filters that must and must not be met.

    Raises ``InvalidInput``, with the ``field`` in ``data``, if a value is not valid.
    """

    owner: str = ""
    own: bool = False
    no_owner: bool = False
    states: Collection[str] = ()
    visibility: str = ""
    hide_failed_of_others: bool = False
    external_id: str = ""
    import_id: uuid.UUID | None = None

    created_after: datetime | None = None
    created_before: datetime | None = None
    taken_after: datetime | None = None
    taken_before: datetime | None = None
    dated_after: datetime | None = None
    dated_before: datetime | None = None

    orientations: Collection[str] = ()
    formats: Collection[str] = ()
    min_size: int | None = None
    max_size: int | None = None
    min_megapixels: float | None = None
    max_megapixels: float | None = None
    camera: str = ""
    lens: str = ""
    colour: Colour | None = None
    near: Place | None = None

    has_caption: bool | None = None
    tags: Collection[str] = ()
    metadata: tuple[MetadataCondition, ...] = ()

    required: tuple[ImageFilter, ...] = ()
    excluded: tuple[ImageFilter, ...] = ()

    def __post_init__(self) -> None:
        for name in ("owner", "external_id", "camera", "lens"):
            checks.text(name, getattr(self, name))
        checks.choices("states", self.states, State.values)
        checks.choices(
            "visibility", [self.visibility] if self.visibility else [], Visibility.values
        )
        checks.choices("orientations", self.orientations, Orientation.values)
        checks.choices("formats", self.formats, FORMATS)
        checks.count("tags", self.tags)
        for tag in self.tags:
            checks.tag("tags", tag)
        for name in ("size", "megapixels"):
            self._check_limits(name)
        for name in ("created", "taken", "dated"):
            self._check_span(name)
        checks.count("metadata", self.metadata)
        # Each value is compared with each image, so those of all keys count together.
        checks.count("metadata", [v for each in self.metadata for v in each.any_of + each.none_of])
        checks.count("required", self.required)
        checks.count("excluded", self.excluded)

    def _check_limits(self, name: str) -> None:
        low, high = getattr(self, f"min_{name}"), getattr(self, f"max_{name}")
        for field, value in ((f"min_{name}", low), (f"max_{name}", high)):
            if value is not None:
                checks.number(field, value, low=0, high=checks.MAX_QUANTITY)
        checks.ordered(f"min_{name}", low, high)

    def _check_span(self, name: str) -> None:
        after, before = getattr(self, f"{name}_after"), getattr(self, f"{name}_before")
        for field, value in ((f"{name}_after", after), (f"{name}_before", before)):
            if value is not None:
                checks.moment(field, value)
        checks.ordered(f"{name}_after", after, before)

"""Which owners, tags and cameras exist among the images that a person may see."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Protocol

from django.contrib.auth.models import User as Account
from django.db.models import Exists, OuterRef
from django.db.models.functions import Lower

from gallery.models import Image, ImageTag, Tag, User
from gallery.models.tags.names import key_of
from gallery.search.intent.known_cameras import camera_names


class KnownNames(Protocol):
    """A name that nothing visible has is no filter: its words stay text."""

    @property
    def is_somebody(self) -> bool:
        """Whether the person is logged in, so that “my pictures” means something."""

    def owners(self, names: Collection[str]) -> dict[str, str]:
        """The usernames among ``names``, by their form in lower case."""

    def tags(self, names: Collection[str]) -> dict[str, str]:
        """The tags among ``names``, English or Chinese, by their form in lower case."""

    def has_camera(self, name: str) -> bool:
        """Whether the name of a camera has ``name``, from the beginning of a word."""


class NamesVisibleTo:
    """The names in the database. Each method is at most one statement."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.is_somebody = user.is_authenticated

    def owners(self, names: Collection[str]) -> dict[str, str]:
        visible = Image.objects.visible_to(self.user).filter(owner=OuterRef("pk"))
        owners = Account.objects.annotate(name=Lower("username")).filter(
            Exists(visible), name__in=[name.lower() for name in names]
        )
        return dict(owners.values_list("name", "username"))

    def tags(self, names: Collection[str]) -> dict[str, str]:
        tagged = ImageTag.objects.approved().filter(
            tag=OuterRef("pk"), image__in=Image.objects.visible_to(self.user)
        )
        tags = list(Tag.objects.named(*names).filter(Exists(tagged)))
        by_key = {tag.name_zh_key: tag.name_zh for tag in tags if tag.name_zh_key}
        by_key |= {tag.name_key: tag.name for tag in tags}
        keys = {name.lower(): key_of(name) for name in names}
        return {name: by_key[key] for name, key in keys.items() if key in by_key}

    def has_camera(self, name: str) -> bool:
        pattern = rf"\b(?=\w){re.escape(name)}"
        return re.search(pattern, camera_names(self.user), re.IGNORECASE) is not None

"""Functions that create rows for tests."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from gallery.accounts import tokens
from gallery.core.query_kind import QueryKind
from gallery.curation.moderation.decide import decide
from gallery.embeddings import spaces
from gallery.models import (
    WIDTH,
    Embedding,
    EmbeddingSpace,
    Image,
    ImageTag,
    IndexBuild,
    IndexKind,
    IndexMeasurement,
    ModerationAction,
    NearDuplicatePair,
    SpaceBackfill,
    State,
    Tag,
    TagSource,
    TagState,
    Visibility,
)
from gallery.operations.health import media_folder, registry
from gallery.vectorindex import build


def make_user(name: str = "owner", **fields: Any) -> User:
    return get_user_model().objects.create_user(username=name, password="secret-of-tests", **fields)


def make_moderator(name: str = "moderator") -> User:
    """Staff who may moderate, and nothing else."""
    moderator = make_user(name, is_staff=True)
    moderator.user_permissions.add(Permission.objects.get(codename="moderate_images"))
    return moderator


def make_token(user: User, *scopes: str, expiry: timedelta | None = None) -> str:
    """An API token with these scopes, by default all that the person may have."""
    ends_at = None if expiry is None else timezone.now() + expiry
    return tokens.create(user, expiry=ends_at, scopes=scopes or None)[1]


def by_token(token: str) -> dict[str, str]:
    return {"Authorization": f"Token {token}"}


def make_image(owner: User | None = None, **fields: Any) -> Image:
    """A ready public image without files; ``fields`` override the defaults."""
    key = fields.pop("id", uuid.uuid4())
    values: dict[str, Any] = {
        "title": "A picture",
        "file_name": "picture.png",
        "original": f"originals/{key.hex[:2]}/{key}.png",
        "sha256": hashlib.sha256(key.bytes).hexdigest(),
        "size": 1234,
        "format": "png",
        "width": 300,
        "height": 200,
        "colour": "#336699",
        "state": State.READY,
        "visibility": Visibility.PUBLIC,
    }
    return Image.objects.create(id=key, owner=owner, **{**values, **fields})


def make_space(**fields: Any) -> EmbeddingSpace:
    values: dict[str, Any] = {
        "encoder": "builtin",
        "fingerprint": f"test {uuid.uuid4()}",
        "active": True,
    }
    spaces.forget_active()
    return EmbeddingSpace.objects.create(**{**values, **fields})


def make_backfill(space: EmbeddingSpace, **fields: Any) -> SpaceBackfill:
    return SpaceBackfill.objects.create(space=space, **fields)


def make_index(space: EmbeddingSpace, **fields: Any) -> IndexBuild:
    """The row of an index, without the index itself."""
    values = {"name": "x_0", "lists": 1, "text_effort": 1, "picture_effort": 1, "rows": 1}
    return IndexBuild.objects.create(space=space, **{**values, **fields})


def make_measurement(space: EmbeddingSpace, **fields: Any) -> IndexMeasurement:
    values: dict[str, Any] = {
        "query_kind": "text", "index_kind": "ivfflat", "lists": 1264, "effort": 40, "rows": 100_000,
        "queries": 400, "source": "captions", "recall": 0.985, "recall_low": 0.971,
        "recall_high": 0.994, "milliseconds": 4.4,
    }  # fmt: skip
    return IndexMeasurement.objects.create(space=space, **{**values, **fields})


def build_index(space: EmbeddingSpace, lists: int, effort: int) -> IndexBuild:
    """A real ivfflat index of the vectors that exist. Drop it at the end with ``build.drop``."""
    candidate = build.create(space, IndexKind.IVFFLAT, lists)
    return build.adopt(space, candidate, dict.fromkeys(QueryKind, effort))


def make_embedding(
    image: Image, space: EmbeddingSpace, vector: npt.NDArray[np.float32]
) -> Embedding:
    return Embedding.objects.create(image=image, space=space, vector=vector)


def make_embedded(
    space: EmbeddingSpace, vectors: Sequence[npt.NDArray[np.float32]], **fields: Any
) -> list[Image]:
    """One ready public image for each vector, in its order; two statements for any number."""
    keys = [uuid.uuid4() for _ in vectors]
    values = {"visibility": Visibility.PUBLIC, "state": State.READY, "size": 1, **fields}
    images = Image.objects.bulk_create(
        Image(id=key, sha256=key.hex * 2, original=str(key), **values) for key in keys
    )
    Embedding.objects.bulk_create(
        Embedding(image=image, space=space, vector=vector)
        for image, vector in zip(images, vectors, strict=True)
    )
    return images


def unit_vector(seed: int) -> npt.NDArray[np.float32]:
    """The same pseudo-random unit vector for the same seed, ``(512,) float32``."""
    return unit(np.random.default_rng(seed).standard_normal(WIDTH))


def unit(values: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """``values`` scaled to norm 1, float32."""
    array = np.asarray(values, dtype=np.float64)
    return (array / np.linalg.norm(array)).astype(np.float32)


def all_processes_report(*, except_for: str = "") -> None:
    """A heartbeat of each process that the site's health expects, with the web's media folder."""
    media_folder.mark()
    for role in {"derive", "embed", "beat"} - {except_for}:
        registry.record(f"{role}:host", role, media_folder.identity())


def make_tag(name: str, **fields: Any) -> Tag:
    return Tag.objects.create(name=name, **fields)


def tag_image(image: Image, tag: Tag, **fields: Any) -> ImageTag:
    """By default a tag that a person gave."""
    values = {"source": TagSource.PERSON, "state": TagState.APPROVED}
    return ImageTag.objects.create(image=image, tag=tag, **{**values, **fields})


def moderate(image: Image, action: str, note: str = "") -> Image:
    """Decided by a moderator of its own; returns the image as it is afterwards."""
    name = f"moderator {uuid.uuid4().hex[:8]}"
    decide([image.pk], ModerationAction(action), user=make_moderator(name), note=note)
    image.refresh_from_db()
    return image


def make_near_duplicates(first: Image, second: Image, **fields: Any) -> NearDuplicatePair:
    low, high = sorted((first.pk, second.pk))
    values = {"distance": 2, "similarity": 0.97, **fields}
    return NearDuplicatePair.objects.create(first_id=low, second_id=high, **values)

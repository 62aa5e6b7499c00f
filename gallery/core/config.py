"""The ``GALLERY`` setting as a frozen, typed value, read once from Django's settings."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed


@dataclass(frozen=True, kw_only=True)
class GalleryConfig:
    """The keys of the ``GALLERY`` setting; sizes are in bytes, times in seconds."""

    version: str
    manage_command: str  # what people type before the name of a management command
    encoder: str
    encoder_backend: str
    models_dir: Path
    hub_timeout: int
    max_file_size: int
    max_pixels: int
    decode_seconds: int
    decode_memory: int
    postgres_programs: str
    query_places: int
    query_seconds: int
    query_memory: int
    damaged_pictures: str
    read_places: bool
    read_keywords: bool
    backup_age: int  # seconds after which the last backup is too old; 0: it may have any age
    integrity_rate: int  # bytes a second that the check of stored files reads; 0: it is off
    embed_batch: int
    lease_seconds: int
    max_attempts: int
    decoders_per_owner: int
    large_pictures: int  # that are decoded at the same time on this machine
    default_visibility: str
    anonymous_access: bool
    anonymous_upload: bool
    hold_anonymous_uploads: bool
    strangers_get: str
    fetch_urls: bool
    fetch_allow: tuple[str, ...]
    fetch_deny: tuple[str, ...]
    fetch_seconds: int  # from the first connection to the last byte
    import_folders: tuple[str, ...]
    import_max_size: int
    import_downloads: int  # pictures that one import reads or fetches at the same time
    import_connections: int  # to one server
    import_rate: float  # requests to one server in a second
    index_min_rows: int
    index_kind: str
    index_memory: int
    target_recall: float
    page_size: int
    max_results: int
    max_query_length: int
    query_picture_ttl: int
    southern_seasons: bool
    llm_provider: str  # off, anthropic or openai
    llm_model: str
    llm_url: str
    llm_key: str = field(repr=False)
    llm_seconds: int
    llm_places: int  # answers that a web process writes at the same time
    intent_seconds: int
    # What one person, and all together, may use in a day; 0 means without limit.
    llm_user_requests: int
    llm_user_tokens: int
    llm_requests: int
    llm_tokens: int
    map_method: str  # pca or umap
    activity_seconds: int  # how long views and searches are kept


@lru_cache(maxsize=1)
def config() -> GalleryConfig:
    values: dict[str, Any] = settings.GALLERY
    return GalleryConfig(**values)


def _clear_cache(*, setting: str, **_: Any) -> None:
    if setting == "GALLERY":
        config.cache_clear()


setting_changed.connect(_clear_cache)

"""The settings of the gallery, read from environment variables, which README.md lists."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from searchsite import memory
from searchsite.configuration import env, language_model, postgres_programs
from searchsite.version import __version__


def settings(var: Path) -> dict[str, Any]:
    """The GALLERY setting; ``var`` is the directory of the site's data."""
    return {
        "version": __version__,
        "manage_command": env.text("SEARCHSITE_MANAGE", "python manage.py"),
        "encoder": env.text("GALLERY_ENCODER", "auto"),
        "encoder_backend": env.choice("GALLERY_ENCODER_BACKEND", "auto", {"auto", "torch", "onnx"}),
        "models_dir": var / "models",
        "hub_timeout": env.duration("GALLERY_HUB_TIMEOUT", 10),
        "postgres_programs": env.text("POSTGRES_PROGRAMS", postgres_programs.directory()),
        "map_method": env.choice("GALLERY_MAP", "pca", {"pca", "umap"}),
        "activity_seconds": env.duration("GALLERY_ACTIVITY_TTL", 180 * 24 * 3600),
        **_files(),
        **_query_pictures(),
        **_processing(),
        **_access(),
        **_fetching(),
        **_imports(),
        **_searching(),
        **language_model.settings(),
    }


def _files() -> dict[str, Any]:
    return {
        "max_file_size": env.size("GALLERY_MAX_FILE_SIZE", 64 << 20),
        "max_pixels": env.integer("GALLERY_MAX_PIXELS", 128_000_000),
        "decode_seconds": env.duration("GALLERY_DECODE_SECONDS", 30),
        "decode_memory": env.size("GALLERY_DECODE_MEMORY", 768 << 20),
        "damaged_pictures": env.choice("GALLERY_DAMAGED_PICTURES", "warn", {"warn", "refuse"}),
        "read_places": env.boolean("GALLERY_READ_PLACES", True),
        "read_keywords": env.boolean("GALLERY_READ_KEYWORDS", True),
        "backup_age": env.duration("GALLERY_BACKUP_AGE", 0),
        "integrity_rate": env.size("GALLERY_INTEGRITY_RATE", 10 << 20),
    }


def _query_pictures() -> dict[str, Any]:
    """The decoders of pictures to search with.

    How many run at a time, the seconds of each, and the memory of all. Each web process counts its
    own, so it gets its part of the number and of the memory.
    """
    web_processes = max(1, env.integer("WEB_CONCURRENCY", 1))
    return {
        "query_places": max(1, env.integer("GALLERY_QUERY_PLACES", 4) // web_processes),
        "query_seconds": env.duration("GALLERY_QUERY_SECONDS", 8),
        "query_memory": env.size("GALLERY_QUERY_MEMORY", 768 << 20) // web_processes,
    }


def _processing() -> dict[str, Any]:
    return {
        "embed_batch": env.integer("GALLERY_EMBED_BATCH", 16),
        "lease_seconds": env.duration("GALLERY_LEASE", 30),
        "max_attempts": env.integer("GALLERY_MAX_ATTEMPTS", 3),
        # Two processes of the default four are kept for other owners.
        "decoders_per_owner": max(
            1,
            env.integer(
                "GALLERY_DECODERS_PER_OWNER", max(2, env.integer("DERIVE_CONCURRENCY", 4) - 2)
            ),
        ),
        # With 4 GB, the four decoders take at most 1.9 GB: 768 MB for one large picture, and 384 MB
        # for each of the others.
        "large_pictures": max(
            1, env.integer("GALLERY_LARGE_PICTURES", memory.total() // (4 << 30))
        ),
    }


def _access() -> dict[str, Any]:
    return {
        "default_visibility": env.choice(
            "GALLERY_DEFAULT_VISIBILITY", "public", {"public", "members", "private"}
        ),
        "anonymous_access": env.boolean("GALLERY_ANONYMOUS_ACCESS", True),
        "anonymous_upload": env.boolean("GALLERY_ANONYMOUS_UPLOAD", False),
        "hold_anonymous_uploads": env.boolean("GALLERY_HOLD_ANONYMOUS_UPLOADS", False),
        "strangers_get": env.choice(
            "GALLERY_STRANGERS_GET", "stripped", {"stripped", "original", "nothing"}
        ),
    }


def _fetching() -> dict[str, Any]:
    """Pictures of other servers, by their URL."""
    return {
        "fetch_urls": env.boolean("GALLERY_FETCH_URLS", True),
        "fetch_allow": tuple(env.strings("GALLERY_FETCH_ALLOW", [])),
        "fetch_deny": tuple(env.strings("GALLERY_FETCH_DENY", [])),
        "fetch_seconds": env.duration("GALLERY_FETCH_SECONDS", 20),
    }


def _imports() -> dict[str, Any]:
    return {
        # Folders of the server from which superusers may import by the API.
        "import_folders": tuple(env.strings("GALLERY_IMPORT_FOLDERS", [])),
        "import_max_size": env.size("GALLERY_IMPORT_MAX_SIZE", 256 << 20),
        "import_downloads": max(1, env.integer("GALLERY_IMPORT_DOWNLOADS", 8)),
        "import_connections": max(1, env.integer("GALLERY_IMPORT_CONNECTIONS", 4)),
        "import_rate": max(1, env.integer("GALLERY_IMPORT_RATE", 10)),
    }


def _searching() -> dict[str, Any]:
    return {
        "index_min_rows": env.integer("GALLERY_INDEX_MIN_ROWS", 20_000),
        "index_kind": env.choice(
            "GALLERY_INDEX_KIND", "ivfflat", {"ivfflat", "ivfflat_half", "hnsw"}
        ),
        "index_memory": env.size("GALLERY_INDEX_MEMORY", 0),
        "target_recall": env.share("GALLERY_TARGET_RECALL", 0.97),
        "page_size": env.integer("GALLERY_PAGE_SIZE", 60),
        "max_results": env.integer("GALLERY_MAX_RESULTS", 200),
        "max_query_length": env.integer("GALLERY_MAX_QUERY_LENGTH", 512),
        "query_picture_ttl": env.duration("GALLERY_QUERY_PICTURE_TTL", 3600),
        "southern_seasons": env.choice("GALLERY_SEASONS", "north", {"north", "south"}) == "south",
    }

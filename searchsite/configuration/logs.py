"""What the processes of the site log, and how."""

from __future__ import annotations

from typing import Any

from searchsite.configuration import env


def settings() -> dict[str, Any]:
    """The LOGGING setting."""
    level = env.text("LOG_LEVEL", "INFO").upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
        "filters": {
            "one_short_line": {"()": "searchsite.log_filters.OneShortLine"},
            "one_line_a_minute": {"()": "searchsite.log_filters.OneLineAMinute"},
            "without_database": {"()": "searchsite.log_filters.OneLineWithoutDatabase"},
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line"},
            "short": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["one_short_line"],
            },
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.utils.autoreload": {"level": "WARNING"},
            "torch": {"level": "WARNING"},
            # At DEBUG they log whole requests, with questions and pictures.
            **{
                name: {"level": "WARNING"}
                for name in ("anthropic", "openai", "httpx2", "httpcore2")
            },
            "django.security.DisallowedHost": {"handlers": ["short"], "propagate": False},
            "gallery.operations.health.heartbeat": {"filters": ["one_line_a_minute"]},
            "celery.worker.consumer.consumer": {"filters": ["one_line_a_minute"]},
            "kombu.transport.redis": {"filters": ["one_line_a_minute"]},
            "celery.app.trace": {"filters": ["without_database"]},
            # `celery worker --loglevel` sets only the root logger's level; this one keeps its own.
            "gallery": {"level": level},
        },
    }

"""Django's settings, read from environment variables, which README.md lists."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from searchsite import env, postgres_programs
from searchsite.redis_urls import broker_url, next_database
from searchsite.version import __version__

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.text("SEARCHSITE_VAR", str(BASE_DIR / "var"))).resolve()

DEBUG = env.boolean("DEBUG", False)
# Production has secure cookies and HSTS, and requires a secret key and the services' addresses.
PRODUCTION = env.boolean("SEARCHSITE_PRODUCTION", False)


def _secret_key() -> str:
    if PRODUCTION:
        raise ImproperlyConfigured("SECRET_KEY (or SECRET_KEY_FILE) is required in production")
    try:
        return (VAR / "secret_key").read_text().strip()
    except OSError:
        return secrets.token_urlsafe(50)


SECRET_KEY = env.secret("SECRET_KEY", _secret_key)
CSRF_TRUSTED_ORIGINS = env.strings("CSRF_TRUSTED_ORIGINS", [])

if PRODUCTION:
    # The embedded services are not used, and searchsite.local is not imported.
    DATABASE_URL = env.required("DATABASE_URL")
    REDIS_URL = env.required("REDIS_URL")
    REDIS_CACHE_URL = env.text("REDIS_CACHE_URL", next_database(REDIS_URL))
    ALLOWED_HOSTS = env.strings("ALLOWED_HOSTS", [])
else:
    from searchsite.local import addresses
    from searchsite.local.own_hosts import own_hosts

    DATABASE_URL = env.text("DATABASE_URL", addresses.database_url(VAR))
    REDIS_URL = env.text("REDIS_URL", addresses.redis_url(VAR))
    # The embedded cache is a server of its own; of your own Redis the next database is used.
    own_redis = env.text("REDIS_URL", "")
    REDIS_CACHE_URL = env.text(
        "REDIS_CACHE_URL", next_database(own_redis) if own_redis else addresses.cache_url(VAR)
    )
    ALLOWED_HOSTS = env.strings(
        "ALLOWED_HOSTS", own_hosts(env.text("SEARCHSITE_BIND", "127.0.0.1"))
    )

INSTALLED_APPS = [
    # Before the admin, so that the gallery's translation of a common message wins ("Log out").
    "gallery",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "csp",
    "django_htmx",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    *([] if PRODUCTION else ["searchsite.local"]),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gallery.pages.requests.caching.PrivateAnswers",
    "csp.middleware.CSPMiddleware",
    # Before sessions, whose key comes from a cookie.
    "gallery.pages.requests.input_checks.InputCheckMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "gallery.pages.requests.body_limits.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gallery.pages.requests.visitors.VisitorMiddleware",
    "gallery.pages.errors.answers.GalleryErrorMiddleware",
]
ROOT_URLCONF = "searchsite.urls"
WSGI_APPLICATION = "searchsite.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # Searched before the apps' directories, so it can override the admin's templates.
        "DIRS": [BASE_DIR / "searchsite" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gallery.pages.context.site",
            ],
        },
    },
]

DATABASES = {"default": environ.Env.db_url_config(DATABASE_URL)}
# The threads of the web process share a connection pool; each worker keeps one connection.
WEB_POOL = env.integer("SEARCHSITE_DB_POOL", 0)
DATABASES["default"].setdefault("OPTIONS", {})
if WEB_POOL:
    DATABASES["default"] |= {
        "ENGINE": "searchsite.database",
        "STATEMENT_SECONDS": env.duration("SEARCHSITE_STATEMENT_TIMEOUT", 10),
    }
    DATABASES["default"]["OPTIONS"] |= {
        "connect_timeout": 5,
        # ``timeout`` is for a pool whose connections are all in use; ``reconnect_timeout`` for a
        # server that refuses more connections. A server that is down ends both at once.
        "pool": {"min_size": 1, "max_size": WEB_POOL, "timeout": 5, "reconnect_timeout": 5},
    }
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
# The web process answers about the site's health from the latest result of its own threads.
HEALTH_IN_BACKGROUND = bool(WEB_POOL)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "searchsite.redis_cache.KeptClientCache",
        "LOCATION": REDIS_CACHE_URL,
        "KEY_PREFIX": "searchsite",
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
}

CELERY_BROKER_URL = broker_url(REDIS_URL)

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
AUTHENTICATION_BACKENDS = ["gallery.accounts.backend.LimitedLoginBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "gallery"
LOGOUT_REDIRECT_URL = "gallery"

LANGUAGE_CODE = env.text("LANGUAGE_CODE", "en")
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
TIME_ZONE = env.text("TIME_ZONE", "UTC")

STATIC_URL = "static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(VAR / "static")))
WHITENOISE_USE_FINDERS = not PRODUCTION
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = [
    "gallery.core.upload_cap.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 500

GALLERY = {
    "version": __version__,
    "encoder": env.text("GALLERY_ENCODER", "auto"),
    "encoder_backend": env.choice("GALLERY_ENCODER_BACKEND", "auto", {"auto", "torch", "onnx"}),
    "models_dir": VAR / "models",
    "hub_timeout": env.duration("GALLERY_HUB_TIMEOUT", 10),
    "max_file_size": env.size("GALLERY_MAX_FILE_SIZE", 64 << 20),
    "max_pixels": env.integer("GALLERY_MAX_PIXELS", 128_000_000),
    "decode_seconds": env.duration("GALLERY_DECODE_SECONDS", 30),
    "decode_memory": env.size("GALLERY_DECODE_MEMORY", 768 << 20),
    # Of the decoders for pictures to search with: how many a web process runs at a time, the
    # seconds of each, and the memory of all.
    "query_places": env.integer("GALLERY_QUERY_PLACES", 4),
    "query_seconds": env.duration("GALLERY_QUERY_SECONDS", 8),
    "query_memory": env.size("GALLERY_QUERY_MEMORY", 768 << 20),
    "damaged_pictures": env.choice("GALLERY_DAMAGED_PICTURES", "warn", {"warn", "refuse"}),
    "postgres_programs": env.text("POSTGRES_PROGRAMS", postgres_programs.directory()),
    "read_places": env.boolean("GALLERY_READ_PLACES", True),
    "embed_batch": env.integer("GALLERY_EMBED_BATCH", 16),
    "lease_seconds": env.duration("GALLERY_LEASE", 60),
    "max_attempts": env.integer("GALLERY_MAX_ATTEMPTS", 3),
    "default_visibility": env.choice(
        "GALLERY_DEFAULT_VISIBILITY", "public", {"public", "members", "private"}
    ),
    "anonymous_access": env.boolean("GALLERY_ANONYMOUS_ACCESS", True),
    "anonymous_upload": env.boolean("GALLERY_ANONYMOUS_UPLOAD", False),
    "strangers_get": env.choice(
        "GALLERY_STRANGERS_GET", "stripped", {"stripped", "original", "nothing"}
    ),
    "index_min_rows": env.integer("GALLERY_INDEX_MIN_ROWS", 20_000),
    "index_kind": env.choice("GALLERY_INDEX_KIND", "ivfflat", {"ivfflat", "ivfflat_half", "hnsw"}),
    "index_memory": env.size("GALLERY_INDEX_MEMORY", 0),
    "target_recall": env.share("GALLERY_TARGET_RECALL", 0.97),
    "page_size": env.integer("GALLERY_PAGE_SIZE", 60),
    "max_results": env.integer("GALLERY_MAX_RESULTS", 200),
    "max_query_length": env.integer("GALLERY_MAX_QUERY_LENGTH", 512),
    "query_picture_ttl": env.duration("GALLERY_QUERY_PICTURE_TTL", 3600),
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["gallery.api.permissions.ReadUnlessClosed"],
    "DEFAULT_SCHEMA_CLASS": "gallery.api.schema.ProblemSchema",
    "EXCEPTION_HANDLER": "drf_standardized_errors.handler.exception_handler",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    # ``format`` is a filter of images, not the format of the answer.
    "URL_FORMAT_OVERRIDE": None,
    # The number of proxies in front of the site, and of trusted entries in X-Forwarded-For.
    "NUM_PROXIES": env.integer("SEARCHSITE_PROXIES", 0),
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(
        ["anonymous_search", "anonymous_filters"], env.text("GALLERY_ANONYMOUS_SEARCHES", "120/m")
    ),
}
# How long new API tokens work; 0 means for ever.
TOKEN_SECONDS = env.duration("GALLERY_TOKEN_TTL", 90 * 24 * 3600)
REST_KNOX = {"TOKEN_TTL": timedelta(seconds=TOKEN_SECONDS) if TOKEN_SECONDS else None}
SPECTACULAR_SETTINGS = {
    "TITLE": "Searchsite",
    "DESCRIPTION": "A picture gallery that is searched by meaning.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "gallery.api.problems.ProblemHandler"}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
if PRODUCTION:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^(livez|readyz|healthz)/$"]
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT
    SECURE_HSTS_SECONDS = env.duration("SECURE_HSTS_SECONDS", 30 * 24 * 3600)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
    SECURE_HSTS_PRELOAD = env.boolean("SECURE_HSTS_PRELOAD", True)

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"one_short_line": {"()": "searchsite.log_filters.OneShortLine"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "short": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["one_short_line"],
        },
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.utils.autoreload": {"level": "WARNING"},
        "torch": {"level": "WARNING"},
        "django.security.DisallowedHost": {"handlers": ["short"], "propagate": False},
        # `celery worker --loglevel` sets only the root logger's level; this one keeps its own.
        "gallery": {"level": LOG_LEVEL},
    },
}
# huggingface_hub sends usage data by default; the site must send nothing at run time.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

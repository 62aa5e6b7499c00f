"""Django's settings, read from environment variables, which README.md lists."""

import os
import secrets
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from searchsite.configuration import env, gallery, logs
from searchsite.configuration.redis_urls import broker_url, next_database

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
    "corsheaders",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "drf_standardized_errors",
    *([] if PRODUCTION else ["searchsite.local"]),
]
MIDDLEWARE = [
    # First, so that answers of the others have its headers too.
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "gallery.pages.requests.caching.PrivateAnswers",
    "csp.middleware.CSPMiddleware",
    # Before sessions, whose key comes from a cookie.
    "gallery.pages.requests.input_checks.InputCheckMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "gallery.pages.requests.compression.CompressionMiddleware",
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
# Where nothing was collected, the files are served from the directories of the apps.
WHITENOISE_USE_FINDERS = not PRODUCTION and (
    DEBUG or not (STATIC_ROOT / "staticfiles.json").exists()
)
MEDIA_ROOT = Path(env.text("MEDIA_ROOT", str(VAR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "searchsite.static_files.HashedFiles"},
}
FILE_UPLOAD_HANDLERS = [
    "gallery.core.upload_cap.CappedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 500

GALLERY = gallery.settings(VAR)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["gallery.api.access.permissions.ReadUnlessClosed"],
    "DEFAULT_SCHEMA_CLASS": "gallery.api.schema.operations.OperationSchema",
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
_ENUMERATIONS = (
    "Backend", "BackfillProblem", "BackfillState", "Band", "Combine", "EventName", "ImageStatus",
    "ImportKind", "ImportProblem", "ImportRowOutcome", "ImportState", "IndexKind", "IntentPartKind",
    "MapMethod", "ModerationAction", "ModerationQueue", "ModerationSource", "ModerationState",
    "ModeratorAction", "NearDuplicateDecision", "NearDuplicateReason",
    "OnDuplicate", "Orientation", "PictureFormat", "QueryKind", "Reason", "ReactionKind",
    "RecommendationReasonKind", "Scope", "SearchMode", "SearchOrder", "TagDecision", "TagKind",
    "TagSource", "TagState", "VectorEncoding", "Visibility",
)  # fmt: skip
SPECTACULAR_SETTINGS = {
    "TITLE": "Searchsite",
    "DESCRIPTION": "A picture gallery that is searched by meaning.",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVERS": [{"url": "/", "description": "The site that serves this description."}],
    "ENUM_NAME_OVERRIDES": {
        name: f"gallery.api.schema.enum_names.{name}" for name in _ENUMERATIONS
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "gallery.api.schema.components.add_components",
    ],
}
DRF_STANDARDIZED_ERRORS = {"EXCEPTION_HANDLER_CLASS": "gallery.api.problems.ProblemHandler"}

# Web pages of these origins may use the API and the files of pictures, with a token: the browser
# sends no cookies of this site with their requests.
_ORIGINS = env.strings("CORS_ALLOWED_ORIGINS", [])
CORS_ALLOW_ALL_ORIGINS = "*" in _ORIGINS
CORS_ALLOWED_ORIGINS = [origin for origin in _ORIGINS if origin != "*"]
CORS_URLS_REGEX = r"^/(api|files)/"
CORS_ALLOW_HEADERS = [
    "accept", "authorization", "content-type", "idempotency-key", "if-match", "if-none-match",
]  # fmt: skip
CORS_EXPOSE_HEADERS = [
    "Location", "ETag", "RateLimit", "RateLimit-Policy", "Retry-After", "Idempotent-Replayed",
]  # fmt: skip


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
    # Browsers ship the preload list, and an entry stays for months: only for those who ask for it.
    SECURE_HSTS_PRELOAD = env.boolean("SECURE_HSTS_PRELOAD", False)
    SILENCED_SYSTEM_CHECKS = ["security.W021"]  # it demands preloading

LOGGING = logs.settings()
# huggingface_hub sends usage data by default; the site must send nothing at run time.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

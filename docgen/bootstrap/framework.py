"""Django, configured from our settings; the only place that knows its settings' names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from docgen.bootstrap.logs import set_up_logs
from docgen.bootstrap.sign_in import sign_in
from docgen.db.upgrade import SHARED_MEMORY
from docgen.errors import ConfigurationError

if TYPE_CHECKING:
    from docgen.settings import Settings

APPLICATIONS = (
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "docgen.db",
    "docgen.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
)
# On PostgreSQL alone: its migrations cannot be applied to SQLite.
SCALE_OUT = ("procrastinate.contrib.django",)
MIDDLEWARE = (
    "docgen.web.middleware.RequestLog",
    "docgen.web.middleware.SafeHeaders",
    "docgen.web.middleware.ErrorPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "docgen.web.middleware.Access",
)


def configure_django(settings: Settings, secret_key: str) -> None:
    """Configure and set up Django once for this process; a second call changes nothing."""
    import django
    from django.conf import settings as django_settings

    if django_settings.configured:
        return
    set_up_logs()
    secure = settings.base_url.startswith("https://")
    django_settings.configure(
        SECRET_KEY=secret_key,
        DEBUG=False,
        ALLOWED_HOSTS=_hosts(settings),
        ROOT_URLCONF="docgen.web.urls",
        INSTALLED_APPS=[*APPLICATIONS, *(SCALE_OUT if settings.database_url else ())],
        MIDDLEWARE=list(MIDDLEWARE),
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.messages.context_processors.messages",
                        "docgen.web.context.site",
                        "docgen.web.context.desk",
                    ],
                    "builtins": ["docgen.web.templatetags.desk"],
                },
            }
        ],
        DATABASES={"default": database(settings)},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="UTC",
        LANGUAGE_CODE="en-us",
        CSRF_COOKIE_NAME="__Host-form" if secure else "form",
        CSRF_COOKIE_HTTPONLY=True,
        CSRF_COOKIE_SECURE=secure,
        CSRF_COOKIE_SAMESITE="Lax",
        CSRF_FAILURE_VIEW="docgen.web.problems.csrf_failure",
        DATA_UPLOAD_MAX_MEMORY_SIZE=1_000_000,
        DATA_UPLOAD_MAX_NUMBER_FIELDS=1_000,  # a contact of 200 facilities
        USE_X_FORWARDED_HOST=False,
        LOGGING_CONFIG=None,  # set up above, for every process alike
        CACHES={"default": shared_memory(settings)},
        PROCRASTINATE_AUTODISCOVER_MODULE_NAME="",  # the worker names its own tasks
        **sign_in(settings),
    )
    django.setup()


def _hosts(settings: Settings) -> list[str]:
    host = urlsplit(settings.base_url).hostname or "127.0.0.1"
    return [host, "127.0.0.1", "localhost", "[::1]"]


def shared_memory(settings: Settings) -> dict[str, object]:
    """Give Django's cache entry: what is remembered for minutes, such as a code that was used.

    On PostgreSQL every web process must remember the same.
    """
    if not settings.database_url:
        return {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    return {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": SHARED_MEMORY,
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }


def database(settings: Settings) -> dict[str, object]:
    """Give Django's database entry: SQLite in the home folder, or the PostgreSQL the URL names.

    Raises:
        ConfigurationError: the URL is not a `postgresql://` one.
    """
    if not settings.database_url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(settings.home / "docgen.sqlite3"),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
                "PRAGMA foreign_keys=ON;",
            },
        }
    try:
        url = urlsplit(settings.database_url)
        port = url.port
    except ValueError as error:
        raise ConfigurationError("[database] url holds no valid host and port.") from error
    if url.scheme not in {"postgresql", "postgres"}:
        raise ConfigurationError("[database] url must begin with postgresql://, or be left out.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }

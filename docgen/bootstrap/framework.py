"""Django, configured from our settings; the only place that knows its settings' names."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from docgen.bootstrap.logs import set_up_logs
from docgen.errors import ConfigurationError

if TYPE_CHECKING:
    from docgen.settings import Settings


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
        INSTALLED_APPS=["docgen.db", "docgen.web"],
        MIDDLEWARE=[
            "docgen.web.middleware.RequestLog",
            "docgen.web.middleware.SafeHeaders",
            "docgen.web.middleware.ErrorPages",
            "django.middleware.csrf.CsrfViewMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {"context_processors": ["docgen.web.context.site"]},
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
        CSRF_FAILURE_VIEW="docgen.web.views.problems.csrf_failure",
        DATA_UPLOAD_MAX_MEMORY_SIZE=1_000_000,
        DATA_UPLOAD_MAX_NUMBER_FIELDS=200,
        USE_X_FORWARDED_HOST=False,
        LOGGING_CONFIG=None,  # set up above, for every process alike
    )
    django.setup()


def _hosts(settings: Settings) -> list[str]:
    host = urlsplit(settings.base_url).hostname or "127.0.0.1"
    return [host, "127.0.0.1", "localhost", "[::1]"]


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

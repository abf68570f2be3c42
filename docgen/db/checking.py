"""Django settings for the type checker and for `makemigrations`; nothing runs on them."""

from __future__ import annotations

SECRET_KEY = "only-for-checking-types"  # noqa: S105  # signs nothing
INSTALLED_APPS = ["docgen.db"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
USE_TZ = True

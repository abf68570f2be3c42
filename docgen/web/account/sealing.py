"""Authenticator secrets, sealed with the site's key before they lie in the database."""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def _fernet() -> Fernet:
    key = salted_hmac("docgen.second-factor", "seal", settings.SECRET_KEY, algorithm="sha256")
    return Fernet(base64.urlsafe_b64encode(key.digest()))


def seal(text: str) -> str:
    """Encrypt a secret."""
    return _fernet().encrypt(text.encode()).decode("ascii")


def unseal(sealed: str) -> str:
    """Decrypt a secret."""
    return _fernet().decrypt(sealed.encode("ascii")).decode()

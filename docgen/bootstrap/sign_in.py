"""How our own people sign in, as Django and allauth want it said."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docgen.settings import Settings

IDLE = timedelta(hours=1)
ABSOLUTE = timedelta(hours=12)
OIDC_PROVIDER = "openid_connect"
OIDC_ID = "house"  # in addresses; there is one

_FORMS = "docgen.web.account.forms"


def sign_in(settings: Settings) -> dict[str, object]:
    """Give the settings of sessions, one-time codes, second factors and the house's own sign-in."""
    secure = settings.base_url.startswith("https://")
    return {
        "AUTH_USER_MODEL": "ledger.Account",
        "AUTHENTICATION_BACKENDS": ["allauth.account.auth_backends.AuthenticationBackend"],
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "desk:home",
        # Messages wait in the session, which is signed for nobody but us.
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
        **_sessions(secure=secure),
        **_codes(),
        **_second_factors(secure=secure),
        **_house_sign_in(settings),
        "ACCOUNT_DEFAULT_HTTP_PROTOCOL": "https" if secure else "http",
    }


def _sessions(*, secure: bool) -> dict[str, object]:
    return {
        # A __Host- cookie must be Secure, which a loopback demonstration without TLS cannot be.
        "SESSION_COOKIE_NAME": "__Host-desk" if secure else "desk",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_AGE": int(ABSOLUTE.total_seconds()),
        "SESSION_EXPIRE_AT_BROWSER_CLOSE": True,
    }


def _codes() -> dict[str, object]:
    return {
        "ACCOUNT_ADAPTER": "docgen.web.account.adapter.AccountAdapter",
        "ACCOUNT_FORMS": {
            "request_login_code": f"{_FORMS}.AddressForm",
            "confirm_login_code": f"{_FORMS}.CodeForm",
        },
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*"],
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_USER_DISPLAY": "docgen.web.account.adapter.shown",
        "ACCOUNT_LOGIN_BY_CODE_ENABLED": True,
        "ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS": 3,
        "ACCOUNT_LOGIN_BY_CODE_TIMEOUT": 600,
        "ACCOUNT_EMAIL_VERIFICATION": "none",  # an administrator vouches for addresses
        "ACCOUNT_PREVENT_ENUMERATION": True,
        # Nobody unknown gets a letter: whoever knows an address must not make us write to it.
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_EMAIL_NOTIFICATIONS": True,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_REAUTHENTICATION_TIMEOUT": 600,
    }


def _second_factors(*, secure: bool) -> dict[str, object]:
    return {
        "MFA_ADAPTER": "docgen.web.account.adapter.SecondFactorAdapter",
        "MFA_FORMS": {
            "authenticate": f"{_FORMS}.FactorForm",
            "reauthenticate": f"{_FORMS}.FactorAgainForm",
            "activate_totp": f"{_FORMS}.AddAppForm",
            "add_webauthn": f"{_FORMS}.AddPasskeyForm",
            "edit_webauthn": f"{_FORMS}.NamePasskeyForm",
        },
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_RECOVERY_CODES_SHOW_ONCE": True,
        "MFA_TOTP_TOLERANCE": 1,
        # Browsers offer passkeys on a loopback demonstration without TLS too.
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN": not secure,
    }


def _house_sign_in(settings: Settings) -> dict[str, object]:
    oidc = settings.oidc
    apps = []
    if oidc is not None:
        apps.append(
            {
                "provider_id": OIDC_ID,
                "name": oidc.name,
                "client_id": oidc.client_id,
                "secret": oidc.secret,
                "settings": {"server_url": oidc.server_url, "oauth_pkce_enabled": True},
            }
        )
    return {
        "SOCIALACCOUNT_ADAPTER": "docgen.web.account.house.HouseAdapter",
        "SOCIALACCOUNT_STORE_TOKENS": False,
        "SOCIALACCOUNT_LOGIN_ON_GET": False,
        "SOCIALACCOUNT_PROVIDERS": {OIDC_PROVIDER: {"APPS": apps}},
    }

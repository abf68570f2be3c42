"""The library's forms of signing in, with our words for what their fields find wrong."""

from __future__ import annotations

from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm

from docgen.web.form import Form


class AddressForm(Form, RequestLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    """To which address a code is mailed."""


class CodeForm(Form, ConfirmLoginCodeForm):  # type: ignore[misc]  # allauth has no types
    """The code from the letter."""


class FactorForm(Form, AuthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A second factor's code, at signing in."""


class FactorAgainForm(Form, ReauthenticateForm):  # type: ignore[misc]  # allauth has no types
    """A second factor's code, to show once more who this is."""


class AddAppForm(Form, ActivateTOTPForm):  # type: ignore[misc]  # allauth has no types
    """The first code of an authenticator app."""


class AddPasskeyForm(Form, AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """A new passkey and its name."""


class NamePasskeyForm(Form, EditWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Another name for a passkey."""

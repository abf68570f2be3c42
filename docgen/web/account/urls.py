"""Addresses of signing in. Names are allauth's, which looks them up; paths are our words.

Whatever of allauth is not named here does not exist: sign-up, passwords, a change of address.
"""

from __future__ import annotations

from allauth.account.views import AccountInactiveView, ConfirmLoginCodeView, LogoutView
from allauth.mfa.base.views import ReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.webauthn.views import (
    AddWebAuthnView,
    EditWebAuthnView,
    LoginWebAuthnView,
    ReauthenticateWebAuthnView,
    RemoveWebAuthnView,
)
from allauth.socialaccount.providers.openid_connect import views as house
from django.urls import path

from docgen.web.account.again import again, again_first
from docgen.web.account.views import Mine, SecondFactor, SignIn


def _page(name: str) -> str:
    return f"docgen/account/{name}.html"


_sign_in, _mine = SignIn.as_view(), Mine.as_view()
_inactive = AccountInactiveView.as_view(template_name=_page("inactive"))
_code = ConfirmLoginCodeView.as_view(template_name=_page("code"))
_leave = LogoutView.as_view(template_name=_page("sign_out"))
_factor_again = ReauthenticateView.as_view(template_name=_page("again_factor"))
_passkey_again = ReauthenticateWebAuthnView.as_view(template_name=_page("again_passkey"))
_app_add = again_first(ActivateTOTPView.as_view(template_name=_page("app_add")))
_app_remove = again_first(DeactivateTOTPView.as_view(template_name=_page("app_remove")))
_passkey_add = again_first(AddWebAuthnView.as_view(template_name=_page("passkey_add")))
_passkey_edit = again_first(EditWebAuthnView.as_view(template_name=_page("passkey_edit")))
_passkey_remove = again_first(RemoveWebAuthnView.as_view(template_name=_page("passkey_remove")))
_codes = ViewRecoveryCodesView.as_view(template_name=_page("recovery_codes"))
_codes_new = again_first(GenerateRecoveryCodesView.as_view(template_name=_page("recovery_new")))

urlpatterns = [
    path("", _mine, name="mfa_index"),
    path("", _mine, name="mfa_list_webauthn"),
    path("sign-in", _sign_in, name="account_login"),
    path("sign-in", _sign_in, name="account_request_login_code"),
    path("sign-in/code", _code, name="account_confirm_login_code"),
    path("sign-in/second", SecondFactor.as_view(), name="mfa_authenticate"),
    path("sign-in/passkey", LoginWebAuthnView.as_view(), name="mfa_login_webauthn"),
    path("sign-in/<slug:provider_id>", house.login, name="openid_connect_login"),
    path("sign-in/<slug:provider_id>/back", house.callback, name="openid_connect_callback"),
    path("sign-out", _leave, name="account_logout"),
    path("inactive", _inactive, name="account_inactive"),
    path("again", again, name="account_reauthenticate"),
    path("again/factor", _factor_again, name="mfa_reauthenticate"),
    path("again/passkey", _passkey_again, name="mfa_reauthenticate_webauthn"),
    path("app/add", _app_add, name="mfa_activate_totp"),
    path("app/remove", _app_remove, name="mfa_deactivate_totp"),
    path("passkeys/add", _passkey_add, name="mfa_add_webauthn"),
    path("passkeys/<int:pk>/name", _passkey_edit, name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove", _passkey_remove, name="mfa_remove_webauthn"),
    path("recovery-codes", _codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new", _codes_new, name="mfa_generate_recovery_codes"),
]

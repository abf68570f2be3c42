"""Signing in, in our layout and with its failures noted; the work is allauth's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.views import RequestLoginCodeView
from allauth.mfa.base.views import AuthenticateView, IndexView
from django.conf import settings

from docgen.bootstrap.sign_in import OIDC_ID, OIDC_PROVIDER
from docgen.web.account.activities import note
from docgen.web.headers import POLICY

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class SignIn(RequestLoginCodeView):  # type: ignore[misc]  # allauth has no types
    """Takes an e-mail address; the answer is the same whether or not somebody has it."""

    template_name = "docgen/account/sign_in.html"

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        """Answer; where the house has its own sign-in, its form may lead there."""
        response: HttpResponse = super().dispatch(request, *args, **named)
        if _house():
            wider = POLICY.replace("form-action 'self'", "form-action 'self' https:")
            response.headers["Content-Security-Policy"] = wider
        return response

    def get_context_data(self, **named: Any) -> dict[str, Any]:
        """Offer the house's own sign-in if there is one."""
        house = _house()
        context: dict[str, Any] = super().get_context_data(**named)
        return context | {"house": house["name"] if house else "", "house_id": OIDC_ID}


def _house() -> dict[str, Any] | None:
    apps = settings.SOCIALACCOUNT_PROVIDERS[OIDC_PROVIDER]["APPS"]  # type: ignore[misc]  # allauth's
    return apps[0] if apps else None


class SecondFactor(AuthenticateView):  # type: ignore[misc]  # allauth has no types
    """Takes the second factor; a wrong one is noted."""

    template_name = "docgen/account/second_factor.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        """Note the failure and ask again."""
        note(self.request, self.stage.login.user, "account.second_factor_refused")
        return super().form_invalid(form)  # type: ignore[no-any-return]  # allauth has no types


class Mine(IndexView):  # type: ignore[misc]  # allauth has no types
    """Shows a person what is kept of them, and their ways of signing in."""

    template_name = "docgen/account/mine.html"

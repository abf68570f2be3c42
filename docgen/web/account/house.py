"""The house's own sign-in (OpenID Connect): it says who somebody is, no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.shortcuts import redirect

from docgen.db.models import Account

if TYPE_CHECKING:
    from django.http import HttpRequest
    from requests import Session

TIMEOUT_S = 10
_UNKNOWN = "No active account here has your address. Ask an administrator."


class HouseAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Lets in whom an administrator added, by an address the house has verified."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002  # allauth's signature
        """Refuse: accounts are made by an administrator."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Find the account by its verified address; anybody else is sent back.

        Raises:
            ImmediateHttpResponse: nobody here has that address.
        """
        addresses = [item.email.lower() for item in sociallogin.email_addresses if item.verified]
        account = Account.objects.filter(email__in=addresses, is_active=True).first()
        # An identity once connected must still have the account's own address.
        if account is None or (sociallogin.is_existing and sociallogin.user.pk != account.pk):
            raise _sent_back(request, _UNKNOWN)
        if not sociallogin.is_existing:
            sociallogin.connect(request, account)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,  # noqa: ARG002  # allauth hands it over
        error: Any = None,  # noqa: ARG002  # allauth's signature
        exception: Exception | None = None,  # noqa: ARG002  # allauth's signature
        extra_context: Any = None,  # noqa: ARG002  # allauth's signature
    ) -> None:
        """Lead back to the sign-in page.

        Raises:
            ImmediateHttpResponse: always.
        """
        raise _sent_back(request, "Your organization's sign-in did not succeed. Please try again.")

    def get_requests_session(self) -> Session:
        """Give a session that never waits for ever and takes no proxy from the environment."""
        import requests

        session = requests.Session()
        session.trust_env = False
        ask = session.request
        session.request = lambda *args, **named: ask(  # type: ignore[method-assign]  # a default time-out
            *args, **{"timeout": TIMEOUT_S, **named}
        )
        return session


def _sent_back(request: HttpRequest, words: str) -> ImmediateHttpResponse:
    messages.error(request, words)
    return ImmediateHttpResponse(redirect("account_login"))

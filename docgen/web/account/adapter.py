"""Our own ways inside allauth: letters through the office, no sign-up, words of the house."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.urls import reverse

from docgen.services.sign_in import ask_for_code_letter, ask_for_notice_letter
from docgen.web.client import client_address
from docgen.web.site import office_of

if TYPE_CHECKING:
    from django.http import HttpRequest

    from docgen.db.models import Account

CODE = "account/email/login_code"


def shown(account: Account) -> str:
    """Give what authenticators show an account as."""
    return account.key


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Sends letters through the office's mailer and knows only people an administrator added."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": "This account is not active; ask an administrator.",
        "incorrect_code": "That is not the code we sent, or it is too old. Please look again.",
        "too_many_login_attempts": "Too many tries. Please wait some minutes, then start again.",
        "rate_limited": "Please wait a little before asking for another code.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth asks so
        """Refuse: accounts are made by an administrator."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Ask for the letter in the outbox, so that an answer takes the same time for everybody."""
        office = office_of(self._request())
        with office.ledger.transaction():
            if template_prefix == CODE:
                ask_for_code_letter(office, email, str(context["code"]))
            else:
                ask_for_notice_letter(office, email, template_prefix.rpartition("/")[2])

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,  # noqa: ARG002  # holds addresses
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Show allauth's own messages in our words; those about addresses not at all."""
        words = message or _WORDS.get((message_template or "").rpartition("/")[2], "")
        if words:
            messages.add_message(request, level, words, extra_tags=extra_tags)

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """Give the second factors somebody has; without one a code by mail stands in."""
        methods: list[dict[str, Any]] = super().get_reauthentication_methods(user)
        by_mail = {"id": "again", "description": "", "url": reverse("account_reauthenticate")}
        return methods or [by_mail]

    def is_reauthentication_required(self, **_: Any) -> bool:
        """Ask again unless the person showed within ten minutes that it is them."""
        from docgen.web.account.again import is_fresh

        return not is_fresh(self._request())

    def get_client_ip(self, request: HttpRequest) -> str:
        """Give the address as far as proxies named in the settings vouch for it."""
        return client_address(request)

    def _request(self) -> HttpRequest:
        return cast("HttpRequest", context.request)


_WORDS = {
    "totp_activated.txt": "The authenticator app was added.",
    "totp_deactivated.txt": "The authenticator app was removed.",
    "recovery_codes_generated.txt": "New recovery codes were made; the old ones no longer work.",
    "webauthn_added.txt": "The passkey was added.",
    "webauthn_removed.txt": "The passkey was removed.",
}


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Names this site in authenticator apps and keeps their secrets unreadable in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code does not fit. Codes change every 30 seconds; try the next.",
    }

    def _get_site_name(self) -> str:
        pso = office_of(context.request).pso
        return f"{pso.short_name} enrollment" if pso else "Enrollment site"

    def encrypt(self, text: str) -> str:
        """Seal a secret with the site's key."""
        from docgen.web.account.sealing import seal

        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        from docgen.web.account.sealing import unseal

        return unseal(encrypted_text)

    def generate_authenticator_name(self, user: Account, type: Any) -> str:  # noqa: A002  # allauth's
        """Offer a name for a new passkey."""
        from allauth.mfa.models import Authenticator

        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return f"Passkey {count + 1}"

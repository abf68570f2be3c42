"""One token and the session with it: opened when needed, opened anew when lost."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

from docgen.errors import ConfigurationError, ServiceRejected, ServiceUnavailable
from integrations.keys.pkcs11.wire import Meaning, meaning_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pkcs11 import Session

    from integrations.keys.pkcs11.wire import TokenPlace

Result = TypeVar("Result")

SERVICE = "token"
# A module is one C library for the whole process and is told to expect a single thread, so that
# one lock stands before every call, whichever store makes it.
_ONE_AT_A_TIME = threading.RLock()


class Token:
    """Speaks to one token; whoever calls waits until the call before has ended."""

    def __init__(self, place: TokenPlace, pin: str) -> None:
        self._place = place
        self._pin = pin
        self._session: Session | None = None
        self._process = os.getpid()
        self.opened = 0  # how often: handles from before the last opening are no longer good

    def call(self, task: Callable[[Session], Result]) -> Result:
        """Run a task in a session; a lost session is opened anew, at last with the module anew.

        Nothing that is run here may leave half a thing behind: it can be run again.

        Raises:
            ServiceUnavailable: the token is not there, or was lost on the way.
            ServiceRejected: the token refuses.
            ConfigurationError: the module cannot be loaded, or the PIN is not accepted.
        """
        from pkcs11.exceptions import PKCS11Error

        with _ONE_AT_A_TIME:
            lost: Exception | None = None
            for anew in self._ways():
                try:
                    return task(self._open(module_anew=anew))
                except PKCS11Error as error:
                    self._drop()
                    if meaning_of(error) is not Meaning.LOST:
                        raise _told(error) from error
                    lost = error
            raise ServiceUnavailable(
                "The token that [signing] names does not answer, or is not there; nothing was "
                "signed. Plug it in, start its service, or correct its name.",
                service=SERVICE,
            ) from lost

    def writing(self, task: Callable[[Session], Result]) -> Result:
        """Run a task in a session that may write, closed afterwards."""

        def write(reading: Session) -> Result:
            with reading.token.open(rw=True) as session:  # the login is the whole process's
                return task(session)

        return self.call(write)

    def close(self) -> None:
        """End the session."""
        with _ONE_AT_A_TIME:
            self._drop()

    def _ways(self) -> tuple[bool, ...]:
        """Say how to try: with the session at hand, a new one, the module started anew."""
        if self._process != os.getpid():  # after a fork the module must be started anew
            self._process = os.getpid()
            self._session = None
            return (True,)
        return (False, False, True) if self._session is not None else (False, True)

    def _open(self, *, module_anew: bool) -> Session:
        from pkcs11.exceptions import PKCS11Error, UserAlreadyLoggedIn

        if self._session is not None:
            return self._session
        module = _module(self._place.module)
        if module_anew:
            with suppress(PKCS11Error):
                module.finalize()
            module.initialize()
        names = {"token_label": self._place.token, "token_serial": self._place.serial.encode()}
        token = module.get_token(**{name: value for name, value in names.items() if value})
        try:
            self._session = token.open(user_pin=self._pin)
        except UserAlreadyLoggedIn:
            self._session = token.open()
        self.opened += 1
        return self._session

    def _drop(self) -> None:
        from pkcs11.exceptions import PKCS11Error

        if self._session is not None:
            with suppress(PKCS11Error):
                self._session.close()
            self._session = None


def _module(path: str) -> Any:
    import pkcs11
    from pkcs11.exceptions import PKCS11Error

    try:
        return pkcs11.lib(path)
    except PKCS11Error as error:
        if type(error) is not PKCS11Error:
            raise
        raise ConfigurationError(
            "The file that module-path in [signing] names is no PKCS#11 module that can be "
            "loaded; install the token's module, or correct its path."
        ) from error


def _told(error: Exception) -> Exception:
    """Say it in our words; the PIN and what the token holds are never part of it."""
    if meaning_of(error) is Meaning.PIN:
        return ConfigurationError(
            "The token does not accept the PIN. Correct [signing] pin_file (or "
            "DOCGEN_SIGNING_PIN) before trying again: after a few wrong ones a token locks itself."
        )
    return ServiceRejected(
        f"The token refused ({type(error).__name__}); nothing was signed.", service=SERVICE
    )

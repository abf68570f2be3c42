"""Faults planted on purpose, each of which the harness must find.

They are adapters around the site's own, and a wrapper around this test process's `os.fsync`; the
product knows no switch for any of them.
"""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docgen.domain.signing import Signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from docgen.domain.signing import EnvelopeSnapshot, SigningEvent
    from docgen.ports.esign import EnvelopeRequest, VerifiedCallback
    from docgen.services.office import Office

NO_FILE_SYNC, NO_FOLDER_SYNC = "no-file-fsync", "no-folder-fsync"
NO_LOOK_UP, EFFECT_FIRST, TRUSTING = "no-look-up", "effect-before-commit", "callback-trusted"
FAULTS = (NO_FILE_SYNC, NO_FOLDER_SYNC, NO_LOOK_UP, EFFECT_FIRST, TRUSTING)


class _Wrapped:
    """A signing service's adapter, but for one thing."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _WithoutLookUp(_Wrapped):
    """Never finds what was sent before."""

    def find(self, _: str) -> None:
        """Find nothing."""


class _SendsAtOnce(_Wrapped):
    """Sends while the decision to send is not committed yet."""

    def check(self, request: EnvelopeRequest) -> None:
        """Check, and do at once what was only to be decided."""
        self._inner.check(request)
        if self._inner.find(request.idempotency_key) is None:
            self._inner.send(request)


class _Trusting(_Wrapped):
    """Takes a callback's word for what the service would have to be asked."""

    def __init__(self, inner: Any) -> None:
        super().__init__(inner)
        self._heard: dict[str, SigningEvent] = {}

    def parse(self, callback: VerifiedCallback) -> Sequence[SigningEvent]:
        """Remember what was said."""
        events: Sequence[SigningEvent] = self._inner.parse(callback)
        for event in events:
            if event.signal is Signal.FULLY_EXECUTED:
                self._heard[event.envelope_id] = event
        return events

    def fetch(self, envelope_id: str) -> EnvelopeSnapshot:
        """Say again what was heard."""
        snapshot: EnvelopeSnapshot = self._inner.fetch(envelope_id)
        heard = self._heard.get(envelope_id)
        return replace(snapshot, ended=heard.signal, ended_at=heard.at) if heard else snapshot


_ADAPTERS: dict[str, Callable[[Any], Any]] = {
    NO_LOOK_UP: _WithoutLookUp,
    EFFECT_FIRST: _SendsAtOnce,
    TRUSTING: _Trusting,
}


def planted(office: Office, fault: str) -> Office:
    """Give the office with this fault among its signing services, or as it is."""
    around = _ADAPTERS.get(fault)
    if around is None:
        return office
    return replace(office, services={key: around(it) for key, it in office.services.items()})


def forget_to_sync(fault: str) -> None:
    """From now on leave out, in this process, the flushing that the fault is about."""
    if fault not in {NO_FILE_SYNC, NO_FOLDER_SYNC}:
        return
    folders, inner = fault == NO_FOLDER_SYNC, os.fsync

    def forgetful(fd: int) -> None:
        if stat.S_ISDIR(os.fstat(fd).st_mode) is not folders:
            inner(fd)

    os.__dict__["fsync"] = forgetful

"""The log: one JSON line for each thing worth knowing, and never a value, a name or a token.

Whatever a library says in words is dropped, because its words may quote an address or a person; its
logger's name, the error's class and the places in our own code that led there remain.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from types import TracebackType

OURS = ("docgen", "integrations")
FIELDS = ("request_id", "method", "path", "status", "ms")
MOST_PLACES = 12
REQUEST_ID = "docgen.request_id"
NO_PAGE = "(no such page)"


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON; only our own loggers' words are kept."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one line."""
        at = datetime.fromtimestamp(record.created, UTC)
        line: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "kind": record.name,
        }
        line |= _told(record)
        if record.name.split(".")[0] in OURS:
            line["message"] = record.getMessage()
        if record.exc_info and record.exc_info[1] is not None:
            line |= _failure(record.exc_info[1])
        return json.dumps(line)


def _told(record: logging.LogRecord) -> dict[str, object]:
    """Give what was said of a request: by our own middleware, or by the framework."""
    extra = vars(record)
    told = {name: extra[name] for name in FIELDS if name in extra}
    request = extra.get("request")
    if request is not None:
        match = getattr(request, "resolver_match", None)
        told["path"] = match.route if match else NO_PAGE
        told["request_id"] = getattr(request, "META", {}).get(REQUEST_ID, "")
        told["status"] = extra.get("status_code", "")
    return told


def _failure(error: BaseException) -> dict[str, object]:
    """Name the error's classes and our own places on the way to it; no words, no values."""
    kinds, link = [], error
    while True:
        kinds.append(f"{type(link).__module__}.{type(link).__qualname__}")
        following = link.__cause__ or link.__context__
        if following is None or len(kinds) == MOST_PLACES:
            break
        link = following
    return {"error": kinds, "at": _places(error.__traceback__)}


def _places(trace: TracebackType | None) -> list[str]:
    places = []
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.startswith(tuple(f"{name}." for name in OURS)):
            places.append(f"{module}:{trace.tb_lineno}")
        trace = trace.tb_next
    return places[-MOST_PLACES:]


class _Stderr(logging.StreamHandler):  # type: ignore[type-arg]  # generic in stubs only
    """Writes to whatever stderr is at the moment, as the standard library's last resort does."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)
        self.setFormatter(JsonLines())

    @property
    def stream(self) -> object:
        return sys.stderr

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's name
        """Stay silent: the library's own report quotes the record."""


LEVELS: Final = {"docgen": logging.INFO, "django.request": logging.ERROR}


def set_up_logs() -> None:
    """Send every log record of this process through `JsonLines`; a second call changes nothing."""
    root = logging.getLogger()
    if not any(isinstance(handler, _Stderr) for handler in root.handlers):
        root.addHandler(_Stderr())
    for name, level in LEVELS.items():
        logging.getLogger(name).setLevel(level)

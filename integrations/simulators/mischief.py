"""What a service can be told to do wrong."""

from __future__ import annotations

from enum import StrEnum

from integrations.simulators.wire import Answered

_ENDLESS = 96 * 1024 * 1024  # bytes


class Trouble(StrEnum):
    """How a service can misbehave, once for each time it is asked to."""

    THROTTLED = "throttled"  # 429, with the vendor's way to say how long
    BROKEN = "broken"  # 500 before anything was done
    BROKEN_AFTER = "broken-after"  # 500 although the work was done
    SILENT = "silent"  # the work is done, and no answer ever comes
    HALF = "half"  # half an answer, then the connection ends
    EXPIRED = "expired"  # the credentials ran out
    REDIRECT = "redirect"  # sent elsewhere
    ENDLESS = "endless"  # an answer larger than anybody wants
    BLANK = "blank"  # an answer that says nothing, as from something in between


class Troubles(list[tuple[Trouble, str]]):
    """What a service is to do wrong next, each with what `METHOD path` of the request contains."""

    def take(self, line: str) -> Trouble | None:
        """Take out the first that is meant for this request."""
        for index, (kind, where) in enumerate(self):
            if where in line:
                del self[index]
                return kind
        return None


class Delivery(StrEnum):
    """What becomes of callbacks."""

    NORMAL = "normal"
    LOST = "lost"
    DOUBLED = "doubled"
    REVERSED = "reversed"


class Sealing(StrEnum):
    """How long a signed file takes."""

    AT_ONCE = "at once"
    SLOW = "slow"


class Handing(StrEnum):
    """What is handed over as the signed file."""

    SIGNED = "as they were signed"
    STRANGER = "as another customer's"  # properly sealed, and not ours
    ALTERED = "with one digit altered"  # before the seal
    UNSIGNED = "without the seal"


UNDONE = {
    Trouble.THROTTLED,
    Trouble.BROKEN,
    Trouble.EXPIRED,
    Trouble.REDIRECT,
    Trouble.ENDLESS,
    Trouble.BLANK,
}
SLOWLY = 20  # looks before a slow seal is there
# What the page offers: the name of a choice, what it is for, and what may be chosen.
CHOICES: tuple[tuple[str, str, type[StrEnum]], ...] = (
    ("trouble", "The next request is answered", Trouble),
    ("delivery", "Callbacks go out", Delivery),
    ("sealing", "Signed files are sealed", Sealing),
    ("handing", "Signed files are handed over", Handing),
)


def spoiled_answer(kind: Trouble, *, elsewhere: str) -> Answered:
    """Give the answer of a service in this trouble, alike at every vendor."""
    match kind:
        case Trouble.EXPIRED:
            return Answered(status=401, body={"message": "expired"})
        case Trouble.REDIRECT:
            return Answered(status=302, headers={"Location": elsewhere})
        case Trouble.ENDLESS:
            return Answered(body=b" " * _ENDLESS)
        case Trouble.BLANK:
            return Answered(body={})
        case _:
            return Answered(status=500, body={"message": "broken"})

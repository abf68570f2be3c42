"""What a service can be told to do wrong."""

from __future__ import annotations

from enum import StrEnum


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

"""Find the data files that travel with the product, in a wheel or in a checkout."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable


def fonts_dir() -> Path:
    """Return the folder of the shipped fonts."""
    return Path(__file__).resolve().parent / "fonts"


def contract_templates() -> Traversable:
    """Return the folder of the agreements' texts."""
    return _data("_templates", "templates")


def stand_alone_verifier() -> Traversable:
    """Return the verifier's one file."""
    return _data("_verifier", "verifier") / "docgen_verify.py"


def _data(installed: str, beside: str) -> Traversable:
    # A checkout wins: an editable installation may leave an old copy in the installed place.
    checkout = Path(__file__).resolve().parents[1] / beside
    return checkout if checkout.is_dir() else files("docgen") / installed

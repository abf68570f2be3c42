"""Pages put in another order, shown twice or left out: by who seals, or by whoever has it stamped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pyhanko.pdf_utils.generic import pdf_name

from integrations.sign.pades.objects import array
from integrations.sign.pades.revision import appended, open_revision
from tests.verifier.handling import anchor_of, failed, pack, relist, unpack
from tests.verifier.lenient import Lenient
from tests.verifier.making import make
from tests.verifier.signing import real_kit, small_pdf, stamped_anew

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from integrations.sign.pades.revision import Revision

    Order = Callable[[Sequence[Any]], Sequence[Any]]

SIGNED = "documents/psa/signed.pdf"
ORDERS: dict[str, Order] = {
    "swapped": lambda pages: pages[::-1],
    "one twice": lambda pages: [*pages, pages[0]],
    "one left out": lambda pages: pages[:1],
    "one in the place of another": lambda pages: [pages[0], pages[0]],
}


def as_it_is(pages: Sequence[Any]) -> Sequence[Any]:
    """Leave every page where it is."""
    return pages


def move(revision: Revision, order: Order) -> None:
    """Let a revision's page tree list the pages in this order."""
    tree: Any = revision.root["/Pages"]
    tree[pdf_name("/Kids")] = array(*order([*tree["/Kids"]]))
    revision.update_container(tree)


def moved(pdf: bytes, order: Order) -> bytes:
    """Add a revision that has the pages in this order."""
    revision = open_revision(pdf)
    move(revision, order)
    return appended(revision)


def two_pages() -> dict[str, bytes]:
    """Typeset an agreement of two pages."""
    return {"psa": small_pdf("Provider Services Agreement", pages=2)}


@dataclass(frozen=True, repr=False)
class Scene:
    """A bundle really signed, and who stamps for everybody."""

    files: dict[str, bytes]
    anchor: Any
    signer: Any

    def found(self, pdf: bytes) -> set[str]:
        """Stamp a changed file anew; give the checks of signatures that fail."""
        stamped = stamped_anew(pdf, self.signer)
        data = pack(relist({**self.files, SIGNED: stamped}))
        return {one for one in failed(data, self.anchor, pdf=True) if one.startswith("pdf.")}


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Make the bundle once."""
    folder = tmp_path_factory.mktemp("moved")
    kit = real_kit(folder)
    made = make(kit, two_pages())
    return Scene(unpack(made.data), anchor_of(made.anchor, folder), kit.signer)


@pytest.mark.parametrize("order", ORDERS)
def test_pages_moved_after_the_seal_are_found(scene: Scene, order: str) -> None:
    """Also where a trusted authority stamps the changed file."""
    found = scene.found(moved(scene.files[SIGNED], ORDERS[order]))
    assert {"pdf.untouched", "pdf.valid"} <= found


def test_the_page_tree_written_again_as_it_was_holds(scene: Scene) -> None:
    """The control."""
    assert scene.found(moved(scene.files[SIGNED], as_it_is)) == set()


def _mover(order: Order) -> type[Lenient]:
    class Mover(Lenient):
        """Moves the pages when all people have signed, in the very revision that it seals."""

        def meddle(self, revision: Revision) -> None:
            move(revision, order)

    return Mover


@pytest.mark.parametrize(
    ("order", "checks"),
    [*((order, {"pdf.untouched", "pdf.valid"}) for order in ORDERS.values()), (as_it_is, set())],
    ids=[*ORDERS, "as it is"],
)
def test_who_holds_the_key_of_the_seal_cannot_move_pages(
    tmp_path: Path, order: Order, checks: set[str]
) -> None:
    """What people signed had another order; the last case is the control, sealed alike."""
    made = make(real_kit(tmp_path, signer=_mover(order)), two_pages())
    found = failed(made.data, anchor_of(made.anchor, tmp_path), pdf=True)
    assert found >= checks if checks else found == set()

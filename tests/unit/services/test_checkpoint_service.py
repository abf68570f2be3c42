"""Checkpoints: over the whole history, copied outside, and never over a rewritten one."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from docgen.domain.checkpoint import parse_checkpoint, parse_note
from docgen.domain.merkle import Tree, leaf_hash
from docgen.errors import SignatureInvalid, StorageError
from docgen.services.bundle import prove_activity
from docgen.services.checkpoint import sign_checkpoint, where_rewritten
from docgen.services.log_tree import LOOKED_AT, altered_below, log_tree
from integrations.archive.fake import FakeArchive
from integrations.log.fake import FakeCheckpointSigner
from tests.unit.services.walk import FullStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from docgen.services.office import Office


def write(office: Office, count: int) -> None:
    """Write activities into the history."""
    for number in range(count):
        with office.ledger.transaction():
            office.note(f"pkt_{number % 3}", "packet.generated", "user:ada", number=number)


def test_a_checkpoint_covers_everything_and_is_copied_outside(office: Office) -> None:
    """Size and root are the history's, and the signed note lies in the other store."""
    office = replace(office, copies=FakeArchive())
    write(office, 5)
    point = sign_checkpoint(office)
    note = parse_checkpoint(parse_note(point.note).text)
    leaves = office.ledger.history.nodes(0, 0, 5)
    assert (note.size, note.root) == (5, Tree.of(leaves).root)
    assert office.copies.open(hashlib.sha256(point.note.encode()).hexdigest())
    assert point.time_stamp


def test_an_unchanged_history_is_signed_once(office: Office) -> None:
    """The second call gives the checkpoint already there."""
    write(office, 2)
    assert sign_checkpoint(office) == sign_checkpoint(office)
    assert len(office.ledger.history.checkpoints()) == 1


def test_a_full_store_outside_stops_the_checkpoint(office: Office) -> None:
    """What cannot be copied is not stored either; with space again it is signed."""
    store = FullStore(FakeArchive())
    office = replace(office, copies=store)
    write(office, 2)
    with pytest.raises(StorageError):
        sign_checkpoint(office)
    assert office.ledger.history.latest_checkpoint() is None
    store.full = False
    assert sign_checkpoint(office).size == 2


def test_note_and_time_stamp_lie_in_two_places_outside(office: Office) -> None:
    """The archive has both as well, and the journal names them."""
    office = replace(office, copies=FakeArchive(), archive=FakeArchive())
    write(office, 3)
    point = sign_checkpoint(office)
    for store in (office.copies, office.archive):
        for data in (point.note.encode(), point.time_stamp):
            assert store.open(hashlib.sha256(data).hexdigest()) == data
    last = office.journal.last()
    assert last is not None
    assert (last.size, last.root) == (3, point.root)


def test_a_database_set_back_is_never_signed_over(office: Office) -> None:
    """Restored from an older copy, checkpoints and all, and gone on with: a fork is refused."""
    write(office, 4)
    kept = sign_checkpoint(office)
    write(office, 3)
    sign_checkpoint(office)
    for seq in (4, 5, 6):
        drop(seq)
    forget_checkpoint(7)
    assert office.ledger.history.latest_checkpoint() == kept
    with pytest.raises(SignatureInvalid, match="was set back"):
        sign_checkpoint(office)
    write(office, 5)  # longer than what was signed, and another history
    with pytest.raises(SignatureInvalid, match="is another one"):
        sign_checkpoint(office)
    assert "is another one" in where_rewritten(office)
    assert len(office.ledger.history.checkpoints()) == 1


def test_the_same_history_goes_on_where_only_its_checkpoints_were_lost(office: Office) -> None:
    """The control: all activities are there, so the next checkpoint extends the journal's."""
    write(office, 4)
    sign_checkpoint(office)
    forget_checkpoint(4)
    write(office, 1)
    assert sign_checkpoint(office).size == 5
    assert where_rewritten(office) == ""


def forget_checkpoint(size: int) -> None:
    """Remove a checkpoint from the database, as an older copy of it would lack it."""
    from docgen.db.models import CheckpointRow

    CheckpointRow.objects.filter(size=size).delete()


def test_two_keys_may_sign_one_checkpoint(office: Office) -> None:
    """The next key signs the same text beside the present one, even of an unchanged history."""
    write(office, 2)
    sign_checkpoint(office)
    later = FakeCheckpointSigner(office.rules.log_origin, "next")
    note = parse_note(sign_checkpoint(office, also=later).note)
    assert note.by(office.checkpoint_signer.vkey) is not None
    assert note.by(later.vkey) is not None


def test_a_process_with_another_key_signs_for_itself(office: Office) -> None:
    """In the middle of a rotation each process's checkpoint is signed by the key it knows."""
    write(office, 2)
    first = sign_checkpoint(office)
    later = FakeCheckpointSigner(office.rules.log_origin, "next")
    mine = sign_checkpoint(replace(office, checkpoint_signer=later))
    assert (mine.size, mine.root) == (first.size, first.root)
    assert parse_note(mine.note).by(later.vkey) is not None


# -- rewritten ------------------------------------------------------------------------------------


def edit_body(seq: int, **changes: object) -> None:
    """Change an activity's content behind the ledger's back."""
    from docgen.db.models import ActivityRow

    row = ActivityRow.objects.get(seq=seq)
    row.body = {**row.body, **changes}
    row.save()


def edit_whole(seq: int) -> None:
    """Change an activity and its leaf hash, as somebody would who knows the program."""
    from docgen.db.history import activity_of
    from docgen.db.models import ActivityRow

    edit_body(seq, actor="user:mallory")
    row = ActivityRow.objects.get(seq=seq)
    row.leaf_hash = leaf_hash(activity_of(row).leaf)
    row.save()


def drop(seq: int) -> None:
    """Remove an activity."""
    from docgen.db.models import ActivityRow

    ActivityRow.objects.filter(seq=seq).delete()


def swap(one: int, other: int) -> None:
    """Let two activities change places, content and leaf."""
    from docgen.db.models import ActivityRow

    for old, new in ((one, 999), (other, one), (999, other)):
        ActivityRow.objects.filter(seq=old).update(seq=new)


UNSIGNED: dict[str, Callable[[], None]] = {
    "actor": lambda: edit_body(7, actor="user:mallory"),
    "kind": lambda: edit_body(7, kind="packet.voided"),
    "details": lambda: edit_body(7, details={"number": 8}),
    "time": lambda: edit_body(7, at="2020-01-01T00:00:00+00:00"),
    "salt": lambda: edit_body(7, salt="00"),
    "unreadable": lambda: edit_body(7, at="yesterday"),
    "dropped": lambda: drop(7),
    "swapped": lambda: swap(7, 8),
}


@pytest.mark.parametrize("name", list(UNSIGNED))
def test_what_was_rewritten_before_signing_is_named_and_not_signed(
    office: Office, name: str
) -> None:
    """Activity 7 of ten is changed in each way; no checkpoint is made over it."""
    write(office, 5)
    sign_checkpoint(office)
    write(office, 5)
    UNSIGNED[name]()
    with pytest.raises(SignatureInvalid, match="number 7"):
        sign_checkpoint(office)
    assert len(office.ledger.history.checkpoints()) == 1


def test_what_was_rewritten_after_signing_is_not_signed_over(office: Office) -> None:
    """Content and leaf changed together no longer extend the checkpoint; the place is narrowed."""
    for _ in range(3):
        write(office, 4)
        sign_checkpoint(office)
    write(office, 1)
    edit_whole(6)
    with pytest.raises(SignatureInvalid, match=r"between 4 and 7"):
        sign_checkpoint(office)


def test_a_cut_off_history_is_not_signed_over(office: Office) -> None:
    """Yesterday's copy of the database is shorter than what was signed."""
    write(office, 6)
    sign_checkpoint(office)
    for seq in (4, 5):
        drop(seq)
    with pytest.raises(SignatureInvalid, match="from number 4 on are missing"):
        sign_checkpoint(office)


@pytest.mark.parametrize("seq", range(6))
def test_the_whole_history_is_examined_on_request(office: Office, seq: int) -> None:
    """Each rewritten activity is named, even where its leaf was left as it was."""
    write(office, 6)
    sign_checkpoint(office)
    assert where_rewritten(office) == ""
    edit_body(seq, actor="user:mallory")
    assert f"number {seq}." in where_rewritten(office)


# -- kept nodes -----------------------------------------------------------------------------------


def fill(office: Office, count: int) -> None:
    """Write so many activities in one transaction."""
    with office.ledger.transaction():
        for number in range(count):
            office.note("pkt_1", "packet.generated", "user:ada", number=number)


def edit_node(level: int, number: int) -> None:
    """Change a kept node behind the ledger's back."""
    from docgen.db.models import LogNodeRow

    LogNodeRow.objects.filter(level=level, number=number).update(hash=bytes(32))


def test_nodes_are_kept_with_the_checkpoint_that_covers_them(office: Office) -> None:
    """None before it is signed; afterwards one for each 256 leaves, and it is theirs."""
    history = office.ledger.history
    fill(office, 300)
    assert not history.kept_nodes()
    sign_checkpoint(office)
    assert history.kept_nodes() == {1: 1}
    fill(office, 300)
    sign_checkpoint(office)
    assert list(history.nodes(1, 0, 9)) == [
        Tree.of(history.nodes(0, start, start + 256)).root for start in (0, 256)
    ]


def test_a_log_from_before_nodes_were_kept_gets_them(office: Office) -> None:
    """Signed without nodes, as an earlier version did, it goes on and proves as any other."""
    from docgen.db.models import LogNodeRow

    fill(office, 300)
    point = sign_checkpoint(office)
    LogNodeRow.objects.all().delete()
    assert log_tree(office, 300).root.hex() == point.root
    fill(office, 1)
    assert sign_checkpoint(office).size == 301
    assert office.ledger.history.kept_nodes() == {1: 1}
    assert where_rewritten(office) == ""


def test_a_leaf_rewritten_below_a_kept_node_is_not_signed_over(office: Office) -> None:
    """The signed tree stands on the kept nodes, and those are worked out anew."""
    fill(office, 600)
    sign_checkpoint(office)
    edit_whole(300)
    fill(office, 1)
    with pytest.raises(SignatureInvalid, match="between 256 and 511"):
        sign_checkpoint(office)
    assert "between 0 and 599" in where_rewritten(office)


def test_a_leaf_dropped_below_a_kept_node_is_not_signed_over(office: Office) -> None:
    """Its number is named when everything is gone through."""
    fill(office, 600)
    sign_checkpoint(office)
    drop(300)
    fill(office, 1)
    with pytest.raises(SignatureInvalid, match="between 256 and 511"):
        sign_checkpoint(office)
    assert "number 300." in where_rewritten(office)


def test_a_rewritten_node_is_not_signed_over(office: Office) -> None:
    """It no longer extends what was signed; the whole examination names what stands below it."""
    fill(office, 600)
    sign_checkpoint(office)
    edit_node(1, 1)
    fill(office, 1)
    with pytest.raises(SignatureInvalid, match="between 256 and 511"):
        sign_checkpoint(office)
    assert "between 256 and 511" in where_rewritten(office)


def test_of_a_large_log_other_nodes_are_worked_out_each_time() -> None:
    """What one checkpoint did not look at, a later one does: after a round nothing is left out."""
    history = Looked(LOOKED_AT * 256 * 3)
    for turn in range(3):
        history.turn = turn
        assert altered_below(history, history) == ""  # type: ignore[arg-type]  # a stand-in for both
    assert sorted(history.looked) == list(range(LOOKED_AT * 3))


class Looked:
    """A large history whose nodes all follow; it remembers which were worked out."""

    def __init__(self, leaves: int) -> None:
        self.kept = {1: leaves // 256}
        self.turn = 0
        self.looked: list[int] = []

    def count_checkpoints(self) -> int:
        """Say how many checkpoints there are."""
        return self.turn

    def kept_nodes(self) -> dict[int, int]:
        """Say how many nodes are kept."""
        return self.kept

    def follow(self, level: int, number: int) -> bytes:
        """Work one out."""
        assert level == 1
        self.looked.append(number)
        return bytes(32)

    def __call__(self, level: int, start: int, end: int) -> list[bytes]:
        """Give what was kept."""
        assert level == 1
        return [bytes(32)] * (end - start)


def test_nothing_is_proved_of_a_rewritten_activity(office: Office) -> None:
    """The control first: what was signed is proved; rewritten, it is refused by its number."""
    fill(office, 600)
    point = sign_checkpoint(office)
    told = office.ledger.history.of("pkt_1")
    assert prove_activity(told[300], log_tree(office, 600), point)
    edit_whole(300)
    told = office.ledger.history.of("pkt_1")
    with pytest.raises(SignatureInvalid, match="number 300"):
        prove_activity(told[300], log_tree(office, 600), point)

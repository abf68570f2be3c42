"""Mailboxes of returned mail: a Maildir and the fake."""

from __future__ import annotations

import mailbox
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.errors import ServiceUnavailable
from integrations.mail.fake_returned import FakeReturnedMail
from integrations.mail.maildir import MaildirReturnedMail
from integrations.mail.report import failed_letter
from tests.contracts.returned_mail import KEY, ReturnedMailContract, report

if TYPE_CHECKING:
    from pathlib import Path

    from docgen.ports.returned_mail import ReturnedMail


class TestMaildir(ReturnedMailContract):
    @pytest.fixture
    def box(self, tmp_path: Path) -> ReturnedMail:
        return MaildirReturnedMail(tmp_path / "returned")

    def arrive(self, box: ReturnedMail, raw: bytes) -> None:
        folder = cast("MaildirReturnedMail", box)._folder
        mailbox.Maildir(folder, factory=None, create=True).add(raw)

    def test_mail_is_never_deleted(self, box: ReturnedMail) -> None:
        """What was read stays for the operator to look at."""
        self.arrive(box, report())
        (found,) = box.collect(1)
        box.settle(found.report_id)
        kept = mailbox.Maildir(cast("MaildirReturnedMail", box)._folder, factory=None)
        assert len(kept) == 1

    def test_settled_mail_is_not_opened_again(self, box: ReturnedMail, tmp_path: Path) -> None:
        """It piles up for years: only what is new is read, here what can be read at all."""
        self.arrive(box, report())
        (first,) = box.collect(1)
        box.settle(first.report_id)
        (kept,) = (tmp_path / "returned" / "cur").iterdir()
        kept.unlink()
        kept.symlink_to(tmp_path / "nowhere")
        self.arrive(box, report("remind.env_1.practice_1.0"))
        assert [item.mail_key for item in box.collect(9)] == ["remind.env_1.practice_1.0"]

    def test_mail_that_is_tidied_away_while_it_is_read_is_passed_over(
        self, box: ReturnedMail, tmp_path: Path
    ) -> None:
        """A name without its mail holds up no other."""
        self.arrive(box, report())
        (tmp_path / "returned" / "new" / "0gone").symlink_to(tmp_path / "nowhere")
        self.arrive(box, report("remind.env_1.practice_1.0"))
        assert len(box.collect(9)) == 2

    def test_a_mailbox_out_of_reach_is_said(self, tmp_path: Path) -> None:
        """A file where the folder should be: our own error, tried again later."""
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(ServiceUnavailable):
            MaildirReturnedMail(tmp_path / "file").collect(1)


class TestFake(ReturnedMailContract):
    @pytest.fixture
    def box(self) -> ReturnedMail:
        return FakeReturnedMail()

    def arrive(self, box: ReturnedMail, raw: bytes) -> None:
        cast("FakeReturnedMail", box).arrive(raw)


@given(st.binary(max_size=2_000))
def test_no_bytes_break_the_reader(noise: bytes) -> None:
    """Whatever comes in is a report or it is not."""
    failed_letter(noise)


@given(st.integers(0, 900), st.binary(min_size=1, max_size=40))
def test_no_damage_breaks_the_reader(at: int, noise: bytes) -> None:
    """A damaged report names this letter, or none."""
    raw = report()
    found = failed_letter(raw[:at] + noise + raw[at + len(noise) :])
    assert found is None or "@" not in found[0]


def test_the_control() -> None:
    """The undamaged report is read."""
    assert failed_letter(report()) == (KEY, "5.1.1")

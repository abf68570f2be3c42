"""The packet's own steps, and how it follows its envelope."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docgen.domain.envelope import EnvelopeState
from docgen.domain.packet import (
    ENDED_UNSIGNED,
    PacketState,
    Step,
    allowed,
    follow,
    move,
)
from docgen.errors import IllegalTransition

states = st.sampled_from(list(PacketState))
envelope_states = st.sampled_from(list(EnvelopeState))


def test_the_long_way_through_negotiation() -> None:
    """Release, return, release again, agree, approve, send, archive, terminate."""
    state = PacketState.DRAFT
    for step in (Step.RELEASE, Step.RETURN, Step.RELEASE, Step.RETURN, Step.AGREE, Step.APPROVE):
        state = move(state, step)
    assert state is PacketState.APPROVED
    state = follow(move(state, Step.SEND), EnvelopeState.FULLY_EXECUTED)
    assert move(move(state, Step.ARCHIVE), Step.TERMINATE) is PacketState.TERMINATED


@given(states, st.sampled_from(list(Step)))
def test_a_step_is_either_allowed_or_refused_in_words(state: PacketState, step: Step) -> None:
    """Every pair of state and step ends in a state or in a sentence."""
    if allowed(state, step):
        assert isinstance(move(state, step), PacketState)
    else:
        with pytest.raises(IllegalTransition, match=r"cannot be taken now"):
            move(state, step)


ALLOWED = {
    Step.RELEASE: "draft in_negotiation",
    Step.RETURN: "in_review in_negotiation",
    Step.AGREE: "in_review in_negotiation",
    Step.APPROVE: "draft terms_agreed",
    Step.SEND: "approved",
    Step.VOID: "sending sent viewed partly_signed",
    Step.WITHDRAW: "draft in_review in_negotiation terms_agreed approved",
    Step.REMIND: "sent viewed partly_signed",
    Step.REASSIGN: "sent viewed partly_signed",
    Step.EXECUTE_ON_PAPER: "approved sent viewed partly_signed voided declined expired",
    Step.TAKE_IN_PART: "approved sent viewed partly_signed",
    Step.ARCHIVE: "fully_executed",
    Step.PUT_ON_FILE: "approved",
    Step.TERMINATE: "archived on_file",
}


@pytest.mark.parametrize("step", Step)
def test_each_step_is_taken_from_these_states_and_no_other(step: Step) -> None:
    """Said a second time, so that no state is added or lost by a slip."""
    assert {state for state in PacketState if allowed(state, step)} == set(ALLOWED[step].split())


BEFORE_SENDING = {"draft", "in_review", "in_negotiation", "terms_agreed", "approved"}
SETTLED = BEFORE_SENDING | {"archived", "withdrawn", "terminated", "on_file"}


@pytest.mark.parametrize("report", EnvelopeState)
@pytest.mark.parametrize("state", PacketState)
def test_a_report_moves_only_what_is_with_a_service_or_came_back_from_it(
    state: PacketState, report: EnvelopeState
) -> None:
    """A late or foreign report touches nothing that was never sent, or is settled."""
    stays = state in SETTLED or report is EnvelopeState.UNSENT
    assert follow(state, report) == (state if stays else report)


def test_a_report_cannot_revive_a_draft() -> None:
    """A report about an envelope nobody sent from here does not touch a draft."""
    assert follow(PacketState.DRAFT, EnvelopeState.FULLY_EXECUTED) is PacketState.DRAFT


def test_every_unsigned_ending_of_an_envelope_ends_the_packet() -> None:
    """Declined, voided, expired and failed envelopes end their packet unsigned."""
    for report in (
        EnvelopeState.DECLINED,
        EnvelopeState.VOIDED,
        EnvelopeState.EXPIRED,
        EnvelopeState.FAILED,
    ):
        assert follow(PacketState.VIEWED, report) in ENDED_UNSIGNED

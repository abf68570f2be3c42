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


def test_nothing_is_sent_without_approval() -> None:
    """Only an approved packet can be sent."""
    assert [state for state in PacketState if allowed(state, Step.SEND)] == [PacketState.APPROVED]


@given(states, st.lists(envelope_states, max_size=6))
def test_what_was_archived_or_withdrawn_stays(
    state: PacketState, reports: list[EnvelopeState]
) -> None:
    """A late report never moves a packet that is archived, terminated or withdrawn."""
    end = state
    for report in reports:
        end = follow(end, report)
    if state in {PacketState.ARCHIVED, PacketState.TERMINATED, PacketState.WITHDRAWN}:
        assert end is state


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

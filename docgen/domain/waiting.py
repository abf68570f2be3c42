"""Who waits on whom, for what, and what a person must look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WaitsOn(StrEnum):
    """Who must act next."""

    NOBODY = "nobody"
    COORDINATOR = "coordinator"
    LEGAL_APPROVER = "legal_approver"
    PRACTICE = "practice"
    COUNTERSIGNER = "pso_countersigner"
    SERVICE = "service"  # the signing service or this site itself; nobody need do anything

    @property
    def words(self) -> str:
        """Give it as people read it."""
        return {"pso_countersigner": "PSO countersigner", "service": "signing service"}.get(
            self.value, self.value.replace("_", " ")
        )


class Need(StrEnum):
    """What is waited for."""

    NOTHING = "nothing"
    COMPLETE_FORM = "complete_form"
    GENERATE = "generate"
    APPROVE = "approve"
    APPROVE_DEPARTURES = "approve_departures"
    SEND = "send"
    REVIEW_DRAFTS = "review_drafts"
    READ_RETURNED = "read_returned"
    TAKE_IN_PAPER = "take_in_paper"  # what can be signed by hand only is not in yet
    SIGN = "sign"
    COUNTERSIGN = "countersign"
    CORRECT_ADDRESS = "correct_address"  # an invitation came back
    CONFIRM_SIGNER = "confirm_signer"  # somebody said that another person signs
    LOOK = "look"  # what came back does not add up
    CARRY_ON = "carry_on"  # sending, sealing, archiving: under way by itself
    DO_TASK = "do_task"

    @property
    def words(self) -> str:
        """Give it as people read it."""
        return "do the next task" if self is Need.DO_TASK else self.value.replace("_", " ")


class Alert(StrEnum):
    """What a person must look at."""

    INVITATION_BOUNCED = "invitation_bounced"
    COPY_UNDELIVERED = "copy_undelivered"
    OTHER_PERSON = "other_person"
    CONTRADICTED = "contradicted"
    NOT_ARCHIVED = "not_archived"
    ENVELOPE_MISSING = "envelope_missing"
    DAMAGED = "damaged"

    @property
    def words(self) -> str:
        """Give it as people read it."""
        return _ALERT_WORDS[self]


_ALERT_WORDS = {
    Alert.INVITATION_BOUNCED: "invitation came back",
    Alert.COPY_UNDELIVERED: "executed copy not delivered",
    Alert.OTHER_PERSON: "says that another person signs",
    Alert.CONTRADICTED: "two different endings reported",
    Alert.NOT_ARCHIVED: "could not be archived",
    Alert.ENVELOPE_MISSING: "no longer found at the signing service",
    Alert.DAMAGED: "archived file damaged",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """Who is waited for, for what, since when; `recipient` and `name` when it is one signer."""

    on: WaitsOn
    need: Need
    since: datetime
    recipient: str = ""
    name: str = ""

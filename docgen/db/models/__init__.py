"""The ledger's tables; values of the domain are stored whole, with columns for what is searched."""

from __future__ import annotations

from docgen.db.models.log import (
    ActivityRow,
    CheckpointRow,
    LogNodeRow,
)
from docgen.db.models.packet import (
    AdoptionRow,
    ApprovalRow,
    BatchLineRow,
    BatchRow,
    EnrollmentVersionRow,
    FactRow,
    PacketRow,
)
from docgen.db.models.people import (
    Account,
    ApiAnswerRow,
    ApiTokenRow,
    CollectorRow,
    FormGuestRow,
    OnceRow,
    PersonRow,
    StandInRow,
)
from docgen.db.models.register import (
    RegisterDocumentRow,
    RegisterEnrollmentRow,
    RegisterLineRow,
    RegisterMarkRow,
    RegisterPacketRow,
    RegisterWordsRow,
)
from docgen.db.models.shared import FloodRow, MarkRow
from docgen.db.models.traffic import (
    CeremonyRow,
    DeliveryRow,
    ErrandRow,
    WebhookDispatchRow,
    WebhookEndpointRow,
)

__all__ = [
    "Account",
    "ActivityRow",
    "AdoptionRow",
    "ApiAnswerRow",
    "ApiTokenRow",
    "ApprovalRow",
    "BatchLineRow",
    "BatchRow",
    "CeremonyRow",
    "CheckpointRow",
    "CollectorRow",
    "DeliveryRow",
    "EnrollmentVersionRow",
    "ErrandRow",
    "FactRow",
    "FloodRow",
    "FormGuestRow",
    "LogNodeRow",
    "MarkRow",
    "OnceRow",
    "PacketRow",
    "PersonRow",
    "RegisterDocumentRow",
    "RegisterEnrollmentRow",
    "RegisterLineRow",
    "RegisterMarkRow",
    "RegisterPacketRow",
    "RegisterWordsRow",
    "StandInRow",
    "WebhookDispatchRow",
    "WebhookEndpointRow",
]

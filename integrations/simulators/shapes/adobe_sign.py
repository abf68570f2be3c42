"""What may stand in a request to Adobe Acrobat Sign."""

from __future__ import annotations

AGREEMENT = {
    "name",
    "message",
    "fileInfos",
    "participantSetsInfo",
    "signatureType",
    "state",
    "externalId",
    "expirationTime",
    "reminderFrequency",
}
FIELD = {"name", "inputType", "contentType", "required", "assignee", "locations"}
PLACE = {"pageNumber", "left", "top", "width", "height"}
KINDS = {
    ("SIGNATURE", "SIGNATURE"): "signature",
    ("TEXT_FIELD", "SIGNER_NAME"): "name",
    ("TEXT_FIELD", "SIGNER_TITLE"): "title",
    ("TEXT_FIELD", "SIGNATURE_DATE"): "date",
}

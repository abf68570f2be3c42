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
    "emailOption",
    "postSignOption",
}
SEND_OPTIONS = {"initEmails", "inFlightEmails", "completionEmails"}
PARTICIPANT_SET = {"name", "order", "role", "memberInfos"}
FIELD = {"name", "inputType", "contentType", "required", "assignee", "locations"}
PLACE = {"pageNumber", "left", "top", "width", "height"}
KINDS = {
    ("SIGNATURE", "SIGNATURE"): "signature",
    ("TEXT_FIELD", "SIGNER_NAME"): "name",
    ("TEXT_FIELD", "SIGNER_TITLE"): "title",
    ("TEXT_FIELD", "SIGNATURE_DATE"): "date",
}
FREQUENCIES = {  # of reminders, in days
    "DAILY_UNTIL_SIGNED": 1,
    "WEEKDAILY_UNTIL_SIGNED": 1,
    "EVERY_OTHER_DAY_UNTIL_SIGNED": 2,
    "EVERY_THIRD_DAY_UNTIL_SIGNED": 3,
    "EVERY_FIFTH_DAY_UNTIL_SIGNED": 5,
    "WEEKLY_UNTIL_SIGNED": 7,
}

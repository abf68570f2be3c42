"""What may stand in a request to DocuSign."""

from __future__ import annotations

ENVELOPE = {
    "status",
    "emailSubject",
    "emailBlurb",
    "transactionId",
    "documents",
    "recipients",
    "customFields",
    "notification",
    "eventNotification",
}
DOCUMENT = {"documentId", "name", "fileExtension", "documentBase64"}
SIGNER = {
    "recipientId",
    "routingOrder",
    "name",
    "email",
    "clientUserId",
    "customFields",
    "tabs",
}
CORRECTION = {"recipientId", "name", "email", "clientUserId"}
VIEW = {
    "returnUrl",
    "authenticationMethod",
    "recipientId",
    "clientUserId",
    "userName",
    "email",
}
LONGEST_RETURN = 470
TAB = {"documentId", "pageNumber", "xPosition", "yPosition", "tabLabel", "required"}
TABS = {
    "signHereTabs": "signature",
    "fullNameTabs": "name",
    "titleTabs": "title",
    "dateSignedTabs": "date",
}
CUSTOM_FIELD = {"name", "value", "show", "required"}
NOTIFICATION = {"useAccountDefaults", "reminders", "expirations"}
REMINDERS = {"reminderEnabled", "reminderDelay", "reminderFrequency"}
EXPIRATIONS = {"expireEnabled", "expireAfter", "expireWarn"}
LIST_QUERY = {"from_date", "transaction_ids", "envelope_ids", "custom_field", "include"}
LONGEST_LIST = 100
LONGEST_SUBJECT, LONGEST_VALUE = 100, 100

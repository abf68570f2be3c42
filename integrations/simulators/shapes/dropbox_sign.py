"""What may stand in a request to Dropbox Sign."""

from __future__ import annotations

from datetime import timedelta

REQUEST = {
    "title",
    "subject",
    "message",
    "signers",
    "allow_decline",
    "allow_reassign",
    "metadata",
    "signing_options",
    "form_fields_per_document",
    "expires_at",
    "test_mode",
}
IN_JSON = ("signers", "metadata", "form_fields_per_document", "signing_options")
SIGNER = {"name", "email_address", "order"}
FORM_FIELD: dict[str, type] = {
    "document_index": int,
    "api_id": str,
    "type": str,
    "required": bool,
    "signer": str,
    "width": int,
    "height": int,
    "x": int,
    "y": int,
    "page": int,
    "name": str,
}
NOT_NEEDED = {"page", "name"}  # in a form field
KINDS = {"signature": "signature", "date_signed": "date", "text": "text"}
WAYS = ("draw", "type", "upload", "phone")
LIST_QUERY = {"account_id", "page", "page_size", "query"}
LONGEST, LONGEST_MESSAGE, MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 255, 5000, 10, 40, 1000
SHORTEST_RUN, LONGEST_RUN = timedelta(days=1), timedelta(days=90)
LARGEST_PAGE = 100

"""Refusals in one form: what a service cannot do, and callbacks that are not believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.errors import CallbackRejected, UnsupportedFeature

if TYPE_CHECKING:
    from docgen.ports.esign import Capabilities, EnvelopeRequest


def refuse_unfit(request: EnvelopeRequest, able: Capabilities, service: str) -> None:
    """Check an envelope against what the service declares, before anything leaves.

    Raises:
        UnsupportedFeature: the message says what the packet needs and what to do instead.
    """
    if len(request.documents) > able.most_documents:
        raise unsupported(
            service,
            f"takes at most {able.most_documents} documents at once, and this packet has "
            f"{len(request.documents)}",
        )
    for document in request.documents:
        if len(document.pdf) > able.largest_file:
            raise unsupported(
                service,
                f"takes files of at most {able.largest_file // 1_000_000} MB, and "
                f"{document.title} is larger",
            )
    if request.return_url and not able.signing_link:
        raise unsupported(service, "invites by its own letters alone")
    signed = {field.recipient for item in request.documents for field in item.fields}
    if any(item.key not in signed for item in request.recipients):
        raise unsupported(service, "needs a place to sign for every recipient, and one has none")


def unsupported(service: str, what: str) -> UnsupportedFeature:
    """Say that a service cannot do something; `what` continues "The signing service ... "."""
    return UnsupportedFeature(
        f"The signing service {service} {what}. Send through another service, or change the "
        "packet.",
        service=service,
    )


def disbelieved(service: str, why: str) -> CallbackRejected:
    """Say why a callback was not believed; `why` continues a sentence."""
    return CallbackRejected(f"The callback was not believed: {why}.", service=service)

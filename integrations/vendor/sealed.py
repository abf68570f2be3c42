"""What a service calls a signed document, looked at before it is believed to be one."""

from __future__ import annotations

from docgen.errors import ServiceRejected, ServiceUnavailable

SEALING_S = 30.0


def sealed_pdf(data: bytes, service: str) -> bytes:
    """Give the bytes back if they are a PDF with a signature.

    Raises:
        ServiceUnavailable: the service has not sealed it yet; "completed" is not "sealed".
        ServiceRejected: it is no PDF at all.
    """
    if not data.startswith(b"%PDF-"):
        raise ServiceRejected(
            f"What the signing service {service} handed over is no PDF.", service=service
        )
    if b"/ByteRange" not in data:
        raise still_sealing(service)
    return data


def record_pdf(data: bytes, service: str) -> bytes:
    """Give the bytes of a service's own record back if they are a PDF.

    Raises:
        ServiceUnavailable: they are none; the record is made after the signed documents are.
    """
    if not data.startswith(b"%PDF-"):
        raise still_sealing(service)
    return data


def still_sealing(service: str) -> ServiceUnavailable:
    """Say that everybody signed and the service is not done with its files."""
    return ServiceUnavailable(
        f"The signing service {service} has not sealed the signed documents yet; they are fetched "
        "later.",
        service=service,
        retry_after_s=SEALING_S,
    )


def not_executed(service: str) -> ServiceRejected:
    """Say that there is nothing to hand over before everybody has signed."""
    return ServiceRejected(
        "The envelope is not fully executed, so there is nothing to hand over yet.",
        service=service,
    )


def nothing_to_sign(service: str) -> ServiceRejected:
    """Say that a recipient cannot be reminded, replaced or given a link now."""
    return ServiceRejected(
        "This recipient has nothing to sign now: they have signed or declined, it is not their "
        "turn, or the envelope has ended.",
        service=service,
    )

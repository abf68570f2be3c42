"""Addresses of callbacks and their dispatches as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docgen.db.codec import from_json, to_json
from docgen.db.models import WebhookDispatchRow, WebhookEndpointRow
from docgen.domain.webhook import Dispatch, Endpoint
from docgen.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet


class WebhookRows:
    """The callbacks port on the ORM."""

    def add(self, endpoint: Endpoint) -> None:
        """Store a new address."""
        WebhookEndpointRow.objects.create(
            endpoint_id=endpoint.id, is_on=endpoint.is_on, body=to_json(endpoint)
        )

    def get(self, endpoint_id: str) -> Endpoint:
        """Read an address."""
        return _endpoint(WebhookEndpointRow.objects.filter(endpoint_id=endpoint_id))

    def locked(self, endpoint_id: str) -> Endpoint:
        """Read an address and hold it until the transaction ends."""
        rows = WebhookEndpointRow.objects.select_for_update()
        return _endpoint(rows.filter(endpoint_id=endpoint_id))

    def save(self, endpoint: Endpoint) -> None:
        """Write back an address."""
        rows = WebhookEndpointRow.objects.filter(endpoint_id=endpoint.id)
        rows.update(is_on=endpoint.is_on, body=to_json(endpoint))

    def list(self) -> Sequence[Endpoint]:
        """List every address, first registered first."""
        rows = WebhookEndpointRow.objects.order_by("pk")
        return [from_json(row.body, Endpoint) for row in rows]

    def switched_on(self) -> Sequence[Endpoint]:
        """List the addresses that are switched on."""
        rows = WebhookEndpointRow.objects.filter(is_on=True).order_by("pk")
        return [from_json(row.body, Endpoint) for row in rows]

    def add_dispatch(self, dispatch: Dispatch) -> None:
        """Store a new dispatch."""
        WebhookDispatchRow.objects.create(
            dispatch_id=dispatch.id, endpoint_id=dispatch.endpoint, body=to_json(dispatch)
        )

    def dispatch(self, dispatch_id: str) -> Dispatch:
        """Read a dispatch."""
        return _dispatch(WebhookDispatchRow.objects.filter(dispatch_id=dispatch_id))

    def locked_dispatch(self, dispatch_id: str) -> Dispatch:
        """Read a dispatch and hold it until the transaction ends."""
        rows = WebhookDispatchRow.objects.select_for_update()
        return _dispatch(rows.filter(dispatch_id=dispatch_id))

    def save_dispatch(self, dispatch: Dispatch) -> None:
        """Write back a dispatch."""
        rows = WebhookDispatchRow.objects.filter(dispatch_id=dispatch.id)
        rows.update(body=to_json(dispatch))

    def dispatches(self, endpoint_id: str, *, skip: int, limit: int) -> Sequence[Dispatch]:
        """List what an address was told, newest first."""
        rows = WebhookDispatchRow.objects.filter(endpoint_id=endpoint_id).order_by("-pk")
        return [from_json(row.body, Dispatch) for row in rows[skip : skip + limit]]

    def count(self, endpoint_id: str) -> int:
        """Count what an address was told."""
        return WebhookDispatchRow.objects.filter(endpoint_id=endpoint_id).count()


def _endpoint(rows: QuerySet[WebhookEndpointRow]) -> Endpoint:
    row = rows.first()
    if row is None:
        raise NotFound("There is no callback address of this number.")
    return from_json(row.body, Endpoint)


def _dispatch(rows: QuerySet[WebhookDispatchRow]) -> Dispatch:
    row = rows.first()
    if row is None:
        raise NotFound("There is no callback of this number.")
    return from_json(row.body, Dispatch)

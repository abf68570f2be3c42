"""What the API says about itself (OpenAPI 3.1), with what django-ninja cannot know added."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ninja import NinjaAPI

from docgen.web.api.idempotency import HEADER
from docgen.web.api.problems import MEDIA_TYPE

if TYPE_CHECKING:
    from ninja.openapi.schema import OpenAPISchema

REFUSED, TOO_MANY = 400, 429
_JSON = "application/json"
_KEY = {
    "name": HEADER,
    "in": "header",
    "required": True,
    "description": "Never used for another request; sent again, the request is not done twice.",
    "schema": {"type": "string", "pattern": "^[!-~]{1,128}$"},
}


_AGAIN = {
    "Retry-After": {
        "description": "After how many seconds to ask again.",
        "schema": {"type": "integer", "minimum": 1},
    }
}


class DescribedApi(NinjaAPI):
    """An API whose refusals are problems and whose changes carry an idempotency key."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._described: dict[str | None, OpenAPISchema] = {}

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Give the description; made once, since nothing in it changes while the site runs."""
        if path_prefix not in self._described:
            schema = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
            for methods in schema["paths"].values():
                for method, operation in methods.items():
                    _tell_kinds(operation["responses"])
                    if method == "post":
                        operation.setdefault("parameters", []).append(_KEY)
            self._described[path_prefix] = schema
        return self._described[path_prefix]


def _tell_kinds(responses: dict[Any, Any]) -> None:
    for status, response in responses.items():
        if int(status) >= REFUSED:
            response["content"] = {MEDIA_TYPE: response["content"].pop(_JSON)}
            if int(status) == TOO_MANY:
                response["headers"] = _AGAIN
        elif len(response["content"]) > 1:  # it gives a file; django-ninja adds JSON by itself
            response["content"].pop(_JSON)

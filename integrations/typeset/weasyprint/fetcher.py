"""A fetcher that reaches nothing: only `data:` addresses and named assets handed to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSET_SCHEME = "asset:"


class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # no types there
    """Answers `asset:NAME` from a fixed map and `data:` from itself; all else ends the rendering.

    A refused address must not be swallowed: a page without its picture would be another page. Only
    an error of WeasyPrint's fatal kind stops it, so that is the kind raised.
    """

    def __init__(self, assets: Mapping[str, tuple[bytes, str]]) -> None:
        """Keep the assets: name to bytes and media type."""
        super().__init__(allowed_protocols=("data",), allow_redirects=False, fail_on_errors=True)
        self._assets = dict(assets)

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """Return an asset or the content of a data address; refuse everything else."""
        if url.startswith(ASSET_SCHEME):
            found = self._assets.get(url.removeprefix(ASSET_SCHEME))
            if found is not None:
                content, media_type = found
                return URLFetcherResponse(url, content, {"Content-Type": media_type})
        elif url.startswith("data:"):
            return super().fetch(url, headers)
        message = "the page refers to something outside itself"
        raise FatalURLFetchingError(message)

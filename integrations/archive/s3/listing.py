"""What lies in a bucket under one key: every version of it and every mark that hides it.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html. What is deleted goes by
this list, so a list that cannot be right is refused whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from integrations.archive.s3.failure import CROWDED, GARBLED, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

A_PAGE, PAGES = 1000, 100  # entries that S3 gives at most at once, and as often as is asked


class Listing:
    """Lists the versions of a bucket's objects, a bounded number of them."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def everything(self, key: str) -> tuple[list[str], list[str]]:
        """List the versions under exactly this key and its delete markers, oldest first.

        Raises:
            ServiceUnavailable: the list has no end, or is none of S3's.
        """
        versions, marks = list[str](), list[str]()
        for page in self._pages(key):
            versions += _named(page.get("Versions", ()), key)
            marks += _named(page.get("DeleteMarkers", ()), key)
        return versions[::-1], marks[::-1]

    def is_hidden(self, key: str) -> bool:
        """Say whether the newest under exactly this key is a delete marker."""
        marks = self._page(key, {}).get("DeleteMarkers", ())
        return any(item["Key"] == key and item.get("IsLatest") for item in marks)

    def _pages(self, key: str) -> Iterator[Mapping[str, Any]]:
        begins = dict[str, str]()
        for _ in range(PAGES):
            page = self._page(key, begins)
            yield page
            if not page["IsTruncated"]:
                return
            onward = {
                asked: str(page[told])
                for asked, told in (
                    ("KeyMarker", "NextKeyMarker"),
                    ("VersionIdMarker", "NextVersionIdMarker"),
                )
                if page.get(told)
            }
            if not onward or onward == begins:  # the rest would be left out, or come for ever
                raise GARBLED.error()
            begins = onward
        raise CROWDED.error()

    def _page(self, key: str, begins: Mapping[str, str]) -> Mapping[str, Any]:
        """Ask for one page; each entry on it has a name that was asked for, and a version."""
        with told_apart():
            page: Mapping[str, Any] = self._client.list_object_versions(
                Bucket=self._bucket, Prefix=key, MaxKeys=A_PAGE, **begins
            )
        entries = [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        sound = (
            page.get("Name") == self._bucket
            and "IsTruncated" in page
            and len(entries) <= A_PAGE
            and all(
                item.get("Key", "").startswith(key) and item.get("VersionId") for item in entries
            )
        )
        if not sound:
            raise GARBLED.error()
        return page


def _named(entries: Any, key: str) -> list[str]:
    """Give the versions of these entries that lie under the key itself."""
    return [str(item["VersionId"]) for item in entries if item["Key"] == key]

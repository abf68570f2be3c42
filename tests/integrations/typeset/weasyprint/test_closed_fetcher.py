"""The printer reaches nothing outside the page it was given."""

from __future__ import annotations

import base64
import threading
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from typing import TYPE_CHECKING

import pypdf
import pypdfium2
import pytest

from docgen.errors import RenderRefused
from docgen.resources import fonts_dir
from integrations.typeset.weasyprint.printer import WeasyprintPrinter
from tests.contracts.pdf_reading import findings, fonts, streams, words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A red dot: the smallest picture that is a picture.
DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC"
)
PAGE = (
    "<!doctype html><html lang=en><head><title>x</title>{head}</head>"
    "<body><h1>Certificate</h1><p>Before.</p>{body}<p>After.</p></body></html>"
)
IN_HEAD = (
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">',
    '<style>@import url("{url}");</style>',
    '<style>@font-face {{ font-family: x; src: url("{url}"); }} p {{ font-family: x; }}</style>',
    '<style>p {{ background: url("{url}"); }}</style>',
    '<style>p::before {{ content: url("{url}"); }}</style>',
    '<style>ul {{ list-style-image: url("{url}"); }}</style><ul><li>x</ul>',
    '<style>@color-profile --x {{ src: url("{url}"); }}</style>',
)
IN_BODY = (
    '<img src="{url}" alt="x">',
    '<object data="{url}">x</object>',
    '<embed src="{url}">',
    '<a rel="attachment" href="{url}">x</a>',
    '<p style="background-image: url({url})">x</p>',
    (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{url}" width="9"'
        ' height="9"/></svg>'
    ),
    '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><use href="{url}#x"/></svg>',
    (
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><style>@import url("{url}");'
        "</style><rect width='9' height='9'/></svg>"
    ),
)


@cache
def _printer() -> WeasyprintPrinter:
    return WeasyprintPrinter(fonts_dir(), {"dot.png": (DOT, "image/png")})


def _print(*, head: str = "", body: str = "") -> bytes:
    html = PAGE.format(head=head, body=body).encode()
    return _printer().print_page(html, title="Certificate of completion")


class _Listener(HTTPServer):
    """Counts who calls."""

    calls = 0


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Count the call and answer with a picture."""
        assert isinstance(self.server, _Listener)
        self.server.calls += 1
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(DOT)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[_Listener]:
    """Listen on loopback while a page is printed."""
    server = _Listener(("127.0.0.1", 0), _Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def _attempt(construct: str, url: str) -> bytes | None:
    """Print a page with the construct; None when it was refused."""
    markup = construct.format(url=url)
    try:
        return _print(head=markup) if construct in IN_HEAD else _print(body=markup)
    except RenderRefused as refusal:
        assert url not in str(refusal)  # noqa: PT017 - the refusal is the other good outcome
        return None


@pytest.mark.parametrize("construct", [*IN_HEAD, *IN_BODY])
def test_no_construct_calls_out(construct: str, listener: _Listener) -> None:
    """Whatever names an address on the network, nobody is called and nothing is attached."""
    pdf = _attempt(construct, f"http://127.0.0.1:{listener.server_port}/x.png")
    assert listener.calls == 0
    assert pdf is None or not pypdf.PdfReader(BytesIO(pdf)).attachments


@pytest.mark.parametrize("construct", [*IN_HEAD, *IN_BODY])
def test_no_construct_reads_a_file(construct: str, tmp_path: Path) -> None:
    """Whatever names a local file, neither its words nor its bytes come into the PDF."""
    canary = tmp_path / "canary.txt"
    canary.write_text("canary-6f1b")
    pdf = _attempt(construct, canary.as_uri())
    if pdf is not None:
        assert not pypdf.PdfReader(BytesIO(pdf)).attachments
        found = list(streams(pdf))
        assert any(b"Certificate of completion" in stream for stream in found)
        assert not any(b"canary-6f1b" in stream for stream in found)


@pytest.mark.parametrize(
    "url", ["relative.png", "/etc/hostname", "asset:other", "ftp://x.example.org/"]
)
def test_an_unknown_picture_stops_the_printing(url: str) -> None:
    """A page never loses its picture silently."""
    with pytest.raises(RenderRefused):
        _print(body=f'<img src="{url}" alt="x">')


@pytest.mark.parametrize(
    "url", ["asset:dot.png", "data:image/png;base64," + base64.b64encode(DOT).decode()]
)
def test_named_assets_and_data_are_printed(url: str) -> None:
    """The control: what was handed over, or lies in the page itself, appears on it."""
    pdf = _print(body=f'<img src="{url}" alt="a red dot" style="width: 20pt; height: 20pt">')
    (sheet,) = pypdf.PdfReader(BytesIO(pdf)).pages
    assert len(sheet.images) == 1


def test_a_page_is_archivable_accessible_and_always_the_same() -> None:
    """A printed page keeps PDF/A-3a and PDF/UA-1, bears its title, and repeats byte for byte."""
    pdf = _print(
        body="<h2>History</h2><table><thead><tr><th scope=col>When</th></tr></thead>"
        "<tbody><tr><td>today</td></tr></tbody></table>"
    )
    assert findings(pdf, "3a") == []
    assert findings(pdf, "ua1") == []
    reader = pypdf.PdfReader(BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Certificate of completion"
    text = words(pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range())
    assert "Certificate Before. History When today After." in text
    assert _print() == _print()


@pytest.mark.parametrize("text", ["Clinic 🙂", "a&#x202e;b", "हिन्दी", "&#xE000;"])
def test_a_page_with_a_missing_glyph_is_refused(text: str) -> None:
    """Also a character written as a reference needs a glyph; the refusal quotes nothing."""
    with pytest.raises(RenderRefused, match=r"U\+[0-9A-F]{4}") as refusal:
        _print(body=f"<p>Doe {text}</p>")
    assert "Doe" not in str(refusal.value)


def test_a_style_the_printer_does_not_know_is_refused() -> None:
    """A misspelled property does not pass unseen."""
    with pytest.raises(RenderRefused):
        _print(head="<style>p { colour-of-text: red }</style>")


def test_bytes_that_are_no_text_are_refused() -> None:
    """A page that is not UTF-8 is named as such."""
    with pytest.raises(RenderRefused, match="UTF-8"):
        _printer().print_page(b"\xff\xfe<p>", title="x")


def test_names_of_every_script_use_the_shipped_fonts() -> None:
    """A page that asks for serifs gets ours for Arabic and Chinese, never the machine's."""
    style = "<style>html { font-family: serif } @page { @bottom-left { content: '王' } }</style>"
    pdf = _print(head=style, body="<p>محمد علي, 王小明, 김철수</p>")
    found = fonts(pdf)
    assert all(found.values())
    assert {name.removesuffix("Bold").removesuffix("Small") for name in found} == {
        "DocgenSerif",
        "Amiri",
        "DroidSansFallback",
    }


def test_a_font_of_the_machine_is_refused() -> None:
    """A page that insists on another family is not printed with whatever the machine has."""
    with pytest.raises(RenderRefused, match="not shipped"):
        _print(body='<p style="font-family: monospace">x</p>')

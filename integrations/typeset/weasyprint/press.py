"""HTML onto pages: one WeasyPrint with our fonts, no neighbours, and no warning let pass."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from importlib.resources import files
from io import BytesIO
from threading import RLock
from typing import TYPE_CHECKING, Any, cast

import weasyprint
from weasyprint.css import ColorProfile
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError

from docgen.errors import RenderRefused
from integrations.typeset.glyphs import FALLBACK_FACES, TEXT_FACES
from integrations.typeset.weasyprint.fetcher import ASSET_SCHEME, ClosedFetcher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from weasyprint import Attachment
    from weasyprint.document import Document as Laid

FAMILIES = {
    "DocgenSerif": "Docgen Serif",
    "DocgenSerifSmall": "Docgen Serif Small",
    "DocgenSerifLarge": "Docgen Serif Large",
    "Amiri": "Amiri",
    "DroidSansFallback": "Droid Sans Fallback",
}
_PROFILE = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
# The PDF/UA mark, with the extension schema that PDF/A asks for when a foreign property is used.
_UA_MARK = b"""\
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">\
<pdfuaid:part>1</pdfuaid:part></rdf:Description>\
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#"><pdfaExtension:schemas><rdf:Bag>\
<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>\
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>\
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix><pdfaSchema:property><rdf:Seq>\
<rdf:li rdf:parseType="Resource"><pdfaProperty:name>part</pdfaProperty:name>\
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>\
<pdfaProperty:category>internal</pdfaProperty:category>\
<pdfaProperty:description>Part of PDF/UA</pdfaProperty:description></rdf:li></rdf:Seq>\
</pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"""


class Press:
    """Lays HTML out with the shipped fonts and writes PDF/A-3a with the PDF/UA-1 mark."""

    def __init__(self, fonts: Path, assets: Mapping[str, tuple[bytes, str]] | None = None) -> None:
        """Load the fonts; `assets` are what pages may refer to as `asset:NAME`."""
        faces = {
            name: ((fonts / name).read_bytes(), "font/ttf")
            for name in (*TEXT_FACES, *FALLBACK_FACES)
        }
        self._fetcher = ClosedFetcher({**faces, **(assets or {})})
        self._font_config = FontConfiguration()
        self._faces = self.stylesheet("".join(_font_face(name) for name in faces))
        self._lock = RLock()  # the log of refusals below is one for the whole process

    def stylesheet(self, css: str) -> weasyprint.CSS:
        """Return a parsed stylesheet that may use the shipped fonts."""
        with every_warning_refused():
            return weasyprint.CSS(
                string=css, font_config=self._font_config, url_fetcher=self._fetcher
            )

    def lay_out(
        self, html: str, *styles: weasyprint.CSS, variant: str = "pdf/a-3a", fields: bool = False
    ) -> Laid:
        """Return the pages of an HTML text; with `fields`, its inputs can be filled in.

        Raises:
            RenderRefused: the page refers to anything outside itself, or WeasyPrint had to guess.
        """
        with self._lock, every_warning_refused():
            source = weasyprint.HTML(string=html, url_fetcher=self._fetcher)
            return source.render(
                font_config=self._font_config,
                stylesheets=[self._faces, *styles],
                pdf_variant=variant,
                pdf_forms=fields,
                presentational_hints=False,
            )

    def write(self, laid: Laid, attachments: Sequence[Attachment] = ()) -> bytes:
        """Write the pages; what the page itself wanted attached is refused."""
        if laid.metadata.attachments or any(
            kind == "attachment" for page in laid.pages for kind, *_ in page.links
        ):
            message = "The page asks for a file to be attached; remove that link."
            raise RenderRefused(message)
        # WeasyPrint would open its colour profile anew for each file and leave it open.
        laid.color_profiles["srgb"] = ColorProfile(
            BytesIO(_PROFILE), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"])
        )
        laid.output_intent = "srgb"
        with self._lock, every_warning_refused():
            pdf = laid.write_pdf(
                pdf_variant="pdf/a-3a",
                pdf_version="1.7",
                pdf_identifier=True,
                pdf_tags=True,
                output_intent="ours",
                attachments=list(attachments),
                finisher=_mark_accessible,
            )
        return cast("bytes", pdf)


def _font_face(name: str) -> str:
    """Return the rule that makes one shipped file available under its family."""
    family, _, style = name.removesuffix(".ttf").partition("-")
    weight = {"Bold": 700, "BoldItalic": 700, "Semibold": 600}.get(style, 400)
    slant = "italic" if style.endswith("Italic") else "normal"
    return (
        f'@font-face {{ font-family: "{FAMILIES[family]}"; font-weight: {weight};'
        f' font-style: {slant}; src: url("{ASSET_SCHEME}{name}"); }}\n'
    )


def _mark_accessible(laid: Laid, pdf: Any) -> None:
    """Refuse fonts of the machine; add the PDF/UA mark and leave the metadata uncompressed."""
    if not {font.family for font in laid.fonts.values()} <= set(FAMILIES.values()):
        message = "The page asks for a font that is not shipped; use the shipped families alone."
        raise RenderRefused(message)
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.compress = False
    metadata.stream[0] = metadata.stream[0].replace(b"</rdf:RDF>", _UA_MARK + b"</rdf:RDF>")


class _Refusals(logging.Handler):
    """Counts what WeasyPrint would only have logged; its words may quote values and are dropped."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count one warning."""
        del record
        self.count += 1


@contextmanager
def every_warning_refused() -> Iterator[None]:
    """Turn each warning and each refused address into a refusal of the page."""
    logger = logging.getLogger("weasyprint")
    refusals = _Refusals()
    logger.addHandler(refusals)
    try:
        yield
    except FatalURLFetchingError:
        message = (
            "The page refers to something outside itself; only data addresses and named assets "
            "may stand in it."
        )
        raise RenderRefused(message) from None
    finally:
        logger.removeHandler(refusals)
    if refusals.count:
        message = (
            "The page cannot be laid out as written: it uses a style, an address or a character "
            "that the printer does not know."
        )
        raise RenderRefused(message)

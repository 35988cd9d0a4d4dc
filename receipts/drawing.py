"""Drawing a page as an archival, accessible PDF (PDF/A-3a and PDF/UA-1), the same bytes each time.

WeasyPrint needs system libraries. Where they are missing, PDFs are off and the site serves a page to print instead.
"""

from __future__ import annotations

import os
import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).parent / "fonts"

# PDF/A declares PDF/UA in its metadata through an extension schema.
PDF_UA = b"""<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Indicates which part of ISO 14289 is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>"""

_per_thread = threading.local()


class PdfIsOff(Exception):
    """WeasyPrint's libraries are missing on this machine."""


class FetchRefused(Exception):
    """The page asked for something outside itself."""


class MissingGlyphs(Exception):
    """The shipped fonts cannot print some character. Empty boxes are not issued: a human looks at it."""


@cache
def why_pdf_is_off() -> str:
    """Empty when PDFs can be drawn, else the reason in a sentence."""
    # Before fontconfig starts: with no fonts at all WeasyPrint would take the whole process down.
    os.environ["FONTCONFIG_FILE"] = str(FONTS / "fonts.conf")
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError) as error:
        kind = type(error).__name__
        return f"PDFs are off: WeasyPrint cannot start here ({kind}). Receipts are served as pages to print."
    return ""


def draw(
    *,
    html: str,
    identifier: str,
    created: datetime,
    attachment: bytes | None = None,
    attachment_name: str = "",
    attachment_about: str = "This receipt in machine-readable form",
) -> bytes:
    """Draw a document, with what it says in machine-readable form attached to it.

    Raises PdfIsOff without WeasyPrint, MissingGlyphs when the fonts lack a character, and FetchRefused when the page
    asks for anything outside itself.
    """
    if why_pdf_is_off():
        raise PdfIsOff(why_pdf_is_off())
    from weasyprint import HTML, Attachment
    from weasyprint.urls import FatalURLFetchingError

    attached = Attachment(
        string=attachment,
        name=attachment_name,
        description=attachment_about,
        created=created,
        modified=created,
        relationship="Data",
    )
    options = {
        "pdf_variant": "pdf/a-3a",
        "pdf_identifier": identifier.encode(),
        "attachments": [attached] if attachment is not None else [],
    }
    page = HTML(string=html, base_url="about:blank", url_fetcher=_no_fetching())
    try:
        document = page.render(font_config=_font_configuration(), **options)
        pdf: bytes = document.write_pdf(finisher=_finish, **options)
    except FatalURLFetchingError as error:
        # WeasyPrint derives it from BaseException, which would stop the worker.
        raise FetchRefused(str(error)) from error
    if lacking := sum(len(font.missing) for font in document.fonts.values()):
        raise MissingGlyphs(f"The fonts lack {lacking} characters of this page.")
    return pdf


def _finish(document: Any, pdf: Any) -> None:
    """Say that the file is PDF/UA too, and leave its metadata uncompressed, as PDF/A wants it."""
    import pydyf

    class PlainlyEnded(pydyf.Stream):
        """A stream whose end cannot be misread: data that happens to end in CR, followed by a bare LF, looks to a
        strict reader as if its last byte belonged to the line's end, and one file in twenty would fail as PDF/A."""

        @property
        def data(self) -> bytes:
            return bytes(super().data.removesuffix(b"\nendstream") + b"\r\nendstream")

    for part in pdf.objects:
        if not isinstance(part, pydyf.Stream):
            continue
        part.__class__ = PlainlyEnded
        if part.extra.get("Type") == "/Metadata":
            part.stream[0] = part.stream[0].replace(b"</rdf:RDF>", PDF_UA + b"</rdf:RDF>")
            part.compress = False
        elif b"begincmap" in part.stream:
            # The dots of an Arabic letter are glyphs with no character of their own; a validator wants one.
            part.stream = [row.replace(b"> <>", b"> <200b>") if isinstance(row, bytes) else row for row in part.stream]


def _no_fetching() -> Any:
    """Nothing outside the page is ever read: no file of this machine, no address a donor's name could hold."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcher

    class NoFetching(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            raise FatalURLFetchingError(f"A page to draw fetches nothing: {url.split(':')[0]} was asked for.")

    return NoFetching(allowed_protocols=())


def _font_configuration() -> Any:
    """One per thread: a new one for each receipt costs a quarter of a megabyte that never comes back."""
    from weasyprint.text.fonts import FontConfiguration

    if not hasattr(_per_thread, "fonts"):
        _per_thread.fonts = FontConfiguration()
    return _per_thread.fonts

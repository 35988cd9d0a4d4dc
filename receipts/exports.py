"""Every export goes through here: one guarded cell writer for CSV and XLSX (``accounts.cells``), in constant memory."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from decimal import Decimal
from itertools import chain, islice
from tempfile import TemporaryFile
from typing import IO
from xml.sax.saxutils import escape

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from accounts.cells import ROWS_AT_ONCE, safe_text
from accounts.cells import Cell as Cell
from accounts.cells import Row as Row
from accounts.cells import csv_lines as csv_lines

ROWS_PER_SHEET = 1_048_576


def csv_response(file_name: str, header: Row, rows: Iterable[Row]) -> HttpResponseBase:
    return StreamingHttpResponse(
        csv_lines(header, rows),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{file_name}.csv"',
            "Cache-Control": "private, no-store",
        },
    )


def xlsx_response(file_name: str, header: Row, rows: Iterable[Row]) -> HttpResponseBase:
    file = TemporaryFile()  # noqa: SIM115 (the response closes it)
    write_xlsx(file, header, rows)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{file_name}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Cache-Control": "private, no-store"},
    )


# -- XLSX ---------------------------------------------------------------------------------------------------

XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def write_xlsx(target: IO[bytes], header: Row, rows: Iterable[Row]) -> None:
    """Write a workbook; a new sheet begins, with the header again, where Excel's rows end."""
    head, rest = list(header), iter(rows)
    sheets = 0
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        first: list[Row] = []
        while sheets == 0 or first:
            sheets += 1
            _write_sheet(book, sheets, chain([head], first, islice(rest, ROWS_PER_SHEET - 1 - len(first))))
            first = list(islice(rest, 1))
        _write_frame(book, sheets)


def _write_sheet(book: zipfile.ZipFile, number: int, rows: Iterable[Row]) -> None:
    every = iter(rows)
    with book.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as sheet:
        sheet.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
        while batch := list(islice(every, ROWS_AT_ONCE)):
            sheet.write("".join(_xml_row(row) for row in batch).encode())
        sheet.write(b"</sheetData></worksheet>")


def _xml_row(row: Row) -> str:
    return "<row>" + "".join(_xml_cell(cell) for cell in row) + "</row>"


def _xml_cell(cell: Cell) -> str:
    if isinstance(cell, int | Decimal):
        return f"<c><v>{cell}</v></c>"
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(safe_text(cell))}</t></is></c>'


def _write_frame(book: zipfile.ZipFile, sheets: int) -> None:
    """The parts around the sheets: what they are, where they lie, in which order."""
    numbers = range(1, sheets + 1)
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPE}.worksheet+xml"/>' for n in numbers
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    names = "".join(f'<sheet name="Sheet {n}" sheetId="{n}" r:id="r{n}"/>' for n in numbers)
    book.writestr(
        "[Content_Types].xml",
        f'{XML}<Types xmlns="{PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>{types}</Types>',
    )
    book.writestr(
        "_rels/.rels",
        f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
        f'<Relationship Id="r1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    )
    book.writestr(
        "xl/workbook.xml", f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>'
    )
    book.writestr(
        "xl/_rels/workbook.xml.rels", f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>'
    )

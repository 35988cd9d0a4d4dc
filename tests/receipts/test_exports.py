from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from receipts import exports
from receipts.exports import csv_lines, safe_text, write_xlsx

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\ufeff=1", "\n@x",
    "＝1+1", "-2+3+cmd|' /C calc'!A0", "\x00=1",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert safe_text(text).startswith("'")


@pytest.mark.parametrize("text", ["Grace", "a=b", "1-2", "12 Harbour Street", "", "O'Neill"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


def test_numbers_and_dates_stay_what_they_are() -> None:
    cells = [
        safe_text(cell) for cell in (-5, Decimal("-12.50"), date(2025, 6, 1), datetime(2025, 6, 1, tzinfo=UTC), None)
    ]
    assert cells == ["-5", "-12.50", "2025-06-01", "2025-06-01T00:00:00+00:00", ""]


def read_csv(rows: list[list[exports.Cell]]) -> list[list[str]]:
    content = b"".join(csv_lines(["A", "B"], rows))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_any_text_comes_back_from_csv_as_it_was_made_safe(rows: list[tuple[str, str]]) -> None:
    assert read_csv([list(row) for row in rows])[1:] == [[safe_text(cell) for cell in row] for row in rows]


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_any_text_makes_a_workbook_that_opens_and_runs_nothing(rows: list[tuple[str, str]]) -> None:
    file = io.BytesIO()
    write_xlsx(file, ["A", "B"], rows)
    sheet = load_workbook(file).active
    assert sheet.max_row == len(rows) + 1
    assert all(cell.data_type in {"s", "n", "inlineStr"} for row in sheet.iter_rows() for cell in row)


def test_numbers_are_numbers_in_a_workbook() -> None:
    file = io.BytesIO()
    write_xlsx(file, ["Amount"], [[Decimal("-12.50")], [7]])
    assert [row[0] for row in load_workbook(file).active.iter_rows(min_row=2, values_only=True)] == [-12.5, 7]


@pytest.mark.parametrize(("count", "sheets"), [(0, [1]), (4, [5]), (5, [5, 2]), (8, [5, 5]), (9, [5, 5, 2])])
def test_a_new_sheet_begins_where_excels_rows_end(
    count: int, sheets: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "ROWS_PER_SHEET", 5)
    file = io.BytesIO()
    write_xlsx(file, ["N"], ([number] for number in range(count)))
    book = load_workbook(file)
    assert [sheet.max_row for sheet in book] == sheets
    numbers = [row[0] for sheet in book for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert numbers == list(range(count))


def test_a_long_export_is_made_in_pieces() -> None:
    pieces = list(csv_lines(["N"], ([number] for number in range(10_000))))
    assert len(pieces) > 3
    assert b"".join(pieces).count(b"\r\n") == 10_001

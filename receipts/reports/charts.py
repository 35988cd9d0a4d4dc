"""A stacked bar chart as inline SVG, drawn here: it prints, needs no script, and the table beside it says the same."""

from __future__ import annotations

from dataclasses import dataclass

from receipts.money import format_amount
from receipts.reports.tables import IncomeTable

WIDTH, HEIGHT = 960, 320
LEFT, RIGHT, TOP, BOTTOM = 84, 8, 12, 36
GRID_LINES = 4


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One part of one month's column. `shade` numbers the stream, so that style sheets choose the colour."""

    x: str
    y: str
    width: str
    height: str
    shade: int
    title: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A label on an axis, with the line it stands at."""

    x: str
    y: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    title: str
    description: str
    bars: list[Bar]
    lines: list[Mark]
    months: list[Mark]
    legend: list[tuple[int, str]]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def income_chart(table: IncomeTable) -> Chart:
    """Months side by side, streams on top of each other. What a month lost on balance hangs below the line."""
    top, bottom = _extent(table)
    return Chart(
        title=f"Income by stream and month, {table.currency}",
        description=_description(table),
        bars=_bars(table, top, bottom),
        lines=_lines(table, top, bottom),
        months=_month_marks(table),
        legend=[(shade, str(stream.label)) for shade, stream in enumerate(table.streams, start=1)],
    )


def _extent(table: IncomeTable) -> tuple[int, int]:
    """The highest and the lowest figure that the chart has to show, on steps that read well."""
    amounts = {month: [table.amount(month, stream) for stream in table.streams] for month in table.months}
    highest = max((sum(a for a in column if a > 0) for column in amounts.values()), default=0)
    lowest = min((sum(a for a in column if a < 0) for column in amounts.values()), default=0)
    step = _round_step(max(highest, -lowest, 1))
    return -(-highest // step) * step or step, lowest // step * step


def _round_step(extent: int) -> int:
    """The smallest of 1, 2, 2.5 or 5 times a power of ten of which `GRID_LINES` reach the extent."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power // 2, 5 * power):
            if step * GRID_LINES >= extent:
                return max(step, 1)
        power *= 10


def _y(amount: int, top: int, bottom: int) -> int:
    """Tenths of a pixel from the top, in whole numbers."""
    room = (HEIGHT - TOP - BOTTOM) * 10
    return TOP * 10 + room * (top - amount) // (top - bottom)


def _px(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _column(table: IncomeTable, position: int) -> tuple[int, int]:
    """Left edge and width of a month's column, in tenths of a pixel."""
    room = (WIDTH - LEFT - RIGHT) * 10
    slot = room // max(len(table.months), 1)
    width = min(slot * 7 // 10, 560)
    return LEFT * 10 + slot * position + (slot - width) // 2, width


def _bars(table: IncomeTable, top: int, bottom: int) -> list[Bar]:
    bars = []
    for position, month in enumerate(table.months):
        x, width = _column(table, position)
        above = below = 0
        for shade, stream in enumerate(table.streams, start=1):
            amount = table.amount(month, stream)
            base = above if amount > 0 else below
            y, foot = sorted((_y(base, top, bottom), _y(base + amount, top, bottom)))
            above, below = above + max(amount, 0), below + min(amount, 0)
            if foot > y:
                title = f"{month_label(month)}, {stream.label}: {format_amount(amount, table.currency)}"
                bars.append(Bar(x=_px(x), y=_px(y), width=_px(width), height=_px(foot - y), shade=shade, title=title))
    return bars


def _lines(table: IncomeTable, top: int, bottom: int) -> list[Mark]:
    step = _round_step(max(top, -bottom))
    return [
        Mark(x=str(LEFT - 8), y=_px(_y(amount, top, bottom)), text=format_amount(amount, table.currency))
        for amount in range(bottom, top + 1, step)
    ]


def _month_marks(table: IncomeTable) -> list[Mark]:
    # With many months only every second, third, ... is named, so that labels never touch.
    every = -(-len(table.months) // 14)
    marks = []
    for position, month in enumerate(table.months):
        x, width = _column(table, position)
        if position % every == 0:
            marks.append(Mark(x=_px(x + width // 2), y=str(HEIGHT - 12), text=month_label(month)))
    return marks


def month_label(month: int) -> str:
    return f"{month // 100}-{month % 100:02d}"


def _description(table: IncomeTable) -> str:
    total = format_amount(table.total, table.currency)
    best = max(table.streams, key=table.of_stream)
    share = format_amount(table.of_stream(best), table.currency)
    period = f"{month_label(table.months[0])} to {month_label(table.months[-1])}"
    return f"{total} in all from {period}. The largest stream is {best.label} with {share}."

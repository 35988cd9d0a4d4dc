"""How a measurement becomes a row: ours and what it is compared with take turns, and their medians make a ratio.

A row is a function in any module beside this one, or in an offering's `tests/<offering>/benchmark_*.py`::

    @benchmark(name="webhook intake per second", against="a view that only verifies", goal=0.5, better="higher")
    def webhook_intake(size: Size) -> float:
        return rate_ratio(ours, bare, rounds=5)

Ratios travel between machines; seconds do not.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Literal

Better = Literal["higher", "lower"]


@dataclass(frozen=True, kw_only=True)
class Size:
    """`--full` asks for ten times the books."""

    full: bool = False

    @property
    def entries(self) -> int:
        return 10_000_000 if self.full else 1_000_000


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    name: str
    against: str
    goal: float
    better: Better
    measure: Callable[[Size], float]

    def holds(self, ratio: float) -> bool:
        return ratio >= self.goal if self.better == "higher" else ratio <= self.goal


BENCHMARKS: list[Benchmark] = []


def benchmark(
    *, name: str, against: str, goal: float, better: Better
) -> Callable[[Callable[[Size], float]], Callable[[Size], float]]:
    def register(measure: Callable[[Size], float]) -> Callable[[Size], float]:
        BENCHMARKS.append(Benchmark(name=name, against=against, goal=goal, better=better, measure=measure))
        return measure

    return register


def time_ratio(ours: Callable[[], object], against: Callable[[], object], *, rounds: int = 5) -> float:
    """Our time over theirs; 1.0 is as fast. They take turns, so that a slow minute hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for act in (ours, against):
        act()  # Unmeasured: imports, caches and query plans are made once.
    for _ in range(rounds):
        for act, taken in zip((ours, against), times, strict=True):
            began = time.perf_counter()
            act()
            taken.append(time.perf_counter() - began)
    return median(times[0]) / median(times[1])


def rate_ratio(ours: Callable[[], object], against: Callable[[], object], *, rounds: int = 5) -> float:
    """Our work per second over theirs, both doing the same amount of it in one call."""
    return 1 / time_ratio(ours, against, rounds=rounds)


def result(row: Benchmark, ratio: float) -> dict[str, object]:
    return {
        "name": row.name,
        "ratio": round(ratio, 4),
        "against": row.against,
        "goal": row.goal,
        "better": row.better,
        "holds": row.holds(ratio),
    }


def write_results(results: Sequence[dict[str, object]], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(list(results), indent=2) + "\n")


def table_line(row: dict[str, object]) -> str:
    sign = "at least" if row["better"] == "higher" else "at most"
    verdict = "holds" if row["holds"] else "MISSED"
    return f"{row['name']:<44} {row['ratio']:>9} x {row['against']:<44} {sign:>8} {row['goal']:<8} {verdict}"

"""`./run bench`: measures every row on a database of its own, prints the table and writes var/bench.json."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import shutil
import sys
import tempfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
VAR = REPOSITORY / "var"


def set_up_django(folder: Path) -> None:
    # Books are measured with the durability they are kept with, on the disk they are kept on.
    os.environ.update(STEADFAST_BENCHMARK="1", STEADFAST_TEST_VAR=str(folder), DJANGO_SETTINGS_MODULE="tests.settings")
    sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "site")]
    import django

    django.setup()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--full", action="store_true", help="10,000,000 entries, not 1,000,000")
    parser.add_argument("only", nargs="*", help="measure only rows whose name contains one of these words")
    options = parser.parse_args()

    (VAR / "bench").mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="steadfast-main-", dir=VAR / "bench"))
    try:
        set_up_django(folder)
        return measure_all(folder=folder, full=options.full, only=options.only)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure_all(*, folder: Path, full: bool, only: list[str]) -> int:
    import tests.benchmarks as package
    from tests.benchmarks import frame
    from tests.template_database import temporary_database

    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in ("__main__", "frame"):
            importlib.import_module(f"tests.benchmarks.{module.name}")
    # An offering's own go with it when it is deleted.
    for path in sorted((REPOSITORY / "tests").glob("*/benchmark_*.py")):
        importlib.import_module(f"tests.{path.parent.name}.{path.stem}")
    rows = [row for row in frame.BENCHMARKS if not only or any(word in row.name for word in only)]
    database = temporary_database(folder)
    database.create()
    os.environ["DATABASE_URL"] = database.url
    results = []
    try:
        for row in rows:
            database.restore()
            results.append(frame.result(row, row.measure(frame.Size(full=full))))
            print(frame.table_line(results[-1]), flush=True)
    finally:
        database.destroy()
        frame.write_results(results, VAR / "bench.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())

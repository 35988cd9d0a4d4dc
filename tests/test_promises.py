"""The table of promises names tests that exist: a renamed test is renamed there too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
TABLE = TESTS.parent / "docs" / "promises.md"
NAMED = re.findall(r"`([a-z_0-9/]+\.py)(?:::(\w+))?`", TABLE.read_text().split("|---|---|---|")[1])


@pytest.mark.parametrize(("file", "name"), NAMED)
def test_a_promise_names_a_test_that_exists(file: str, name: str) -> None:
    text = (TESTS / file).read_text()
    assert f"def {name or 'test_'}" in text


def test_every_promise_has_a_test() -> None:
    rows = [row for row in TABLE.read_text().splitlines() if re.match(r"\| [MFS]\d", row)]
    assert len(rows) > 30 and all(re.search(r"`[a-z_0-9/]+\.py", row) for row in rows)

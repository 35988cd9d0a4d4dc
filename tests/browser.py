"""A real headless Chromium, the system's own: nothing is downloaded.

``browser`` is a fresh profile per test; its pages refuse nothing and remember nothing.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find_chromium() -> str | None:
    """$CHROMIUM, or what the system calls it."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> str:
    path = find_chromium()
    if path is None:
        pytest.skip("Chromium is missing: `apt-get install chromium`, or set CHROMIUM to its path")
    return path


@pytest.fixture(scope="session")
def playwright_driver(chromium: str) -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    # Playwright runs an event loop in this thread, and Django refuses database calls where it sees one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    try:
        driver = sync_playwright().start()
    except Exception as error:
        # The driver brings its own Node, which wants a library that a bare Debian lacks.
        pytest.skip(f"Chromium is missing its driver ({error}); perhaps: apt-get install libatomic1")
    yield driver
    driver.stop()


@pytest.fixture
def browser(playwright_driver: Playwright, chromium: str, tmp_path: Path) -> Iterator[BrowserContext]:
    context = playwright_driver.chromium.launch_persistent_context(
        str(tmp_path / "profile"),
        executable_path=chromium,
        headless=True,
        args=ARGUMENTS,
        viewport={"width": 1280, "height": 900},
        locale="en-US",
    )
    yield context
    context.close()

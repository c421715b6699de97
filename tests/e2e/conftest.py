"""The browser that the tests of the page share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    required = "browser" in os.environ.get("HALFSTEP_REQUIRE", "")
    path = os.environ.get("HALFSTEP_BROWSER") or shutil.which("chromium")
    if path is None:
        if required:
            pytest.fail("HALFSTEP_REQUIRE asks for a browser; there is no chromium")
        pytest.skip("no chromium; name one in HALFSTEP_BROWSER")
    if not required:
        pytest.importorskip("playwright")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()

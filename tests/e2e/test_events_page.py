"""The section on events: nothing runs out of its picture, on a screen of any width and in print."""

from __future__ import annotations

from typing import Any

import pytest

from halfstep.report import write_report
from tests.e2e.test_page import SIZES, TROUBLE
from tests.report.event_answers import full_answer, outcome_of

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return write_report(outcome_of(full_answer()), tmp_path_factory.mktemp("events") / "out", "zh")[0].as_uri()


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_section_is_sound(browser: Any, address: str, size: tuple[int, int], lang: str) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.goto(address)
    if lang == "en":
        page.click("#language")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TROUBLE) == []
    assert page.evaluate("document.getElementById('verdict').getBoundingClientRect().bottom") <= size[1]
    drawn = page.locator("#events svg:visible")
    assert drawn.count() == 6
    assert drawn.first.locator("polygon").count() == 1
    page.emulate_media(media="print")
    assert page.locator("#events svg:visible").count() == 6
    page.close()

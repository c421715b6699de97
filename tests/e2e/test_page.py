"""The report in a browser: nothing cut, nothing covered, nothing fetched, every number opens."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from halfstep.report import write_report
from halfstep.study import run
from tests.invented import market, write
from tests.report.choice_answers import full, outcome_of
from tests.report.studies import STUDIES as SMALL

pytestmark = pytest.mark.browser

SIZES = [(1280, 800), (390, 844)]
STUDIES = Path(__file__).parents[2] / "studies"
SHIPPED = [
    p.parent.name
    for p in sorted(STUDIES.glob("*/study.toml"))
    if "HALFSTEP_CASES" in os.environ or "${HALFSTEP_CASES}" not in p.read_text(encoding="utf-8")
]
"""Studies of the repository; those whose table must be obtained only where it was."""
LENSES = ("apart", "blunt", "weak", "flow")
"""Small studies whose demand lens or flow of orders is drawn or worded in another way than the shipped one's."""

CHOICES = {"misbelief told": "information", "misbelief bounded": "bound"}
"""Hand-made answers on a choice experiment with everything in them."""

TROUBLE = """() => {
  const out = [];
  for (const svg of document.querySelectorAll('svg')) {
    if (!svg.getClientRects().length) continue;
    const box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll('text')].filter(t => t.textContent).map(t => [t.textContent, t.getBoundingClientRect(), t]);
    texts.forEach(([words, r, node], i) => {
      if (parseFloat(getComputedStyle(node).fontSize) * scale < 10.99) out.push('small: ' + words);
      if (r.left < box.left - .5 || r.right > box.right + .5 || r.top < box.top - 1 || r.bottom > box.bottom + 1) out.push('cut: ' + words);
      texts.slice(i + 1).forEach(([other, q]) => {
        const x = Math.min(r.right, q.right) - Math.max(r.left, q.left), y = Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top);
        if (x > 1 && y > 3) out.push('covered: ' + words + ' | ' + other);
      });
    });
  }
  return out;
}"""


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("pages")
    names = {
        "A": "一个名字非常非常长的品牌以至于放不下",
        "B": "A brand with a name that goes on and on",
        "C": "C",
        "D": "D",
    }
    labels = {"labels": {k: {"en": v, "zh": v} for k, v in names.items()}, "shown": ["D"]}
    made = {name: STUDIES / name for name in SHIPPED}
    made["invented"] = write(base / "invented", market("ABCD"), {"brands": labels})
    made["refused"] = write(base / "refused", market("ABC", models=1))
    for name in LENSES:
        frame, changes, tables = SMALL[name]
        made[name] = write(base / name, frame, changes, tables)
    made["alone"] = write(base / "alone", market("AB", years=[2000]), {"study": {"benchmarks": ["B"]}, "bands": None})
    found = {name: write_report(run(folder), base / "out" / name, "zh")[0] for name, folder in made.items()}
    for rests in CHOICES:
        found[rests] = write_report(outcome_of(full(rests=CHOICES[rests])), base / "out" / rests, "zh")[0]
    return found


NAMES = [*SHIPPED, "invented", "refused", "alone", *LENSES, *CHOICES]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_sound(browser: Any, pages: dict[str, Path], name: str, size: tuple[int, int], lang: str) -> None:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    errors: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    address = pages[name].as_uri()
    page.goto(address)
    if lang == "en":
        page.click("#language")
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate(TROUBLE) == []
    assert page.evaluate("document.getElementById('verdict').getBoundingClientRect().bottom") <= size[1]
    if page.locator("a.n:visible").count():
        number = page.locator("a.n:visible").first
        number.click()
        drawer = page.locator("#drawer")
        assert drawer.is_visible()
        assert drawer.locator("dd").count() >= 5
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.click("#close")
        assert not drawer.is_visible()
    assert [url for url in asked if url != address and not url.startswith("data:")] == []
    assert errors == []
    page.close()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_print_shows_one_language_and_no_tools(browser: Any, pages: dict[str, Path], lang: str) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 1100})
    page.goto(pages["us-cars"].as_uri())
    if lang == "en":
        page.click("#language")
    page.emulate_media(media="print")
    assert not page.locator("#print").is_visible()
    assert not page.locator("#drawer").is_visible()
    other = "en" if lang == "zh" else "zh"
    assert page.locator(f".{other}:visible").count() == 0
    assert page.locator("svg:visible").count() > 5
    page.close()


def test_without_script_the_page_still_reads(browser: Any, pages: dict[str, Path]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages["us-cars"].as_uri())
    assert page.locator("#verdict").is_visible()
    assert page.locator("svg:visible").count() > 5
    context.close()

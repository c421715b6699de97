"""Every chart can be taken out of the page: as a picture that looks the same, and as a drawing that stands alone."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from halfstep.report import write_report
from halfstep.study import run
from tests.invented import market, write

pytestmark = pytest.mark.browser

SIZES = [(1280, 800), (390, 844)]
SVG = "{http://www.w3.org/2000/svg}"
TITLE = {"zh": "距离", "en": "Distance"}
BANNER = {"zh": "虚构", "en": "Invented figures"}

INK = """async ([data, boxes]) => {
  const image = new Image();
  image.src = data;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const dark = (x, y, w, h) => {
    const p = pen.getImageData(x, y, w, h).data;
    let n = 0;
    for (let i = 0; i < p.length; i += 4) if (p[i + 3] === 255 && p[i] + p[i + 1] + p[i + 2] < 600) n++;
    return n / (w * h);
  };
  return [canvas.width, canvas.height, ...boxes.map(([x, y, w, h]) => dark(x, y, w || canvas.width, h || canvas.height))];
}"""
"""Size of a picture, and which part of each of some boxes is drawn."""

NO_CLIPBOARD = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
CLIPBOARD = """() => {
  window.copied = [];
  const write = items => Promise.all(items.flatMap(i => i.types.map(async t => window.copied.push([t, (await i.getType(t)).size]))));
  Object.defineProperty(navigator, 'clipboard', { value: { write } });
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    base = tmp_path_factory.mktemp("pictures")
    labels = {"labels": {"A": {"en": "A & <Co>", "zh": "甲<&>牌"}, "B": {"en": "B", "zh": "乙牌"}}, "shown": ["D"]}
    return write_report(run(write(base, market("ABCD"), {"brands": labels})), base / "out", "zh")[0].as_uri()


@pytest.fixture
def page(browser: Any, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    size = getattr(request, "param", SIZES[0])
    found = browser.new_page(viewport={"width": size[0], "height": size[1]})
    found.goto(address)
    yield found
    found.close()


def taken(page: Any, how: str, which: int = 0) -> tuple[str, bytes]:
    """Name and content of what a button of a figure saves."""
    with page.expect_download() as waiting:
        page.locator(".save").nth(which).locator(f"[data-save={how}]").click()
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def ink(page: Any, kind: str, content: bytes, *boxes: tuple[int, int, int, int]) -> list[float]:
    data = f"data:image/{kind};base64,{base64.b64encode(content).decode()}"
    return list(page.evaluate(INK, [data, boxes]))


@pytest.mark.parametrize(("page", "lang"), [*zip(SIZES, ("zh", "en"), strict=True)], ids=str, indirect=["page"])
def test_every_figure_gives_a_picture_and_a_drawing_that_stands_alone(browser: Any, page: Any, lang: str) -> None:
    if lang == "en":
        page.click("#language")
    figures, names = page.locator("figure").count(), set()
    assert page.locator(".save:visible").count() == figures > 5
    blank = browser.new_page()
    for k in range(figures):
        title = page.locator("figure h3").nth(k).inner_text()
        name, svg = taken(page, "svg", k)
        names.add(name)
        assert re.fullmatch(r"[\w-]+\.svg", name)
        tree = ElementTree.fromstring(svg)
        assert tree.tag == f"{SVG}svg"
        texts = ["".join(t.itertext()) for t in tree.iter(f"{SVG}text")]
        assert "".join(texts).replace(" ", "").startswith(title.replace(" ", ""))
        assert any(BANNER[lang] in t for t in texts)
        assert any(re.search("[\u3400-\u9fff]", t) for t in texts) == (lang == "zh")
        links = set(re.findall(r"url\(#([^)]*)\)", svg.decode()))
        ids = [e.get("id") for e in tree.iter() if e.get("id")]
        assert links <= set(ids)
        assert len(ids) == len(set(ids))
        assert b"http" not in svg.replace(b"http://www.w3.org/2000/svg", b"")
        assert b"var(" not in svg
        assert "sans-serif" in tree.get("font-family", "")
        assert {len(list(tree.iter(f"{SVG}{mark}"))) > 0 for mark in ("path", "text", "rect")} == {True}
        name, png = taken(page, "png", k)
        assert name.endswith(".png")
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        wide, high = int(tree.get("width", "0")), int(tree.get("height", "0"))
        assert (wide > 500) == (page.viewport_size["width"] > 800)
        found = ink(blank, "png", png, (0, 0, 0, 0), (48, 48, 600, 66), (0, 0, 30, 0))
        assert found[:2] == [3 * wide, 3 * high]
        assert found[2] > 0.005
        assert found[3] > 0.02
        assert found[4] == 0
        alone = ink(blank, "svg+xml", svg, (0, 0, 0, 0))
        assert alone[:2] == [wide, high]
        assert abs(alone[2] - found[2]) < 0.02
    blank.close()
    assert len(names) == figures


def test_chinese_is_drawn_and_is_no_row_of_boxes(browser: Any, page: Any) -> None:
    name, png = taken(page, "png")
    assert TITLE["zh"] in name
    blank = browser.new_page()
    glyphs = [ink(blank, "png", png, (48 + 48 * k, 48, 48, 60))[2] for k in range(4)]
    blank.close()
    assert min(glyphs) > 0.05
    assert len({round(g, 4) for g in glyphs}) > 2


def test_a_picture_goes_to_the_clipboard_and_the_page_says_so(page: Any) -> None:
    page.evaluate(CLIPBOARD)
    page.locator("[data-save=copy]").first.focus()
    page.keyboard.press("Enter")
    page.locator(".save [role=status]", has_text="已复制").first.wait_for()
    kinds = dict(page.evaluate("window.copied"))
    assert kinds["image/png"] > 10_000


def test_without_a_clipboard_the_picture_is_saved(page: Any) -> None:
    page.evaluate(NO_CLIPBOARD)
    name, content = taken(page, "copy")
    assert name.endswith(".png")
    assert content.startswith(b"\x89PNG")
    assert page.locator(".save [role=status]").first.inner_text() == "已存为文件"


def test_a_clipboard_that_refuses_saves_too(page: Any) -> None:
    page.evaluate(
        CLIPBOARD.replace(
            "const write = items =>", "const write = () => Promise.reject(new Error('no')), unused = items =>"
        )
    )
    assert taken(page, "copy")[0].endswith(".png")


def test_the_tools_are_not_printed_and_need_script(browser: Any, page: Any, address: str) -> None:
    page.emulate_media(media="print")
    assert page.locator(".save:visible").count() == 0
    context = browser.new_context(java_script_enabled=False)
    bare = context.new_page()
    bare.goto(address)
    assert bare.locator(".save:visible").count() == 0
    context.close()

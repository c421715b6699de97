"""The report as one self-contained HTML file: both languages inside, no network, no script needed to read it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from halfstep.report.draw import WIDE, Variant
from halfstep.report.finding import Amount, Fact
from halfstep.report.index import Index
from halfstep.report.numbers import money_decimals
from halfstep.report.origins import Origins
from halfstep.report.page import Block, Cell, Figure, Grid, Listing, Page, Paragraph, Row
from halfstep.report.pictures import draw, widths
from halfstep.report.say import Speaker
from halfstep.report.words import LANGUAGES, word

__all__ = ["render_html"]

UI = {
    "language": "language", "print": "print", "click": "click", "close": "close", "report of": "report of",
    "copy": "copy picture", "png": "save png", "svg": "save svg",
}  # fmt: skip
SAVED = ("picture copied", "picture saved", "picture failed")
"""What the page answers when a picture was asked for."""


def render_html(page: Page, index: Index, lang: str) -> str:
    """Return the file's text.

    Parameters
    ----------
    lang
        Language shown first.
    """
    speakers = tuple(Speaker(one, index.config) for one in LANGUAGES)
    writer = _Writer(speakers, Origins(index, speakers))
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(_asset("page.html.j2"))
    view = {
        "lang": lang,
        "title": next(s for s in speakers if s.lang == lang).pick(page.title),
        "heading": writer.both_texts([s.pick(page.title) for s in speakers]),
        "banner": None if page.banner is None else writer.both(page.banner),
        "lead": [writer.block(b) for b in page.lead],
        "sections": [
            {"id": s.id, "title": writer.both(s.title), "blocks": [writer.block(b) for b in s.blocks]} for s in page.sections
        ],
        "ui": {name: writer.both_texts([word(f"ui.{key}", one) for one in LANGUAGES]) for name, key in UI.items()},
    }  # fmt: skip
    block = writer.origins.block()
    block["heads"] |= {key: [word(f"ui.{key}", one) for one in LANGUAGES] for key in SAVED}
    data = json.dumps(block, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    safe = data.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    assets = {"style": Markup(_asset("page.css")), "script": Markup(_asset("page.js")), "data": Markup(safe)}
    return template.render(**view, **assets)


@dataclass(slots=True)
class _Writer:
    """Writes facts and blocks in both languages."""

    speakers: tuple[Speaker, ...]
    origins: Origins
    figures: int = 0

    def both(self, fact: Fact, places: int | None = None) -> Markup:
        """Return a fact in both languages; once where they agree."""
        return self.both_texts([self._spans(s, fact, places) for s in self.speakers])

    def both_texts(self, texts: list[str]) -> Markup:
        """Return texts, one per language, each shown with its own; plain strings are escaped."""
        found = [escape(t) for t in texts]
        if len(set(found)) == 1:
            return found[0]
        parts = [
            Markup('<span class="{0}" lang="{0}">{1}</span>').format(one, t)
            for one, t in zip(LANGUAGES, found, strict=True)
        ]
        return Markup("").join(parts)

    def _spans(self, speaker: Speaker, fact: Fact, places: int | None) -> Markup:
        out = []
        for span in speaker.spans(fact, places):
            key = self.origins.key(span.ref) if span.ref else None
            text = escape(span.text)
            if key is not None:
                text = Markup('<a class="n" href="#n{0}" data-n="{0}">{1}</a>').format(key, text)
            if span.url:
                text = Markup('<a href="{0}" rel="noreferrer">{1}</a>').format(span.url, text)
            out.append(Markup("<b>{}</b>").format(text) if span.strong else text)
        return Markup("").join(out)

    def block(self, block: Block) -> dict[str, Any]:
        """Return what the template needs of a block."""
        if isinstance(block, Paragraph):
            return {"kind": "paragraph", "style": block.style, "text": self.both(block.finding, _alike(block))}
        if isinstance(block, Listing):
            return {"kind": "listing", "style": block.style, "items": [self.both(f) for f in block.items]}
        return self._figure(block) if isinstance(block, Figure) else self._grid(block)

    def _figure(self, figure: Figure) -> dict[str, Any]:
        heads: list[Markup | None] = [self.both(h) for h in figure.heads] or [None] * len(figure.charts)
        charts = []
        for chart, head in zip(figure.charts, heads, strict=True):
            drawn = []
            small = len(widths(chart)) == 1
            for width in widths(chart):
                size = "" if small else "wide" if width == WIDE else "narrow"
                for speaker in self.speakers[:1] if small else self.speakers:
                    about = speaker.text(figure.title)
                    svg = draw(chart, Variant(speaker, width), about)
                    drawn.append({"class": f"{size} {'' if small else speaker.lang}".strip(), "svg": Markup(svg)})
            charts.append({"head": head, "drawn": drawn, "panel": small})
        caption = None if figure.caption is None else self.both(figure.caption)
        self.figures += 1
        title = self.both(figure.title)
        return {"kind": "figure", "number": self.figures, "title": title, "charts": charts, "caption": caption}

    def _grid(self, grid: Grid) -> dict[str, Any]:
        columns = [self.both(c) for c in grid.columns]
        rows = [self._row(row, len(columns)) for row in grid.rows]
        return {
            "kind": "grid", "id": grid.id, "title": self.both(grid.title), "columns": columns, "rows": rows,
            "stacks": grid.stacks, "numbers": [_is_number(grid, k) for k in range(len(columns))],
        }  # fmt: skip

    def _row(self, row: Row, columns: int) -> dict[str, Any]:
        cells = [self._cell(cell) for cell in row.cells]
        if cells and len(cells) < columns:
            cells[-1]["span"] = columns - len(cells) + 1
        return {"strong": row.strong, "cells": cells}

    def _cell(self, cell: Cell) -> dict[str, Any]:
        told = [self.both(fact) for fact in cell.facts]
        if "lines" in cell.style:
            told = [Markup('<span class="l">{}</span>').format(text) for text in told]
        text = Markup(" ").join(told)
        heat = None if cell.heat is None else round(min(max(cell.heat, 0.0), 1.0), 3)
        return {"text": text, "style": cell.style, "heat": heat, "span": 1}


def _alike(block: Paragraph) -> int | None:
    """Return one number of decimals for a formula, so that its parts add up as printed."""
    amounts = [fact for _, fact in block.finding.facts if isinstance(fact, Amount)]
    free = [amount for amount in amounts if amount.places is None]
    return money_decimals(amounts) if block.style == "formula" and free else None


def _is_number(grid: Grid, k: int) -> bool:
    return any(k < len(row.cells) and row.cells[k].style == "number" for row in grid.rows)


def _asset(name: str) -> str:
    return files("halfstep.report").joinpath(name).read_text(encoding="utf-8")

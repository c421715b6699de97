"""The head of the report for a terminal: the same findings as in the HTML, without links."""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.report.compose import compose
from halfstep.report.finding import Fact, Finding, Term
from halfstep.report.index import Index
from halfstep.report.page import Grid, Listing, Paragraph, Row
from halfstep.report.say import Speaker

__all__ = ["TextReport", "encodable", "render_text"]

PLAIN = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "—": "-",
        "…": "...",
        "“": '"',
        "”": '"',
        "’": "'",
        "×": "x",
        "≤": "<=",
        "≥": ">=",
        "∞": "inf",
        "→": "->",
    }
)


@dataclass(frozen=True, slots=True)
class TextReport:
    """What a terminal shows.

    Attributes
    ----------
    title, banner
        Study title; warning or empty.
    paragraphs
        The verdict, what would change it, and what goes with it.
    heads, rows
        Table of the first lens's verdicts; a short row ends in a reason.
    """

    title: str
    banner: str
    paragraphs: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render_text(index: Index, lang: str) -> TextReport:
    """Return the head of the report in one language."""
    page, speaker = compose(index), Speaker(lang, index.config)
    paragraphs: list[str] = []
    for block in page.lead:
        if isinstance(block, Paragraph):
            paragraphs.append(speaker.text(block.finding))
        elif isinstance(block, Listing):
            paragraphs += [f"- {speaker.text(item)}" for item in block.items]
    grids = [b for s in page.sections for b in s.blocks if isinstance(b, Grid) and b.id == "verdicts"]
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    if grids:
        shown = [k for k, column in enumerate(grids[0].columns) if column != Term("ui.deciding margin")]
        heads = tuple(speaker.text(grids[0].columns[k]) for k in shown)
        rows = tuple(
            _cells(speaker, row, shown, len(grids[0].columns)) for row in grids[0].rows if _is_first(grids[0], row)
        )
    banner = "" if page.banner is None else speaker.text(page.banner)
    return TextReport(speaker.pick(page.title), banner, tuple(paragraphs), heads, rows)


def _is_first(grid: Grid, row: Row) -> bool:
    """Whether a verdict is one of the lens that the headline speaks of; of the others the terminal has its own lines."""
    lenses = [_lens(grid, one) for one in grid.rows]
    others = {Term("lens.demand"), Term("lens.choice")}
    return _lens(grid, row) not in others or set(lenses) <= others


def _lens(grid: Grid, row: Row) -> Fact | None:
    found = row.cells[grid.columns.index(Term("ui.lens and half"))].facts[0]
    return dict(found.facts)["lens"] if isinstance(found, Finding) else None


def _cells(speaker: Speaker, row: Row, shown: list[int], columns: int) -> tuple[str, ...]:
    cells = [row.cells[k] for k in shown] if len(row.cells) == columns else row.cells
    return tuple(" ".join(speaker.text(fact) for fact in cell.facts) for cell in cells)


def encodable(text: str, encoding: str) -> str:
    """Return a text that an encoding can hold: signs get plain twins, what is left becomes a question mark.

    Examples
    --------
    >>> encodable("−3 – 5", "ascii")
    '-3 - 5'
    """
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN).encode(encoding, "replace").decode(encoding)
    return text

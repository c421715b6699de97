"""A report as a record: sections of findings, charts and grids. Renderers come last."""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.core.config import Text
from halfstep.report.charts import Chart
from halfstep.report.finding import Fact, Finding

__all__ = ["Block", "Cell", "Figure", "Grid", "Listing", "Page", "Paragraph", "Row", "Section"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One finding; `style` is "lead", "text", "answer", "note", "formula" or "subtitle"."""

    finding: Finding
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Listing:
    """Findings one below the other."""

    items: tuple[Finding, ...]
    style: str = "text"


@dataclass(frozen=True, slots=True)
class Figure:
    """Charts side by side under one title, with a caption; `heads` titles each one where there are several."""

    title: Finding
    charts: tuple[Chart, ...]
    caption: Finding | None = None
    heads: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Cell:
    """Facts in a cell.

    Attributes
    ----------
    facts
        Printed one after the other.
    style
        "number", "label", "lines" (each fact on a line of its own), several of them, or empty.
    heat
        Part of the strongest shade, 0 to 1; None for no shade.
    """

    facts: tuple[Fact, ...]
    style: str = ""
    heat: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Cells; a strong row is a total or the main comparison."""

    cells: tuple[Cell, ...]
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table.

    Attributes
    ----------
    columns
        Heads.
    stacks
        Whether rows become cards on a narrow screen; a grid of few short columns stays a grid.
    """

    id: str
    title: Finding
    columns: tuple[Fact, ...]
    rows: tuple[Row, ...]
    stacks: bool = True


Block = Paragraph | Listing | Figure | Grid


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of the page."""

    id: str
    title: Finding
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole report.

    Attributes
    ----------
    banner
        Warning above the title, or None.
    lead
        The verdict and what would change it.
    """

    title: Text
    banner: Finding | None
    lead: tuple[Block, ...]
    sections: tuple[Section, ...]

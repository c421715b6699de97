"""What followed events, for a terminal: the same findings and tables as in the HTML, without links."""

from __future__ import annotations

from dataclasses import dataclass

from halfstep.report.comparison import needs_of
from halfstep.report.event_grids import cost_grid, estimators_grid, rivals_grid
from halfstep.report.event_sentence import event_sentence
from halfstep.report.events import detectable
from halfstep.report.finding import Finding
from halfstep.report.index import Index
from halfstep.report.page import Grid
from halfstep.report.say import Speaker

__all__ = ["EventText", "TextTable", "render_events"]


@dataclass(frozen=True, slots=True)
class TextTable:
    """Heads and rows of a table."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class EventText:
    """What a terminal shows of one event.

    Attributes
    ----------
    sentence
        The verdict with its interval.
    tables
        Estimators, rival explanations, cost; those of which there are none are left out.
    lines
        p, what could be found, what would decide it.
    """

    sentence: str
    tables: tuple[TextTable, ...]
    lines: tuple[str, ...]


def render_events(index: Index, lang: str) -> tuple[EventText, ...]:
    """Return every event of a run in one language."""
    speaker, out = Speaker(lang, index.config), []
    for n, verdict in enumerate(index.events.values()):
        point = index.point(verdict.estimate)
        said = [] if point is None else [*detectable(index, verdict, point)]
        if verdict.needs:
            said.append(Finding("find.event decide", (("needs", needs_of(index, verdict.needs)),)))
        grids = (estimators_grid(index, verdict, n), rivals_grid(index, verdict, n), cost_grid(index, verdict, n))
        out.append(
            EventText(
                speaker.text(event_sentence(index, verdict)),
                tuple(_table(grid, speaker) for grid in grids if grid.rows),
                tuple(speaker.text(finding) for finding in said),
            )
        )
    return tuple(out)


def _table(grid: Grid, speaker: Speaker) -> TextTable:
    rows = (tuple(" ".join(speaker.text(fact) for fact in cell.facts) for cell in row.cells) for row in grid.rows)
    return TextTable(tuple(speaker.text(column) for column in grid.columns), tuple(rows))

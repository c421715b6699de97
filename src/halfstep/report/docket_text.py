"""A docket for a terminal: the same findings as in the HTML, claim by claim, without links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from halfstep.core.answer import ClaimVerdict
from halfstep.report.docket_facts import docket_needs, keyed, part_line, statement
from halfstep.report.docket_grids import forecasts_grid
from halfstep.report.finding import Fact, Finding, Many, Term, Words
from halfstep.report.index import Index
from halfstep.report.say import Speaker

__all__ = ["DocketText", "render_docket"]


@dataclass(frozen=True, slots=True)
class DocketText:
    """What a terminal shows of one claim or forecast: its words, and a line for each thing that is told of it."""

    head: str
    lines: tuple[str, ...]


def render_docket(index: Index, lang: str) -> tuple[DocketText, ...]:
    """Return every claim, then every forecast of a run in one language."""
    speaker = Speaker(lang, index.config)
    claims = (
        DocketText(
            speaker.text(Finding("docket.claim", (("id", Words(v.id)), ("statement", statement(index, v.id))))),
            tuple(speaker.text(line) for line in _lines(index, v)),
        )
        for v in index.claims.values()
    )
    return (*claims, *_forecasts(index, speaker))


def _lines(index: Index, verdict: ClaimVerdict) -> Iterator[Finding]:
    facts: tuple[tuple[str, Fact], ...] = (
        ("label", Term(f"label.{verdict.label}")),
        ("reason", keyed("claim reason", verdict.reason)),
    )
    yield Finding("docket.verdict", facts)
    yield from (part_line(index, part) for part in verdict.parts)
    if verdict.needs:
        yield Finding("docket.needs", (("needs", docket_needs(index, verdict.needs, verdict.id)),))
    if verdict.against:
        others = Many(tuple(Words(name) for name in verdict.against), "ui.list")
        yield Finding("docket.against", (("claims", others),))


def _forecasts(index: Index, speaker: Speaker) -> Iterator[DocketText]:
    """Yield each forecast with its days, rule, what was given, status and outcome, as the page's table has them."""
    for grid in forecasts_grid(index):
        for name, row in zip(index.forecasts, grid.rows, strict=True):
            cells = [[speaker.text(fact) for fact in cell.facts] for cell in row.cells if cell.style != "empty"]
            label, *told = cells[0]
            lines = [*told, *(line for cell in cells[1:] for line in cell)]
            yield DocketText(f"[{name}] {label}", tuple(line for line in lines if line))

"""The section on what a source claims and what became of it; forecasts and their scores beside it."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.answer import CLAIM_LABELS
from halfstep.report.docket_checks import told_facts
from halfstep.report.docket_facts import page_link, titled
from halfstep.report.docket_grids import calibration_figure, claims_grid, contradictions, forecasts_grid
from halfstep.report.event_facts import dated
from halfstep.report.finding import Amount, Fact, Finding, Many, Words
from halfstep.report.index import Index
from halfstep.report.page import Block, Listing, Paragraph, Section

__all__ = ["docket_section", "source_finding", "tally"]

OWN = ("docket tally", "claims contradict")
"""Checks whose content the section tells by itself."""


def docket_section(index: Index) -> Section | None:
    """Return claims and forecasts; None where the study has neither."""
    if not index.claims and not index.forecasts:
        return None
    blocks: list[Block] = [
        Paragraph(Finding("find.docket about"), "note"),
        *(Paragraph(f) for f in source_finding(index)),
    ]
    if index.claims:
        blocks.append(Paragraph(tally(index), "answer"))
    blocks += claims_grid(index)
    titled = {"clashes": tuple(contradictions(index)), "checks": tuple(_checks(index))}
    for name, items in titled.items():
        if items:
            blocks += [Paragraph(Finding(f"find.docket {name}"), "subtitle"), Listing(items)]
    blocks += [*forecasts_grid(index), *calibration_figure(index)]
    settle = tuple(
        Finding("find.settle", (("data", Words(one.data)), ("size", Words(one.size))))
        for one in index.config.docket.settle
    )
    if settle:
        blocks += [Paragraph(Finding("find.docket settle"), "subtitle"), Listing(settle)]
    return Section("docket", Finding("ui.section docket"), tuple(blocks))


def source_finding(index: Index) -> Iterator[Finding]:
    """Yield the text that the claims come from, with a link to it."""
    source = index.config.docket.source
    if source is None:
        return
    told: list[Fact] = [titled(source.title)]
    told += [Words(source.author)] if source.author else []
    told += [dated(source.day)] if source.day else []
    facts: list[tuple[str, Fact]] = [("source", Many(tuple(told), "ui.list"))]
    if source.url:
        host = source.url.partition("://")[2].partition("/")[0].removeprefix("www.")
        yield Finding("find.docket source at", (*facts, ("page", page_link(host or source.url, source.url))))
    else:
        yield Finding("find.docket source", tuple(facts))


def tally(index: Index) -> Finding:
    """Return how many claims hold, do not, do partly, and cannot be tested with this data."""
    labels = [v.label for v in index.claims.values()]
    counts = ((name.replace(" ", "_"), _counted(name, labels.count(name))) for name in CLAIM_LABELS)
    return Finding("find.docket tally", (("n", Amount(len(labels), "count")), *counts))


def _counted(label: str, n: int) -> Finding:
    """Return how many claims have a label, with its verb."""
    return Finding(f"find.tally {label}{' one' if n == 1 else ''}", (("n", Amount(n, "count")),))


def _checks(index: Index) -> Iterator[Finding]:
    """Yield what a reader must know of the verdicts beside themselves."""
    for check in index.checks:
        if check.id.startswith("docket.") and check.why not in OWN and check.status != "pass":
            yield Finding(f"why.{check.why}", told_facts(index, check))

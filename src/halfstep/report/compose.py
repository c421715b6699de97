"""From a run to the page: which findings, in which order."""

from __future__ import annotations

from halfstep.report.demand import demand_section
from halfstep.report.finding import Finding, Words
from halfstep.report.flow import flow_section
from halfstep.report.halves import map_section, moves_section, readings_section, rows_section
from halfstep.report.index import Index
from halfstep.report.lead import lead_findings, what_would_change_it
from halfstep.report.page import Block, Listing, Page, Paragraph, Section
from halfstep.report.paths import path_section
from halfstep.report.place import position_section
from halfstep.report.press import press_lead, press_section
from halfstep.report.trust import checks_section, provenance_section
from halfstep.report.verdicts import verdicts_section

__all__ = ["compose"]


def compose(index: Index) -> Page:
    """Return the report of a run as a record."""
    study, press = index.config.study, press_section(index)
    verdict, *more = lead_findings(index)
    lead: list[Block] = [Paragraph(verdict, "lead")]
    printed = () if press is None else (press,)
    if index.outcome.inputs.priced is None:
        lead += [Paragraph(Finding("find.press lead"), "subtitle"), Listing(tuple(press_lead(index)), "change")]
        return _page(index, tuple(lead), printed)
    changes = what_would_change_it(index)
    if changes:
        lead += [
            Paragraph(Finding("ui.what would change it", (("unit", Words(study.currency)),)), "subtitle"),
            Listing(tuple(changes), "change"),
        ]
    lead += [Paragraph(finding, "note") for finding in more]
    flow = flow_section(index)
    sections = (
        map_section(index),
        rows_section(index),
        demand_section(index),
        path_section(index),
        position_section(index),
        *(() if flow is None else (flow,)),
        *printed,
        verdicts_section(index),
        moves_section(index),
        readings_section(index),
    )
    return _page(index, tuple(lead), sections)


def _page(index: Index, lead: tuple[Block, ...], sections: tuple[Section, ...]) -> Page:
    """Return the page: what every report ends with is added."""
    study = index.config.study
    return Page(
        title=study.title,
        banner=Finding("find.banner") if study.invented else None,
        lead=lead,
        sections=(*sections, checks_section(index), provenance_section(index)),
    )

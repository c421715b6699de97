"""From a run to the page: which findings, in which order."""

from __future__ import annotations

from halfstep.report.demand import demand_section
from halfstep.report.finding import Finding, Words
from halfstep.report.flow import flow_section
from halfstep.report.halves import map_section, moves_section, readings_section, rows_section
from halfstep.report.index import Index
from halfstep.report.lead import lead_findings, what_would_change_it
from halfstep.report.page import Block, Listing, Page, Paragraph
from halfstep.report.paths import path_section
from halfstep.report.place import position_section
from halfstep.report.trust import checks_section, provenance_section
from halfstep.report.verdicts import verdicts_section

__all__ = ["compose"]


def compose(index: Index) -> Page:
    """Return the report of a run as a record."""
    study = index.config.study
    verdict, *more = lead_findings(index)
    lead: list[Block] = [Paragraph(verdict, "lead")]
    changes = what_would_change_it(index)
    if changes:
        lead += [
            Paragraph(Finding("ui.what would change it", (("unit", Words(study.currency)),)), "subtitle"),
            Listing(tuple(changes), "change"),
        ]
    lead += [Paragraph(finding, "note") for finding in more]
    flow = flow_section(index)
    return Page(
        title=study.title,
        banner=Finding("find.banner") if study.invented else None,
        lead=tuple(lead),
        sections=(
            map_section(index),
            rows_section(index),
            demand_section(index),
            path_section(index),
            position_section(index),
            *(() if flow is None else (flow,)),
            verdicts_section(index),
            moves_section(index),
            readings_section(index),
            checks_section(index),
            provenance_section(index),
        ),
    )

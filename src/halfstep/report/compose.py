"""From a run to the page: which findings, in which order."""

from __future__ import annotations

from halfstep.report.ceo import ceo_blocks, for_ceo
from halfstep.report.choice import choice_section
from halfstep.report.choice_facts import answer_of
from halfstep.report.choice_lead import choice_lead
from halfstep.report.demand import demand_section
from halfstep.report.docket import docket_section
from halfstep.report.events import event_lead, event_notes, events_section
from halfstep.report.finding import Finding, Words
from halfstep.report.flow import flow_section
from halfstep.report.halves import map_section, moves_section, readings_section, rows_section
from halfstep.report.index import Index
from halfstep.report.lead import lead_findings, what_would_change_it
from halfstep.report.page import Block, Listing, Page, Paragraph, Section
from halfstep.report.paths import path_section
from halfstep.report.place import position_section
from halfstep.report.press import press_lead, press_section
from halfstep.report.ramp import ramp_section
from halfstep.report.trust import checks_section, provenance_section
from halfstep.report.verdicts import verdicts_section
from halfstep.report.voice import voice_lead, voice_section

__all__ = ["compose"]


def compose(index: Index) -> Page:
    """Return the report of a run as a record."""
    made = (
        docket_section(index),
        ramp_section(index),
        press_section(index),
        events_section(index),
        voice_section(index),
    )
    beside = tuple(section for section in made if section is not None)
    stated = choice_section(index)
    by_choice = () if stated is None else (stated,)
    if index.outcome.inputs.priced is None or "gap" not in index.outcome.answers:
        judged = (verdicts_section(index),) if any(v.lens == "choice" for v in index.verdicts.values()) else ()
        return _page(index, tuple(_lead_without_market(index)), (*by_choice, *judged, *beside))
    verdict, *more = lead_findings(index)
    lead: list[Block] = [Paragraph(verdict, "lead")]
    changes = what_would_change_it(index)
    if changes:
        unit = ("unit", Words(index.config.study.currency))
        lead += [Paragraph(Finding("ui.what would change it", (unit,)), "subtitle"), Listing(tuple(changes), "change")]
    lead += [*(Paragraph(finding, "note") for finding in more), *event_notes(index)]
    flow = flow_section(index)
    sections = (
        map_section(index),
        rows_section(index),
        demand_section(index),
        *by_choice,
        path_section(index),
        position_section(index),
        *(() if flow is None else (flow,)),
        *beside,
        verdicts_section(index),
        moves_section(index),
        readings_section(index),
    )
    return _page(index, tuple(lead), sections)


def _lead_without_market(index: Index) -> list[Block]:
    """Return the head of a page on choices, on events, on printed figures, or on several of them."""
    said, answer = press_lead(index), answer_of(index)
    lead: list[Block] = [] if answer is None else choice_lead(index)
    if index.events:
        lead += event_notes(index) if lead else event_lead(index)
    heard = voice_lead(index)
    if heard:
        first = () if lead else (Paragraph(heard.pop(0), "lead"),)
        lead += [*first, *(Paragraph(sentence, "note") for sentence in heard)]
    if not lead:
        lead = [Paragraph(lead_findings(index)[0], "lead")]
    told = index.events or answer or heard or index.starting("voice.") or for_ceo(index)
    if said or not told:
        lead += [Paragraph(Finding("find.press lead"), "subtitle"), Listing(tuple(said), "change")]
    return lead


def _below(block: Block) -> Block:
    """Return a part of the usual head as it stands below the five sentences."""
    return (
        Paragraph(block.finding, "note")
        if isinstance(block, Paragraph) and block.style in ("lead", "answer")
        else block
    )


def _page(index: Index, lead: tuple[Block, ...], sections: tuple[Section, ...]) -> Page:
    """Return the page: what every report ends with is added."""
    study = index.config.study
    return Page(
        title=study.title,
        banner=Finding("find.banner") if study.invented else None,
        lead=(*ceo_blocks(index), *map(_below, lead)) if for_ceo(index) else lead,
        sections=(*sections, checks_section(index), provenance_section(index)),
    )

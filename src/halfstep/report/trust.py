"""Sections that let a reader judge the rest: checks, limits, assumptions, methods, provenance."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.check import Check, Guess
from halfstep.data.frozen import as_of_of
from halfstep.report.choice_facts import among
from halfstep.report.comparison import needs_of
from halfstep.report.docket_checks import ROOMS, told_facts
from halfstep.report.docket_facts import unended
from halfstep.report.event_facts import STEM, event_check
from halfstep.report.events import event_refusals
from halfstep.report.facts import figures_of
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Need, Segment, Term, Words
from halfstep.report.index import Index
from halfstep.report.numbers import plain
from halfstep.report.page import Block, Cell, Grid, Listing, Paragraph, Row, Section

__all__ = ["checks_section", "guess_finding", "provenance_section"]

BESIDE = ("gap.choice_lens.attribute.", "choice.belief.left.", "choice.belief.face.", "choice.belief.naive.")
"""Figures that stand beside those that answer; why they are missing is not told on the page."""
ORDER = {"fail": 0, "review": 1, "pass": 2}


def checks_section(index: Index) -> Section:
    """Return checks, what the numbers do not allow, assumptions and methods."""
    study = index.config.study
    blocks: list[Block] = []
    said = (c for c in index.checks if not _elsewhere(c))
    checks = sorted(said, key=lambda c: ORDER[c.status])
    if checks:
        columns = tuple(Term(f"ui.{h}") for h in ("status", "check", "do"))
        blocks.append(
            Grid("checks", Finding("find.checks title"), columns, tuple(_check_row(index, c) for c in checks))
        )
    titled: list[tuple[str, tuple[Finding, ...]]] = [
        ("notes", tuple(Finding("find.keyed", (("text", Words(note)),)) for note in study.notes)),
        ("unmeasured", tuple(_unmeasured(index))),
        ("refusals", tuple(_refusals(index))),
        ("assumptions", tuple(_keyed("assume", sorted({a for o in _origins(index) for a in o[1]})))),
        ("methods", tuple(_keyed("method", sorted({o[0] for o in _origins(index)})))),
    ]
    for name, items in titled:
        if items:
            blocks += [Paragraph(Finding(f"find.{name} title"), "subtitle"), Listing(items)]
    return Section("checks", Finding("ui.section checks"), tuple(blocks))


def _elsewhere(check: Check) -> bool:
    """Whether a check is told in a section of its own: printed figures that fit, rival explanations of an event."""
    of_rival = check.id.startswith(STEM) and ".rival." in check.id
    return (
        of_rival
        or check.why in ("claims contradict", "docket tally")
        or (check.status != "fail" and check.id.startswith("press."))
    )


def _check_row(index: Index, check: Check) -> Row:
    facts, figures = told_facts(index, check), figures_of(check)
    do: Fact = Finding(f"do.{check.do}", facts) if check.do else Term("ui.none")
    of_event = check.id.startswith(STEM)
    why: tuple[Fact, ...] = (event_check(index, check) if of_event else Finding(f"why.{check.why}", facts),)
    return Row((
        Cell((Term(f"status.{check.status}"),), f"status {check.status}"),
        Cell(why if figures is None else (*why, figures)), Cell((do,), "" if check.do else "empty"),
    ))  # fmt: skip


def _unmeasured(index: Index) -> Iterator[Finding]:
    study = index.config.study
    for entry in study.unmeasured:
        most = study.unseen_quality_max if entry.max is None else entry.max
        limit: Fact = Term("ui.none") if most is None else Amount(most, "times")
        yield Finding("find.unmeasured", (("text", Words(entry)), ("max", limit)))


def _refusals(index: Index) -> Iterator[Finding]:
    """Yield the comparisons without a verdict, those with the same reason together, then every other refusal once."""
    said: set[str] = set()
    groups: dict[tuple[str, tuple[str, ...]], dict[Fact, None]] = {}
    priced = {v.id for v in index.verdicts.values() if index.refusal(v.estimate) is None}
    for verdict in index.verdicts.values():
        refusal = index.refusal(verdict.estimate)
        if refusal is not None:
            by_price = verdict.id.replace(f".{verdict.lens}_lens.", ".price_lens.") not in priced
            by_choice = verdict.lens == "choice"
            group = among(verdict.segment) if by_choice else Segment(verdict.segment)
            facts: tuple[tuple[str, Fact], ...] = (("benchmark", Brand(verdict.benchmark)), ("segment", group))
            kind = "find.where choice" if by_choice else "find.where" if by_price else "find.where demand"
            where = Finding(kind, facts)
            groups.setdefault((refusal.why, refusal.needs), {})[where] = None
            said.add(refusal.id)
    for (why, needs), places in groups.items():
        known: tuple[tuple[str, Fact], ...] = (("where", Many(tuple(places), "ui.list")), ("why", Term(f"why.{why}")))
        yield Finding("find.no comparison", (*known, ("needs", needs_of(index, needs))))
    seen: set[tuple[str, str, tuple[str, ...]]] = set()
    said |= {refusal.id for refusal in index.refusals if refusal.id.startswith("press.")}
    yield from _unasked(index, said)
    for refusal in index.refusals:
        key = (refusal.what, refusal.why, refusal.needs)
        if (
            refusal.id.startswith(("choice.", "gap.choice_lens."))
            or refusal.id in said
            or key in seen
            or refusal.id.startswith(("decide.", "move.", STEM, *ROOMS))
        ):
            continue
        seen.add(key)
        facts = (("what", Need("what", refusal.what)), ("why", Term(f"why.{refusal.why}")))
        yield Finding("find.refusal", (*facts, ("needs", needs_of(index, refusal.needs))))
    yield from event_refusals(index)
    yield from _dark(index)


def _unasked(index: Index, said: set[str]) -> Iterator[Finding]:
    """Yield what an experiment does not answer: groups by themselves, all else that has the same reason together."""
    groups: dict[tuple[str, tuple[str, ...]], dict[Fact, None]] = {}
    for refusal in index.refusals:
        row = refusal.id.startswith(BESIDE)
        if not refusal.id.startswith(("choice.", "gap.choice_lens.")) or row or refusal.id in said:
            continue
        what = Need("what", refusal.what)
        group = dict(refusal.facts).get("segment", "")
        if group and refusal.id.startswith("choice.tastes."):
            facts = (("what", what), ("segment", among(str(group))), ("why", Term(f"why.{refusal.why}")))
            yield Finding("find.refusal group", (*facts, ("needs", needs_of(index, refusal.needs))))
        else:
            groups.setdefault((refusal.why, refusal.needs), {})[what] = None
    for (why, needs), whats in groups.items():
        told = (("what", Many(tuple(whats))), ("why", Term(f"why.{why}")), ("needs", needs_of(index, needs)))
        yield Finding("find.refusal", told)


def _dark(index: Index) -> Iterator[Finding]:
    """Yield the rooms that did not look: for want of a table, or of their section of the study."""
    for answer in index.outcome.answers.values():
        if answer.dark:
            kind = "find.dark section" if answer.dark.startswith("[") else "find.dark"
            yield Finding(kind, (("room", Term(f"room.{answer.room}")), ("tables", Words(answer.dark))))


def _origins(index: Index) -> list[tuple[str, tuple[str, ...]]]:
    records = (*index.estimates.values(), *index.series.values())
    return [(r.origin.method, r.origin.assumptions) for r in records]


def _keyed(group: str, keys: list[str]) -> Iterator[Finding]:
    for key in keys:
        yield Finding("find.keyed", (("text", Term(f"{group}.{key}")),))


def _kept(index: Index) -> Iterator[Finding]:
    """Yield how many rows of the sales table, printed figures and claims were used, and which optional tables are not there."""
    inputs = index.outcome.inputs
    if inputs.priced is not None:
        yield Finding("find.kept", (("rows", Words(plain(inputs.panel.n))), ("file", Words(inputs.panel.file))))
    if inputs.press is not None:
        figures = plain(len(inputs.press.figures))
        yield Finding("find.kept figures", (("rows", Words(figures)), ("file", Words(inputs.press.file))))
    if inputs.claims is not None:
        judged = Words(plain(len(inputs.claims.claims)))
        yield Finding("find.kept claims", (("rows", judged), ("file", Words(inputs.claims.file))))
    if any(as_of_of(index.config, table) is not None for table in index.config.tables):
        yield Finding("find.frozen")
    for table, where in index.outcome.absent.items():
        yield Finding("find.absent", (("table", Words(table)), ("obtain", unended(where))))


def _guess_row(guess: Guess) -> Row:
    row, column = (Term("ui.none") if v is None else Words(str(v)) for v in (guess.row, guess.column))
    return Row(
        (Cell((Words(guess.table),), "label"), Cell((row,), "number"), Cell((column,)), Cell((guess_finding(guess),)))
    )


def guess_finding(guess: Guess) -> Finding:
    """Return what a reader saw and what it took it for, as a sentence."""
    facts: list[tuple[str, Fact]] = [("count", Amount(guess.count, "count"))]
    facts += [(name, Words(value if isinstance(value, str) else plain(value))) for name, value in guess.facts]
    return Finding(f"guess.{guess.kind}", tuple(facts))


def provenance_section(index: Index) -> Section:
    """Return files, rows left out, versions, seed, dates, the margin and its reason."""
    study, outcome = index.config.study, index.outcome
    facts = (("as_of", Words(study.as_of)), ("seed", Words(str(study.seed))), ("tier", Term(f"tier.{index.tier}")))
    reason = Finding(
        "find.margin reason", (("share", Amount(study.margin, "level")), ("reason", Words(study.margin_reason)))
    )
    blocks: list[Block] = [Listing((reason, Finding("find.run", facts), *_kept(index), Finding("find.follow")))]
    tables: tuple[tuple[str, tuple[str, str], list[tuple[Fact, str]]], ...] = (
        ("files", ("file", "sha"), [(Words(k), v) for k, v in outcome.files.items()]),
        ("left out", ("reason", "count"), [(Term(f"left.{k}"), plain(v)) for k, v in outcome.left_out.items()]),
        ("versions", ("program", "version"), [(Words(k), v) for k, v in outcome.versions.items()]),
    )
    for name, heads, entries in tables:
        if entries:
            rows = tuple(Row((Cell((k,), "label"), Cell((Words(v),), "code"))) for k, v in entries)
            title = Finding(f"find.{name} title")
            blocks.append(
                Grid(name.replace(" ", "-"), title, tuple(Term(f"ui.{h}") for h in heads), rows, stacks=False)
            )
    if outcome.guesses:
        columns = tuple(Term(f"ui.{head}") for head in ("file", "row of file", "column", "read as"))
        entries_read = tuple(_guess_row(guess) for guess in outcome.guesses)
        blocks.append(Grid("guesses", Finding("find.guesses title"), columns, entries_read))
    return Section("provenance", Finding("ui.section provenance"), tuple(blocks))

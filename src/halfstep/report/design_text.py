"""A planned experiment for a terminal: how many respondents, what they would see, what the tasks can tell, what is assumed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.choice.planning import Group, Planning, Step
from halfstep.core.config import StudyConfig, Text
from halfstep.logit.design_check import DesignCheck
from halfstep.report.event_text import TextTable
from halfstep.report.finding import Amount, Brand, Fact, Finding, Many, Term, Words
from halfstep.report.say import Speaker

__all__ = ["DesignText", "render_design", "render_fielded"]

MANY = 12
"""Levels beyond which only their number is printed."""
SURE = 0.99
"""Chance from which further respondents are not printed."""
CLOSE = 0.9
"""Correlation of two columns within tasks from which it is told."""


@dataclass(frozen=True, slots=True)
class DesignText:
    """What a terminal shows of a planned experiment.

    Attributes
    ----------
    answer
        How many respondents, of all and of each segment; what those planned would see.
    curve, errors, levels
        Power by respondents; error of each taste; how often each level is shown.
    checks, fielded, assumes
        What the tasks can tell, those of the study's own table of choices, and what everything rests on.
    """

    answer: tuple[str, ...]
    curve: TextTable
    errors: TextTable
    levels: TextTable
    checks: tuple[str, ...]
    fielded: tuple[str, ...]
    assumes: tuple[str, ...]


def render_design(found: Planning, lang: str) -> DesignText:
    """Return a planned experiment in one language."""
    speaker = Speaker(lang, found.config)

    def said(findings: Iterator[Finding]) -> tuple[str, ...]:
        return tuple(speaker.text(finding) for finding in findings)

    fielded = iter(()) if found.fielded is None else _fielded(found.config, found.fielded)
    return DesignText(
        said(_answer(found)), _curve(found, speaker), _errors(found, speaker), _levels(found, speaker),
        said(_checks(found)), said(fielded), said(_assumes(found)),
    )  # fmt: skip


def _group(found: Planning, id_: str) -> Fact:
    """Return the printed name of all respondents or of a segment."""
    if id_ == "all":
        return Term("design.all")
    label = next((s.label for s in found.config.choice.segments if s.id == id_), None)
    return Words(id_ if label is None else label)


def render_fielded(check: DesignCheck, config: StudyConfig, lang: str) -> tuple[tuple[str, ...], TextTable]:
    """Return what the tasks of a table of choices can tell, and how well each taste."""
    speaker = Speaker(lang, config)
    rows = ((name, _figure(se)) for name, se in zip(check.columns, check.se, strict=True))
    lines = tuple(speaker.text(finding) for finding in _fielded(config, check))
    return lines, TextTable(_heads(("taste", "error"), speaker), tuple(rows))


def _money(value: float) -> Amount:
    return Amount(value, "money", named=True)


def _count(n: float) -> Amount:
    return Amount(n, "count")


def _answer(found: Planning) -> Iterator[Finding]:
    study, asked = found.config.study, found.asked
    of = (
        ("gap", _money(asked.gap)), ("focal", Brand(study.focal)), ("benchmark", Brand(study.benchmarks[0])),
        ("chance", Amount(asked.power, "level")),
    )  # fmt: skip
    for group in found.groups:
        facts: tuple[tuple[str, Fact], ...] = (*of, *_of_group(found, group))
        kind = "design.needed" if group.id == "all" else "design.needed in"
        alike = " alike" if group.id == "all" and found.pilot is None else ""
        yield Finding(f"{kind}{alike}" if group.needed is not None else f"{kind} none", facts)
    for group in found.groups if asked.respondents is not None else ():
        (step,) = (s for s in group.curve if s.respondents == asked.respondents)
        facts = (
            *_of_group(found, group), ("planned", _count(step.respondents)), ("of", _count(step.of_group)),
            ("power", Amount(step.power, "probability")), ("chance", Amount(asked.power, "level")), ("gap", _money(asked.gap)),
            *((("smallest", _money(group.smallest)),) if group.smallest is not None else ()),
        )  # fmt: skip
        kind = "design.planned" if group.id == "all" else "design.planned in"
        yield Finding(kind if group.smallest is not None else f"{kind} none", facts)
    yield Finding("design.seen", (("level", Amount(found.config.gap.level, "level")),))


def _of_group(found: Planning, group: Group) -> tuple[tuple[str, Fact], ...]:
    facts: list[tuple[str, Fact]] = [
        ("group", _group(found, group.id)), ("share", Amount(group.share, "level")),
    ]  # fmt: skip
    if group.needed is not None:
        facts += [
            ("n", _count(group.needed)),
            ("mine", _count(next(s.of_group for s in group.curve if s.respondents == group.needed))),
        ]
    return tuple(facts)


def _curve(found: Planning, speaker: Speaker) -> TextTable:
    heads = ("group", "respondents", "of group", "power", "smallest")
    rows = [
        (
            speaker.text(_group(found, group.id)), speaker.text(_count(step.respondents)), speaker.text(_count(step.of_group)),
            speaker.text(Amount(step.power, "probability")),
            speaker.text(Term("design.no gap") if step.smallest is None else Amount(step.smallest, "money")),
        )
        for group in found.groups
        for step in _told(found, group)
    ]  # fmt: skip
    return TextTable(_heads(heads, speaker), tuple(rows))


def _told(found: Planning, group: Group) -> Iterator[Step]:
    """Yield the curve up to where it is as good as sure, and the numbers that were asked about."""
    sure = next((step.respondents for step in group.curve if step.power >= SURE), np.inf)
    asked = (found.asked.respondents, group.needed)
    yield from (step for step in group.curve if step.respondents <= sure or step.respondents in asked)


def _errors(found: Planning, speaker: Speaker) -> TextTable:
    rows = (
        (_column(found, name, speaker), _figure(b), _figure(se))
        for name, b, se in zip(found.experiment.plan.columns, found.b, found.check.se, strict=True)
    )
    return TextTable(_heads(("taste", "expected", "error"), speaker), tuple(rows))


def _levels(found: Planning, speaker: Speaker) -> TextTable:
    rows = []
    for f, factor in enumerate(found.experiment.plan.factors):
        levels = found.experiment.levels[f]
        shown = np.bincount(found.design.codes[..., f].ravel(), minlength=len(levels))
        told = "; ".join(f"{level_text(level)} × {n}" for level, n in zip(levels, shown, strict=True))
        if len(levels) > MANY:
            told = speaker.text(Finding("design.many levels", (("n", _count(len(levels))),)))
        rows.append((_factor(found, factor.name, speaker), told, f"{found.check.overlap[factor.name]:.0%}"))
    return TextTable(_heads(("factor", "levels", "overlap"), speaker), tuple(rows))


def _checks(found: Planning) -> Iterator[Finding]:
    plan, design = found.experiment.plan, found.design
    yield Finding(
        "design.is none" if plan.none else "design.is",
        (("versions", _count(plan.versions)), ("tasks", _count(plan.tasks)), ("alternatives", _count(plan.alternatives))),
    )  # fmt: skip
    if np.isfinite(design.random):
        at_random = found.groups[0].needed_at_random
        facts: tuple[tuple[str, Fact], ...] = (
            ("d", Amount(design.d_error, "figure")), ("random", Amount(design.random, "figure")),
            ("ratio", Amount(design.random / design.d_error, "times")),
        )  # fmt: skip
        yield Finding("design.efficiency", facts)
        if at_random is not None:
            yield Finding("design.at random", (("n", _count(at_random)),))
    else:
        yield Finding("design.efficiency random", (("d", Amount(design.d_error, "figure")),))
    yield from _faults(found.check)


def _faults(check: DesignCheck) -> Iterator[Finding]:
    """Yield what is wrong with tasks, or that nothing is."""
    if check.untold:
        yield Finding("design.untold", (("columns", Words(", ".join(check.untold))),))
    else:
        yield Finding("design.told", (("rank", _count(check.rank)),))
    for kind, n in (("twins", check.twins), ("dominated", check.dominated), ("prohibited", check.prohibited)):
        if n:
            yield Finding(f"design.{kind}", (("n", _count(n)), ("tasks", _count(check.tasks))))
    if not (check.twins or check.dominated or check.prohibited):
        yield Finding("design.clean")
    together = np.abs(np.triu(check.correlation, 1))
    if (together >= CLOSE).any():
        yield Finding("design.together", (("n", _count(int((together >= CLOSE).sum()))),))


def _fielded(config: StudyConfig, check: DesignCheck) -> Iterator[Finding]:
    yield Finding("design.fielded", (("tasks", _count(check.tasks)), ("n", _count(check.n))))
    yield from _faults(check)
    for name, share in check.overlap.items():
        if share == 1:
            yield Finding(
                "design.never varies",
                (
                    (
                        "factor",
                        Words(_label(config, name)),
                    ),
                ),
            )


def _assumes(found: Planning) -> Iterator[Finding]:
    pilot, asked = found.pilot, found.asked
    if pilot is None:
        yield Finding("design.stated", (("source", Words(asked.prior_source or "–")),))
        yield Finding("design.alike")
    else:
        yield Finding("design.estimated", (("n", _count(pilot.respondents)), ("tasks", _count(pilot.tasks))))
        yield Finding(
            "design.inflated", (("weights", Amount(pilot.weights, "times")), ("people", Amount(pilot.people, "times")))
        )
        own = [_group(found, g.id) for g in found.groups if g.own_tastes and g.id != "all"]
        if own:
            yield Finding("design.own tastes", (("groups", Many(tuple(own))),))
    if any(not g.own_tastes and g.id != "all" for g in found.groups):
        yield Finding("design.same tastes")
    yield Finding("design.moved", (("focal", Brand(found.config.study.focal)), ("gap", _money(found.gap))))
    yield Finding("design.balance") if asked.kind == "efficient" else Finding("design.drawn")


def _heads(names: tuple[str, ...], speaker: Speaker) -> tuple[str, ...]:
    return tuple(speaker.text(Term(f"design.head {name}")) for name in names)


def _figure(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.3g}".replace("-", "\N{MINUS SIGN}")


def level_text(level: float | str) -> str:
    """Return a level as the study writes it."""
    return level if isinstance(level, str) else f"{level:.12g}"


def _label(config: StudyConfig, name: str) -> Text | str:
    return next((a.label for a in config.choice.attributes if a.id == name), name)


def _factor(found: Planning, name: str, speaker: Speaker) -> str:
    """Return the printed name of a factor."""
    if name in ("price", "brand"):
        return speaker.text(Term(f"design.{name}"))
    return speaker.pick(_label(found.config, name))


def _column(found: Planning, name: str, speaker: Speaker) -> str:
    """Return the printed name of a column: of what a taste is."""
    for f, factor in enumerate(found.experiment.plan.factors):
        if name in factor.columns:
            level = name.removeprefix(factor.name).strip()
            level = speaker.brand(level) if factor.name == "brand" else level
            return f"{_factor(found, found.experiment.plan.factors[f].name, speaker)} {level}".strip()
    return speaker.text(Term("design.none"))

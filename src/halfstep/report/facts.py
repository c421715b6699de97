"""Figures that checks quote, and the instruments they name."""

from __future__ import annotations

import math
from itertools import groupby

from halfstep.core.check import Check
from halfstep.report.choice_facts import choice_fact
from halfstep.report.finding import (
    Amount,
    Attribute,
    Brand,
    Fact,
    Finding,
    Form,
    Many,
    Need,
    Segment,
    Term,
    Voiced,
    When,
    Words,
)
from halfstep.report.numbers import plain
from halfstep.report.words import known

__all__ = ["check_facts", "figures_of", "instruments"]

FORMS: dict[str, tuple[str, Form]] = {
    **dict.fromkeys(("rise", "fall", "robustness", "inelastic", "share"), ("share", "value")),
    **dict.fromkeys(("change", "lo", "hi"), ("log points", "signed")),
    **dict.fromkeys(("wald", "effective", "critical", "J"), ("statistic", "value")),
    **dict.fromkeys(("alpha", "rho", "ols", "iv", "other", "alpha_half", "alpha_double"), ("figure", "value")),
    **dict.fromkeys(("mean", "elasticity", "elasticity_half", "elasticity_double"), ("figure", "value")),
    **dict.fromkeys(("weeks", "longest", "common", "random", "moved"), ("figure", "value")),
    "ratio": ("times", "value"),
    **dict.fromkeys(("deliveries_before", "deliveries_after", "orders_before", "orders_after"), ("units", "value")),
    "units": ("units", "signed"),
    "difference": ("figure", "signed"),
    "p": ("p value", "value"),
}
"""Name of a figure -> unit and form in which it is printed; all others are printed as they are."""

VOICE: dict[str, tuple[str, Form]] = {
    **dict.fromkeys(("f1", "f1_lo", "f1_hi"), ("share", "value")),
    **dict.fromkeys(
        ("of_founder", "of_product", "extra", "low", "high", "usual", "bound", "smallest"),
        ("figure", "value"),
    ),
    **dict.fromkeys(("placebo_low", "placebo_high", "years", "expected"), ("figure", "value")),
}
"""The same for checks of the voice room."""
LISTS = ("used", "vanished", "collinear", "names")
VOICED = ("name", "brand", "founder", "product", "touchpoint")
PERIODS = ("period", "before", "after", "first", "last", "newest")


def check_facts(check: Check) -> tuple[tuple[str, Fact], ...]:
    """Return what a check quotes, ready for its sentences."""
    return tuple((name, _fact(check, name, value)) for name, value in check.facts)


def figures_of(check: Check) -> Finding | None:
    """Return the sentence that quotes a check's figures where its reason does not; None where there is none."""
    key = f"figures.{check.why}"
    told = bool(check.facts) and all(value != "" for _, value in check.facts)
    return Finding(key, check_facts(check)) if told and known(key) else None


def instruments(names: str) -> Fact:
    """Return instruments (or attributes) by name, those of one kind together.

    Parameters
    ----------
    names
        As a check lists them: "local rivals: power, local rivals: size, cost: freight".
    """
    parted = [name.partition(": ") for name in names.split(", ")]
    found: list[Fact] = []
    for head, group in groupby(parted, key=lambda part: part[0] if part[1] else ""):
        last = [part[2] if head else part[0] for part in group]
        if not head:
            found += [Need("instrument", name) for name in last]
        elif head == "cost":
            found.append(Finding("find.instruments cost", (("columns", Many(tuple(Words(name) for name in last))),)))
        else:
            of = Many(tuple(Attribute(name) for name in last))
            found.append(Finding("find.instruments made", (("made", Need("instrument", head)), ("of", of))))
    return Many(tuple(found), "ui.list")


def _fact(check: Check, name: str, value: str | float) -> Fact:
    if value in ("", "–") or (isinstance(value, float) and not math.isfinite(value)):
        return Term("ui.none")
    if isinstance(value, str):
        of_choice = choice_fact(name, value) if check.id.startswith("choice.") else None
        if of_choice is not None:
            return of_choice
        if check.id.startswith("voice.") and name in VOICED:
            return Voiced(value)
        if check.id.startswith("voice.agreement.") and name == "of":
            return Term(f"head.dim {value}")
        if name in PERIODS:
            return When(value, short=True)
        kinds: dict[str, Fact] = {
            "brand": Brand(value), "benchmark": Brand(value), "segment": Segment(value), "attribute": Attribute(value),
        }  # fmt: skip
        return instruments(value) if name in LISTS else kinds.get(name, Words(value))
    ref = f"{check.id}|{name}"
    forms = FORMS | VOICE if check.id.startswith("voice.") else FORMS
    if name in forms:
        unit, form = forms[name]
        return Amount(value, unit, ref=ref, form=form)
    return Amount(value, "count", ref=ref) if isinstance(value, int) else Words(plain(value))

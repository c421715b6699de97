"""The comparison that the report is about, and what its records have in common."""

from __future__ import annotations

from halfstep.core.answer import Accord, Verdict
from halfstep.report.finding import Amount, Fact, Finding, Many, Need, Term
from halfstep.report.index import Index
from halfstep.report.numbers import adding_decimals, money_decimals

__all__ = ["DECIDED", "HALVES", "adding_up", "main_accord", "main_verdicts", "needs_of", "split_decimals", "stem_of"]

HALVES = ("product", "name")
DECIDED = ("ahead", "short", "met")


def main_verdicts(index: Index, lens: str = "price") -> dict[str, Verdict]:
    """Return half -> verdict of the comparison that the headline speaks about: the main benchmark, all products, last.

    Of another lens the same period is taken where it was looked at.
    """
    main = index.config.study.benchmarks[0]
    mine = [v for v in index.verdicts.values() if (v.lens, v.benchmark, v.segment) == (lens, main, "all")]
    if lens != "price":
        period = next((v.period for v in main_verdicts(index).values()), "")
        mine = [v for v in mine if v.period == period] or mine
    found: dict[str, Verdict] = {}
    for verdict in mine:
        known = found.get(verdict.half)
        if known is None or index.figure(verdict.estimate) or not index.figure(known.estimate):
            found[verdict.half] = verdict
    return found


def main_accord(index: Index, half: str, lens: str = "demand") -> Accord | None:
    """Return how a lens stands to the price lens on a half of the main comparison; None where they looked at no same one."""
    mine = [found[half].estimate for one in ("price", lens) if half in (found := main_verdicts(index, one))]
    return next((a for a in index.accords if len(mine) == 2 and set(mine) == set(a.estimates)), None)


def stem_of(verdict: Verdict) -> str:
    """Return the part of the id that all estimates of a comparison share."""
    return verdict.id.removeprefix(f"verdict.{verdict.lens}_lens.{verdict.half}.")


def needs_of(index: Index, needs: tuple[str, ...]) -> Many:
    """Return what is needed; a need that points to a record is replaced by what that record says."""
    out: dict[Fact, None] = {}
    for need in needs:
        refusal = index.refusal(need)
        counts = _models(index, need)
        for fact in counts or (Need("needs", n) for n in ((need,) if refusal is None else refusal.needs)):
            out[fact] = None
    return Many(tuple(out) or (Term("ui.none"),), "ui.or")


def _models(index: Index, need: str) -> tuple[Fact, ...]:
    """Return how many models, or respondents, would decide a half, where that is known."""
    found: list[Fact] = []
    for which in ("focal", "benchmark"):
        bound = index.bound(f"{need}.{which}_models")
        if bound is not None:
            count, now = (Amount(end, "models", ref=bound.id) for end in (bound.hi, bound.lo))
            found.append(
                Finding("find.needs models", (("count", count), ("now", now), ("which", Term(f"which.{which}"))))
            )
    asked = index.bound(f"{need}.respondents")
    if asked is not None:
        count, now = (Amount(end, "count", ref=asked.id) for end in (asked.hi, asked.lo))
        found.append(Finding("find.needs respondents", (("count", count), ("now", now))))
    return (Many(tuple(found)),) if found else ()


def split_decimals(index: Index, stem: str, most: int = 1) -> int:
    """Return the decimals of product, name and price gap of a comparison through the price lens."""
    return adding_up(index, tuple(f"gap.price_lens.{half}.{stem}" for half in HALVES), f"gap.price.{stem}", most)


def adding_up(index: Index, parts: tuple[str, ...], total: str, most: int = 3) -> int:
    """Return the decimals with which some parts and their sum are printed, so that they add up as printed.

    Parameters
    ----------
    parts, total
        Ids of points; a part that is taken off has a minus sign before its id.
    most
        How many decimals may be added to that end.
    """
    signed = [(-1.0 if name.startswith("-") else 1.0, index.point(name.removeprefix("-"))) for name in parts]
    known = [(sign, point) for sign, point in signed if point is not None]
    whole = index.point(total)
    amounts = [index.amount(point) for _, point in known] + ([] if whole is None else [index.amount(whole)])
    places = money_decimals(amounts)
    if whole is None or len(known) < len(parts):
        return places
    return adding_decimals([(sign, point.value) for sign, point in known], whole.value, places, most)

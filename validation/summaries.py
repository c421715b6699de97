"""What the runs of a kind of world show: rates with their binomial intervals, against what is claimed."""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy.stats import binomtest

from validation.demand_lens import BAD, DemandEntry
from validation.press import PressEntry
from validation.price_lens import Dropped, Entry
from validation.random_lens import INDEPENDENT, RandomEntry
from validation.random_lens import UNTOLD as NICHE_UNTOLD
from validation.shocks import BEFORE, EFFECTS, ShockEntry, label_with, shock_summary

__all__ = [
    "DROP_KINDS",
    "KEPT",
    "demand_summary",
    "dropped",
    "press_summary",
    "random_summary",
    "rate",
    "shock_worlds",
    "summary",
]

KEPT = 40
"""Entries stored per world: tests rerun some of them."""
SHOCKS_KEPT = 4
"""Of events, which come in many kinds and lengths."""

BROKEN = {
    "unseen": "unlisted quality that the study does not declare: the name half takes it for the name",
    "unseen, outside the bound": "the study declares half of what the unlisted quality is worth",
    "heavy tails": "errors are not normal",
    "uneven brands": "brands differ in how unevenly their models are priced",
    "own attribute prices": "brands charge different prices for one attribute",
}
"""Worlds that show what goes wrong; their shortfalls are printed, not claimed away."""

BROKEN_DEMAND = {
    "correlated tastes": "buyers differ in their price taste, which goes with their taste for the first attribute",
    "niche premium, reach not told": "the name row holds reach: no verdict is given on it",
    "mass brand, reach not told": "the name row holds reach: no verdict is given on it",
    BAD: "a second instrument moves with unseen quality",
}

BROKEN_RANDOM = {
    INDEPENDENT: "tastes for price and the first attribute go together, and the study says that they do not",
    "wrong nodes": "the analyst has other buyers than those there are, and few of them",
    "attribute hidden": "the name row holds an attribute that the study does not list: it is not the name alone",
    "weak instruments": "prices hardly move with cost: verdicts are barred",
    "niche premium": "few consider the focal brand, and tastes are estimated as if all did",
    NICHE_UNTOLD: "the name row holds reach: no verdict is given on it",
}

BROKEN_PRESS = {
    "another base": "shares of wider bands are printed by value, shares of narrow ones by units, under one base",
    "a group not declared": "a tracker's group of two brands is taken for a third brand",
}

DROP_KINDS = ("null", "name missing", "reverse", "few models", "own attribute prices")


def rate(hits: list[bool], nominal: float, side: str) -> dict[str, object]:
    """Return a rate with its 99% interval and whether that interval excludes the nominal one on the bad side.

    Parameters
    ----------
    side
        "at most", "at least" or "equal".
    """
    found = binomtest(sum(hits), len(hits)).proportion_ci(0.99, method="exact")
    bad = {
        "at most": found.low > nominal,
        "at least": found.high < nominal,
        "equal": not found.low <= nominal <= found.high,
    }[side]
    return {
        "rate": round(sum(hits) / len(hits), 4), "of": len(hits), "interval99": [round(found.low, 4), round(found.high, 4)],
        "nominal": f"{side} {nominal}", "holds": not bad,
    }  # fmt: skip


def summary(kind: str, entries: list[Entry]) -> dict[str, object]:
    """Return what one kind of world shows."""
    out: dict[str, object] = {"runs": len(entries)}
    if kind in BROKEN:
        out["breaks an assumption"] = BROKEN[kind]
    for h, half in enumerate(("product", "name")):
        out[f"coverage of {half}"] = rate([e.covered[h] for e in entries], 0.90, "equal")
        out[f"false short of {half}"] = rate([e.false_short[h] for e in entries], 0.05, "at most")
        out[f"labels of {half}"] = dict(sorted(Counter(e.label[h] for e in entries).items()))
        errors = np.array([e.value[h] - e.truth[h] for e in entries])
        out[f"error of {half}"] = {"mean": round(float(errors.mean()), 5), "sd": round(float(errors.std(ddof=1)), 5)}
    if kind == "reverse":
        out["product named missing"] = rate([e.label[0] == "short" for e in entries], 0.90, "at least")
    if kind == "name missing":
        out["name named missing"] = rate([e.label[1] == "short" for e in entries], 0.90, "at least")
    if kind == "unseen, outside the bound":
        told = [e for e in entries if e.breaking is not None]
        out["breaking strength below the true one"] = rate(
            [(e.breaking or 0) < e.multiple for e in told], 0.95, "at least"
        )
    if kind == "independent halves":
        values = np.array([e.value for e in entries])
        r = float(np.corrcoef(values.T)[0, 1])
        half_width = 2.5758 / np.sqrt(len(entries) - 3)
        ends = np.tanh(np.arctanh(r) + np.array([-half_width, half_width]))
        out["correlation of the two gaps"] = {
            "value": round(r, 4), "interval99": [round(float(v), 4) for v in ends], "holds": bool(ends[0] <= 0 <= ends[1]),
        }  # fmt: skip
    out["entries"] = [e.record() for e in entries[:KEPT]]
    return out


def dropped(by_kind: dict[str, list[Dropped]]) -> dict[str, object]:
    """Return what dropping columns and declaring them did under one kind of bound.

    P(short) is a rate over studies: how often a half of a kind of world is called short. It is compared before and after
    for every kind, attribute and half. Single studies are counted too.
    """
    cases = [c for kind in by_kind.values() for c in kind]
    rises = np.array([max(c.after - c.before, 0.0) for c in cases])
    raised = []
    for kind, mine in by_kind.items():
        for attribute, half in sorted({(c.attribute, c.half) for c in mine}):
            group = [c for c in mine if (c.attribute, c.half) == (attribute, half)]
            before, after = sum(c.short_before for c in group), sum(c.short_after for c in group)
            if after > before:
                raised.append(f"{kind}, attribute {attribute}, {half}: {before} -> {after} of {len(group)}")
    return {
        "cases": len(cases),
        "called short before": sum(c.short_before for c in cases),
        "called short after": sum(c.short_after for c in cases),
        "kinds, attributes and halves called short more often": raised,
        "single studies that became short": sum(c.short_after and not c.short_before for c in cases),
        "single studies with a higher lower probability of short": round(float((rises > 1e-9).mean()), 4),
        "largest rise in a single study": round(float(rises.max()), 4),
    }


def demand_summary(kind: str, entries: list[DemandEntry]) -> dict[str, object]:
    """Return what the demand lens does in one kind of world."""
    out: dict[str, object] = {"runs": len(entries)}
    if kind in BROKEN_DEMAND:
        out["breaks an assumption"] = BROKEN_DEMAND[kind]
    name, _, detail = kind.partition(", ")
    out["first stage strong"] = round(float(np.mean([e.strong for e in entries])), 4)
    out["alpha"] = {
        "true": entries[0].alpha[0],
        **{f"{which} by {by}": round(float(getattr(np, which)(values)), 4)
           for by, values in (("2sls", [e.alpha[1] for e in entries]), ("ols", [e.naive for e in entries]))
           for which in ("median", "mean")},
        "ols below the truth": round(float(np.mean([e.naive < e.alpha[0] for e in entries])), 4),
    }  # fmt: skip
    out["coverage of alpha"] = rate([e.alpha_covered for e in entries], 0.90, "equal")
    out["coverage of the Anderson-Rubin set"] = rate([e.robust_covered for e in entries], 0.90, "at least")
    side = "at least" if name == "weak instruments" else "equal"
    for h, half in enumerate(("product", "name")):
        out[f"coverage of {half}"] = rate([e.covered[h] for e in entries], 0.90, side)
        out[f"false short of {half}"] = rate([e.false_short[h] for e in entries], 0.05, "at most")
        out[f"labels of {half}"] = dict(sorted(Counter(e.label[h] for e in entries).items()))
    right = {"niche premium": ("name", "ahead"), "mass brand": ("name", "short"), "reverse": ("product", "short")}
    if name in right and not detail:
        half, label = right[name]
        h = ("product", "name").index(half)
        out[f"{half} called {label}"] = rate([e.label[h] == label for e in entries], 0.90, "at least")
    if detail == "one bad instrument":
        out["instruments told to contradict"] = round(float(np.mean([e.contradicted for e in entries])), 4)
    out["entries"] = [e.record() for e in entries[:KEPT]]
    return out


def random_summary(kind: str, entries: list[RandomEntry]) -> dict[str, object]:
    """Return what tastes that differ, and the closed form beside them, do in one kind of world.

    Rates are over the runs that were estimated, those whose search failed among them: their intervals are printed too.
    """
    out: dict[str, object] = {"runs": len(entries)}
    if kind in BROKEN_RANDOM:
        out["breaks an assumption"] = BROKEN_RANDOM[kind]
    out |= {state: sum(e.state == state for e in entries) for state in ("estimated", "search failed", "refused")}
    fitted = [e for e in entries if e.ours.alpha is not None]
    out["verdicts barred by"] = dict(sorted(Counter(c for e in entries for c in e.barred).items()))
    true = np.array([e.alpha for e in fitted])
    alphas = {"true": round(float(np.median(true)), 4)}
    for by, taste in (("differ", [e.ours.alpha for e in fitted]), ("are in common", [e.common.alpha for e in fitted])):
        values = np.array(taste, dtype=np.float64)
        alphas[f"median where tastes {by}"] = round(float(np.median(values)), 4)
        alphas[f"mean error where tastes {by}"] = round(float(np.mean(values / true - 1)), 4)
    out["alpha"] = alphas
    for by, said in (("", [e.ours for e in fitted]), (" by tastes in common", [e.common for e in fitted])):
        out[f"coverage of alpha{by}"] = rate([s.alpha_covered for s in said], 0.90, "at least")
        for h, half in enumerate(("product", "name")):
            out[f"coverage of {half}{by}"] = rate([s.covered[h] for s in said], 0.90, "at least")
            out[f"false short of {half}{by}"] = rate([s.false_short[h] for s in said], 0.05, "at most")
            out[f"labels of {half}{by}"] = dict(sorted(Counter(s.label[h] for s in said).items()))
    out["name alone in the name row's interval"] = round(float(np.mean([e.ours.named for e in fitted])), 4)
    out["entries"] = [e.record() for e in entries[:KEPT]]
    return out


def press_summary(kind: str, entries: list[PressEntry]) -> dict[str, object]:
    """Return what printed figures are said to say in one kind of world; the sets are exact, so every rate is one or none."""
    out: dict[str, object] = {"runs": len(entries)}
    if kind in BROKEN_PRESS:
        out["breaks an assumption"] = BROKEN_PRESS[kind]
    weights = sum(e.weights for e in entries)
    out["implied sizes that hold the true one"] = [sum(e.held for e in entries), weights]
    out["mean width of an implied size"] = round(sum(e.width * e.weights for e in entries) / max(weights, 1), 4)
    out["rank held"] = rate([e.rank for e in entries], 1.0, "equal")
    out["progress held"] = rate([e.progress for e in entries], 1.0, "equal")
    wrong = kind == "a slip"
    out["figures said to conflict"] = rate([e.conflict for e in entries], 1.0 if wrong else 0.0, "equal")
    if wrong:
        out["the wrong figure named"] = rate([bool(e.named) for e in entries], 1.0, "equal")
    out["entries"] = [e.record() for e in entries[:KEPT]]
    return out


def shock_rates(entries: list[ShockEntry]) -> dict[str, object]:
    """Return rates over events of one kind or of all: cover, false verdicts, and falls found against the chance stated."""
    none, fall, decaying = EFFECTS
    out: dict[str, object] = {
        "the true effect is covered": rate([abs(e.value) <= e.half for e in entries], 0.95, "at least"),
        "fell or rose is said of nothing": rate(
            [label_with(e, none) in ("fell", "rose") for e in entries], 0.05, "at most"
        ),
        "estimators disagree": round(float(np.mean([bool(e.against) for e in entries])), 4),
        "chance stated for a fall of 20%": round(float(np.mean([e.promised for e in entries])), 4),
    }
    for effect in (fall, decaying):
        out[f"fell is said of {effect}"] = round(float(np.mean([label_with(e, effect) == "fell" for e in entries])), 4)
        out[f"rose is said of {effect}"] = round(float(np.mean([label_with(e, effect) == "rose" for e in entries])), 4)
    return out


def shock_worlds(entries: dict[tuple[str, int], list[ShockEntry]]) -> dict[str, object]:
    """Return rates by periods before the event where there is an interval at all, and what was said in each kind of world."""
    by_length: dict[str, object] = {}
    worlds: dict[str, dict[str, object]] = {}
    for before in BEFORE:
        mine = [e for (_, n), some in entries.items() if n == before for e in some if np.isfinite(e.half)]
        by_length[str(before)] = shock_rates(mine)
    for (kind, before), some in entries.items():
        found = shock_summary(some) | shock_rates(some)
        worlds.setdefault(kind, {})[str(before)] = found | {"entries": [e.record() for e in some[:SHOCKS_KEPT]]}
    return {"by periods before the event": by_length, "worlds": worlds}

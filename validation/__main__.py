"""Run every validation and write docs/validation/*.json; ``python -m validation [--runs N]``."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import scipy
from scipy.stats import binomtest

from halfstep import __version__
from halfstep.native import kernel
from validation.backlog import FALLS, backlog_summary, run_backlog
from validation.backlog import KINDS as BACKLOG_WORLDS
from validation.backlog import SEED as BACKLOG_SEED
from validation.demand_lens import BAD, DemandEntry, run_demand
from validation.demand_lens import WORLDS as DEMAND_WORLDS
from validation.files import MUTATIONS, long_line, samples, try_file
from validation.press import KINDS as PRESS_WORLDS
from validation.press import PressEntry, run_press
from validation.price_lens import SEED, WORLDS, Dropped, Entry, drop_and_declare, family, run_world, swapped_labels
from validation.random_lens import INDEPENDENT, RandomEntry, run_random
from validation.random_lens import SEED as RANDOM_SEED
from validation.random_lens import UNTOLD as NICHE_UNTOLD
from validation.random_lens import WORLDS as RANDOM_WORLDS
from validation.sanitize import sanitize
from validation.shocks import BEFORE, CELLS, EFFECTS, ShockEntry, label_with, run_shock, shock_summary

OUT = Path(__file__).parent.parent / "docs" / "validation"
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


def press(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of printed figures."""
    worlds = {}
    for kind in PRESS_WORLDS:
        worlds[kind] = press_summary(kind, list(pool.map(partial(run_press, kind), range(runs), chunksize=5)))
        print(json.dumps({kind: {k: v for k, v in worlds[kind].items() if k != "entries"}}, indent=1), flush=True)
    return {"worlds": worlds}


GOOD = ("same", "located", "faults", "loaded")


def files(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Load every kind of broken file; `runs` of each kind, and lines of 100 MB."""
    kinds: dict[str, dict[str, int]] = {}
    bad: list[str] = []
    for kind in MUTATIONS:
        came = list(pool.map(partial(try_file, kind), range(runs), chunksize=20))
        kinds[kind] = dict(sorted(Counter(c if c in GOOD else "bad" for c in came).items()))
        bad += [f"{kind} {run}: {c}" for run, c in enumerate(came) if c not in GOOD]
        print(kind, kinds[kind], flush=True)
    out = {"files": runs * len(MUTATIONS), "samples": [s.name for s in samples()], "came of it": kinds, "bad": bad[:40]}
    return out | {"lines of 100 MB": long_line()}


def native(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run the tests of the C extension under sanitizers."""
    ways = {}
    for way, found in sanitize():
        print(f"{way}: {found}", flush=True)
        ways[way] = found
    return {"tests of the extension under": ways}


def demand(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of the demand lens."""
    worlds = {}
    for kind in DEMAND_WORLDS:
        worlds[kind] = demand_summary(kind, list(pool.map(partial(run_demand, kind), range(runs), chunksize=10)))
        print(json.dumps({kind: {k: v for k, v in worlds[kind].items() if k != "entries"}}, indent=1), flush=True)
    return {"worlds": worlds}


def random(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of tastes that differ between buyers."""
    worlds = {}
    for kind in RANDOM_WORLDS:
        worlds[kind] = random_summary(kind, list(pool.map(partial(run_random, kind), range(runs), chunksize=5)))
        print(json.dumps({kind: {k: v for k, v in worlds[kind].items() if k != "entries"}}, indent=1), flush=True)
    return {"seed": RANDOM_SEED, "kernel": kernel().name, "worlds": worlds}


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


def shocks(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of events, a round of all of them at a time."""
    entries: dict[tuple[str, int], list[ShockEntry]] = {cell: [] for cell in CELLS}
    for run in range(runs):
        for cell, entry in zip(CELLS, pool.map(run_shock, *zip(*CELLS, strict=True), [run] * len(CELLS)), strict=True):
            entries[cell].append(entry)
        print("round", run, flush=True)
    return shock_worlds(entries)


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


def backlog(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of orders behind a backlog; a third as many of those that break an assumption."""
    worlds: dict[str, object] = {}
    for kind in BACKLOG_WORLDS:
        count = runs if kind in FALLS else max(runs // 3, 1)
        entries = list(pool.map(partial(run_backlog, kind), range(count), chunksize=5))
        worlds[kind] = backlog_summary(kind, entries, rate) | {"entries": [e.record() for e in entries[:KEPT]]}
    return {"seed": BACKLOG_SEED, "worlds": worlds}


def price(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of the price lens, families, swapped labels, dropped attributes."""
    result: dict[str, object] = {}
    worlds = {}
    for kind in WORLDS:
        worlds[kind] = summary(kind, list(pool.map(partial(run_world, kind), range(runs), chunksize=25)))
        shown = {k: v for k, v in worlds[kind].items() if k != "entries"}
        print(json.dumps({kind: shown}, indent=1))
    result["worlds"] = worlds
    together = list(pool.map(partial(family, "null"), range(runs), chunksize=25))
    result["five benchmarks judged together"] = {
        f"any false short of {half}": rate([t[h] for t in together], 0.05, "at most")
        for h, half in enumerate(("product", "name"))
    }
    print(json.dumps(result["five benchmarks judged together"], indent=1))
    swaps = [list(pool.map(partial(swapped_labels, kind), range(runs // 10), chunksize=10)) for kind in WORLDS]
    result["verdict follows the data when labels are swapped"] = rate([s for kind in swaps for s in kind], 1.0, "equal")
    declared: dict[str, object] = {}
    for bound in ("true", "none", "one"):
        by_kind = {}
        for kind in DROP_KINDS:
            tried = pool.map(partial(drop_and_declare, kind, bound=bound), range(runs // 5))
            by_kind[kind] = [c for cases in tried for c in cases]
        declared[bound] = dropped(by_kind)
    result["an attribute dropped and declared, by the bound given"] = declared
    print(json.dumps(declared, indent=1))
    return result


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument(
        "--lens",
        choices=("price", "demand", "random", "press", "files", "native", "shocks", "backlog"),
        action="append",
    )
    options = parser.parse_args()
    head = {"seed": SEED, "versions": {"halfstep": __version__, "numpy": np.__version__, "scipy": scipy.__version__}}
    options.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for lens, make in (
            ("price", price),
            ("demand", demand),
            ("random", random),
            ("press", press),
            ("files", files),
            ("native", native),
            ("shocks", shocks),
            ("backlog", backlog),
        ):
            if options.lens and lens not in options.lens:
                continue
            path = options.out / (
                f"{lens}.json" if lens in ("press", "files", "native", "shocks", "backlog") else f"{lens}_lens.json"
            )
            temporary = path.with_suffix(".tmp")
            text = json.dumps(head | make(pool, options.runs), indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n", encoding="utf-8")
            temporary.replace(path)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()

"""Run every validation and write docs/validation/*.json; ``python -m validation [--runs N]``."""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import scipy

from halfstep import __version__
from halfstep.native import kernel
from validation.attention import attention_worlds
from validation.backlog import FALLS, backlog_summary, run_backlog
from validation.backlog import KINDS as BACKLOG_WORLDS
from validation.backlog import SEED as BACKLOG_SEED
from validation.beliefs import KINDS as BELIEF_WORLDS
from validation.beliefs import SEED as BELIEF_SEED
from validation.beliefs import beliefs_summary, run_beliefs
from validation.cascades import KINDS as CASCADE_WORLDS
from validation.cascades import LONE, cascades_summary, lone_summary, run_cascades, run_lone
from validation.cascades import NULL as CASCADE_NULL
from validation.cascades import SEED as CASCADE_SEED
from validation.choice import choice_worlds
from validation.demand_lens import WORLDS as DEMAND_WORLDS
from validation.demand_lens import run_demand
from validation.docket import docket_worlds
from validation.files import MUTATIONS, long_line, samples, try_file
from validation.power import CELLS as POWER_CELLS
from validation.power import SEED as POWER_SEED
from validation.power import PowerEntry, power_worlds, run_power
from validation.press import KINDS as PRESS_WORLDS
from validation.press import run_press
from validation.prevalence import KINDS as READING_WORLDS
from validation.prevalence import SERIES as SERIES_WORLDS
from validation.prevalence import prevalence_worlds, run_reading, run_series
from validation.price_lens import SEED, WORLDS, drop_and_declare, family, run_world, swapped_labels
from validation.ramps import ramp_worlds
from validation.ramps_books import books_worlds
from validation.random_lens import SEED as RANDOM_SEED
from validation.random_lens import WORLDS as RANDOM_WORLDS
from validation.random_lens import run_random
from validation.sanitize import sanitize
from validation.shocks import CELLS, ShockEntry, run_shock
from validation.summaries import (
    DROP_KINDS,
    KEPT,
    demand_summary,
    dropped,
    press_summary,
    random_summary,
    rate,
    shock_worlds,
    summary,
)

OUT = Path(__file__).parent.parent / "docs" / "validation"


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


def shocks(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of events, a round of all of them at a time."""
    entries: dict[tuple[str, int], list[ShockEntry]] = {cell: [] for cell in CELLS}
    for run in range(runs):
        for cell, entry in zip(CELLS, pool.map(run_shock, *zip(*CELLS, strict=True), [run] * len(CELLS)), strict=True):
            entries[cell].append(entry)
        print("round", run, flush=True)
    return shock_worlds(entries)


def backlog(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of orders behind a backlog; a third as many of those that break an assumption."""
    worlds: dict[str, object] = {}
    for kind in BACKLOG_WORLDS:
        count = runs if kind in FALLS else max(runs // 3, 1)
        entries = list(pool.map(partial(run_backlog, kind), range(count), chunksize=5))
        worlds[kind] = backlog_summary(kind, entries, rate) | {"entries": [e.record() for e in entries[:KEPT]]}
    return {"seed": BACKLOG_SEED, "worlds": worlds}


def choice(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of choice experiments."""
    return choice_worlds(pool, runs)


def power(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every size and gap of planned experiments, a round of all of them at a time."""
    entries: dict[tuple[str, float, int], list[PowerEntry]] = {}
    for cell in POWER_CELLS:
        entries[cell] = list(pool.map(run_power, *zip(*[cell] * runs, strict=True), range(runs), chunksize=10))
    return {"seed": POWER_SEED, "worlds": power_worlds(entries, rate)}


def beliefs(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of belief experiments."""
    worlds: dict[str, object] = {}
    for kind in BELIEF_WORLDS:
        entries = list(pool.map(partial(run_beliefs, kind), range(runs), chunksize=5))
        worlds[kind] = beliefs_summary(kind, entries, rate)
        print(kind, flush=True)
    return {"seed": BELIEF_SEED, "worlds": worlds}


def prevalence(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of readers; a quarter as many series, which have twelve shares each."""
    readings = {k: list(pool.map(partial(run_reading, k), range(runs), chunksize=25)) for k in READING_WORLDS}
    few = max(runs // 4, 1)
    series = {k: list(pool.map(partial(run_series, k), range(few), chunksize=10)) for k in SERIES_WORLDS}
    return prevalence_worlds(readings, series, rate)


def attention(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of daily attention."""
    return attention_worlds(pool, runs, rate, KEPT)


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


def cascades(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of cascades, ten to a set; sets and lone stretches cost more than most runs and are fewer."""
    worlds: dict[str, object] = {}
    null: list[bool] = []
    for kind in CASCADE_WORLDS:
        entries = list(pool.map(partial(run_cascades, kind), range(max(runs * 2 // 25, 2)), chunksize=5))
        worlds[kind] = cascades_summary(kind, entries, rate) | {"entries": [e.record() for e in entries[:KEPT]]}
        null += [e.label == "more" for e in entries if kind in CASCADE_NULL]
        print(kind, flush=True)
    lone: dict[str, object] = {}
    for branching in LONE:
        alone = list(pool.map(partial(run_lone, branching), range(max(runs // 10, 2)), chunksize=10))
        lone[str(branching)] = lone_summary(branching, alone, rate) | {"entries": [e.record() for e in alone[:KEPT]]}
    false = {"all null worlds, told: replies were followed by more": rate(null, 0.07, "at most")}
    head = {"seed": CASCADE_SEED, "kernel": kernel().name}
    return head | {"worlds": worlds} | false | {"one stretch of 2,000 posts": lone}


def ramps(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of makers' months and books, and the real makers; a fifth of `runs` of each kind."""
    return ramp_worlds(pool, runs) | {"books": books_worlds(pool, runs)}


def docket(pool: ProcessPoolExecutor, runs: int) -> dict[str, object]:
    """Run every world of claims; a fifth of `runs` of each kind."""
    return docket_worlds(pool, runs, rate)


LENSES: dict[str, tuple[str, Callable[[ProcessPoolExecutor, int], dict[str, object]]]] = {
    "price": ("price_lens", price),
    "demand": ("demand_lens", demand),
    "random": ("random_lens", random),
    "press": ("press", press),
    "files": ("files", files),
    "native": ("native", native),
    "shocks": ("shocks", shocks),
    "backlog": ("backlog", backlog),
    "choice": ("choice_lens", choice),
    "power": ("power", power),
    "beliefs": ("beliefs", beliefs),
    "attention": ("attention", attention),
    "cascades": ("cascades", cascades),
    "prevalence": ("prevalence", prevalence),
    "ramps": ("ramps", ramps),
    "docket": ("docket", docket),
}
"""Lens -> the file of its results, and what runs its worlds."""


def main() -> None:
    """Run and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--lens", choices=tuple(LENSES), action="append")
    options = parser.parse_args()
    head = {"seed": SEED, "versions": {"halfstep": __version__, "numpy": np.__version__, "scipy": scipy.__version__}}
    options.out.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for lens, (file, make) in LENSES.items():
            if options.lens and lens not in options.lens:
                continue
            path = options.out / f"{file}.json"
            temporary = path.with_suffix(".tmp")
            text = json.dumps(head | make(pool, options.runs), indent=1, ensure_ascii=False)
            temporary.write_text(text + "\n", encoding="utf-8")
            temporary.replace(path)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()

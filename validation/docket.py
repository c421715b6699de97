"""Claims about markets whose every unit is known: is anything false called supported, or anything true contradicted?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.core.text import Text
from halfstep.data.claims import Claim, Claims
from halfstep.data.press import read_press
from halfstep.data.read.tables import ROW, Table
from halfstep.docket.room import ROOM
from halfstep.market.inputs import Inputs
from halfstep.worlds.claims import BASES, BROKEN, ENTITIES, KINDS, SimulatedClaim, SimulatedDocket, simulate_docket

__all__ = ["KINDS", "SEED", "DocketEntry", "docket_worlds", "run_docket"]

Rate = Callable[[list[bool], float, str], dict[str, object]]

SEED = 20250604
KEPT = 10
COLUMNS = ("entity", "metric", "value", "period", "base", "source", "first_known")


@dataclass(frozen=True, slots=True)
class DocketEntry:
    """One simulated docket; each of its claims by id.

    Attributes
    ----------
    claims
        Id, kind, quantity, label, whether the claim is true.
    """

    claims: tuple[tuple[str, str, str, str, bool], ...]

    def record(self) -> dict[str, object]:
        """Return the entry as plain data."""
        return {claim: [label, true] for claim, _, _, label, true in self.claims}


def config_of(made: SimulatedDocket) -> StudyConfig:
    """Return the settings of a simulated docket."""
    a, b, c = ({"entity": e, "metric": "units", "period": "2024", "base": BASES[0]} for e in ENTITIES)
    label = {"en": "q", "zh": "量"}
    quantities: list[dict[str, object]] = [
        {"id": "units", "figures": [a]},
        {"id": "two_makers", "figures": [a, b]},
        {"id": "share", "figures": [a], "over": [a, b, c], "share": True},
        {"id": "change", "figures": [a], "over": [a | {"period": "2023"}]},
        {"id": "lead", "figures": [a], "less": [b]},
        {"id": "rank", "rank": a},
        {"id": "unseen", "needs": label},
    ]
    return StudyConfig.model_validate({
        "study": {
            "title": "docket", "focal": "A", "benchmarks": ["B"], "currency": "coins", "as_of": "2025-12-31", "margin": 0.03,
            "margin_reason": "simulated",
        },
        "tables": {"press": "press.csv", "claims": "claims.csv"},
        "press_columns": {key: key for key in COLUMNS},
        "claim_columns": {"id": "id", "kind": "kind", "statement_en": "statement"},
        "docket": {
            "quantities": [q | {"label": label} for q in quantities], "says": [_said(claim) for claim in made.claims],
        },
    })  # fmt: skip


def _said(claim: SimulatedClaim) -> dict[str, object]:
    ends = {"at_least": claim.lo, "at_most": claim.hi}
    return {"claim": claim.id, "quantity": claim.quantity.replace(" ", "_")} | {
        key: end for key, end in ends.items() if np.isfinite(end)
    }


def claims_of(made: SimulatedDocket) -> Claims:
    """Return the table of claims."""
    rows = [
        Claim(row, c.id, Text(en=c.id, zh=c.id), "", "", c.kind, "", "none", "A", "2025-01-31", "", "")
        for row, c in enumerate(made.claims, start=2)
    ]
    return Claims("claims.csv", tuple(rows))


def run_docket(kind: str, run: int) -> DocketEntry:
    """Simulate, judge, and set each label beside the truth."""
    made = simulate_docket(kind, np.random.default_rng([SEED, 200 + KINDS.index(kind), run]))
    config, press = config_of(made), None
    if made.rows:
        frame = pl.DataFrame(list(made.rows)).with_row_index(ROW, offset=2)
        press, faults = read_press(config, Table("press", "press.csv", frame, ""))
        if press is None:
            raise AssertionError(f"{kind} {run}: {faults[0].line()}")
    inputs = Inputs(config, None, press=press, claims=claims_of(made))
    labels = {v.id: v.label for v in ROOM.run(inputs, {}, np.random.default_rng(0)).claims}
    return DocketEntry(tuple((c.id, c.kind, c.quantity, labels[c.id], c.true) for c in made.claims))


def docket_worlds(pool: ProcessPoolExecutor, runs: int, rate: Rate) -> dict[str, object]:
    """Run every kind of docket, a fifth of `runs` each, 21 claims in each."""
    worlds: dict[str, object] = {}
    for kind in KINDS:
        entries = list(pool.map(partial(run_docket, kind), range(max(runs // 5, 2)), chunksize=5))
        worlds[kind] = docket_summary(kind, entries, rate) | {"entries": [e.record() for e in entries[:KEPT]]}
    return {"seed": SEED, "worlds": worlds}


def docket_summary(kind: str, entries: Sequence[DocketEntry], rate: Rate) -> dict[str, object]:
    """Return labels by whether the claim is true, and how often a label says what is not so."""
    told = [claim for entry in entries for claim in entry.claims]
    facts = [claim for claim in told if claim[1] == "fact"]
    out: dict[str, object] = {"worlds": len(entries), "claims": len(told)}
    if kind in BROKEN:
        out["breaks an assumption"] = BROKEN[kind]
    for name, truth in (("true", True), ("false", False)):
        out[f"labels of what is {name}"] = dict(sorted(Counter(c[3] for c in facts if c[4] == truth).items()))
    out["labels of causes of which it only follows"] = dict(
        sorted(Counter(c[3] for c in told if c[1] == "causal").items())
    )
    out["false, and called supported"] = rate([c[3] == "supported" for c in facts if not c[4]], 0.0, "at most")
    out["true, and called contradicted"] = rate([c[3] == "contradicted" for c in facts if c[4]], 0.0, "at most")
    out["a cause called supported by figures"] = rate(
        [c[3] == "supported" for c in told if c[1] == "causal"], 0.0, "at most"
    )
    out["decided, by quantity"] = {
        quantity: round(float(np.mean([c[3] in ("supported", "contradicted") for c in facts if c[2] == quantity])), 4)
        for quantity in sorted({c[2] for c in facts})
    }
    return out

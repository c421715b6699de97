"""The demand lens in worlds with known answers: coverage, false verdicts, reach, weak instruments."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.data.side import Side
from halfstep.demand.room import ROOM
from halfstep.gap.demand_lens import look
from halfstep.market.hedonic import HedonicSpec, fit_hedonic
from halfstep.market.inputs import Inputs
from halfstep.market.panel import Panel
from halfstep.market.reach import reach_of
from halfstep.worlds.demand import KINDS, SimulatedDemand, simulate

__all__ = ["SEED", "WORLDS", "DemandEntry", "inputs_of", "run_demand"]

SEED = 20250604
MARGIN = 0.03

UNTOLD = ("niche premium, reach not told", "mass brand, reach not told")
BAD = "endogenous price, one bad instrument"
WORLDS = (*KINDS, *UNTOLD, BAD)


@dataclass(frozen=True, slots=True)
class DemandEntry:
    """One simulated study; gaps in thousands, pairs are (product, name).

    Attributes
    ----------
    strong
        Whether the first stage passed the effective-F test.
    contradicted
        Whether Hansen's test barred the verdict.
    alpha
        True and estimated; `naive` with price taken as given.
    alpha_covered, robust_covered
        Whether alpha's t interval, and the Anderson-Rubin set, hold the truth.
    truth, value
        True gaps and estimates; None where only a set is given.
    covered
        Whether interval or set holds the truth; a refusal ("not measurable in money") is the whole line.
    label
        Verdicts.
    false_short
        Whether "short" was said of a gap no larger than the margin.
    """

    strong: bool
    contradicted: bool
    alpha: tuple[float, float]
    naive: float
    alpha_covered: bool
    robust_covered: bool
    truth: tuple[float, float]
    value: tuple[float | None, float | None]
    covered: tuple[bool, bool]
    label: tuple[str, str]
    false_short: tuple[bool, bool]

    def record(self) -> dict[str, object]:
        """Return the entry as plain JSON values, rounded."""
        return {
            key: [round(v, 8) if isinstance(v, float) else v for v in value] if isinstance(value, tuple)
            else round(value, 8) if isinstance(value, float) else value
            for key, value in asdict(self).items()
        }  # fmt: skip


def config_of(attributes: int, shifters: int = 1) -> StudyConfig:
    """Return the settings of a simulated study: nothing unmeasured, cost shifters, shares of all possible buyers."""
    study = {
        "title": "world", "focal": "b00", "benchmarks": ["b01"], "currency": "thousand", "as_of": "2100-01-01",
        "margin": MARGIN, "margin_reason": "world",
    }  # fmt: skip
    return StudyConfig.model_validate(
        {
            "study": study,
            "tables": {"sales": "none"},
            "columns": {
                "period": "t", "place": "c", "brand": "b", "model": "j", "price": "p", "quantity": "s",
                "quantity_kind": "share", "price_basis": "transaction",
            },
            "attributes": [{"id": f"x{k}", "label": f"x{k}", "columns": [f"x{k}"]} for k in range(attributes)],
            "demand": {"cost": [f"w{i}" for i in range(shifters)]},
        }
    )  # fmt: skip


def inputs_of(made: SimulatedDemand, config: StudyConfig, *, told: bool) -> Inputs:
    """Return a simulated market as the inputs that its tables would make."""
    n, places = len(made.p), int(made.place.max()) + 1
    panel = Panel(
        file="world", frequency=1, row=np.arange(1, n + 1), period=made.period,
        market=np.unique(made.period * places + made.place, return_inverse=True)[1].astype(np.int64),
        brand=made.brand, model=made.model, cluster=made.model, p=made.p, q=made.share, X=made.X,
        attributes=tuple(f"x{k}" for k in range(made.X.shape[1])),
        brands=tuple(f"b{b:02d}" for b in range(int(made.brand.max()) + 1)),
        segments={"all": np.ones(n, dtype=bool)}, firm=made.brand, nest=np.zeros(n, dtype=np.int64), cost=made.cost,
        size=np.full(n, np.nan), place=made.place, place_names=tuple(f"c{c}" for c in range(places)),
    )  # fmt: skip
    reach = None
    if told:
        brands = np.unique(made.brand)
        known = [float(made.reach[made.brand == b][0]) for b in brands]
        none = [None] * len(brands)
        frame = pl.DataFrame(
            {
                "row": brands + 2, "brand": [panel.brands[b] for b in brands], "period": none, "place": [""] * len(brands),
                "awareness": known, "consideration": none, "outlets": none, "variants": none, "respondents": none,
            },
            schema_overrides=dict.fromkeys(("consideration", "outlets", "variants", "respondents"), pl.Float64) | {"period": pl.Int64},
        )  # fmt: skip
        reach = reach_of(panel, Side(frame, "reach", 0))
    return Inputs(config, (panel, fit_hedonic(panel, HedonicSpec.of(config))), reach=reach)


def run_demand(kind: str, run: int) -> DemandEntry:
    """Simulate one study of a kind and analyse it, reach told unless the kind says otherwise.

    The bad instrument is a second "cost shifter" that moves with unseen quality as much as with chance.
    """
    rng = np.random.default_rng([SEED, *kind.split(",", maxsplit=1)[0].encode(), run])
    made = simulate(KINDS[kind.split(",", maxsplit=1)[0]], rng)
    if kind == BAD:
        made = replace(made, cost=np.column_stack([made.cost, _bad(made, rng)]))
    config = config_of(made.X.shape[1], made.cost.shape[1])
    inputs = inputs_of(made, config, told=kind not in UNTOLD)
    answer = ROOM.run(inputs, {}, rng)
    lens = look(inputs, {"demand": answer}, rng)
    assert lens is not None
    points = {e.id: e for e in (*answer.estimates, *lens.estimates)}
    alpha, naive = points["demand.alpha.2sls"], points["demand.alpha.ols"]
    assert isinstance(alpha, Point) and isinstance(naive, Point)
    labels = {v.half: v.label for v in lens.verdicts}
    truth, halves = {"product": made.product, "name": made.name}, ("product", "name")
    status = {c.id: str(c.status) for c in answer.checks}
    pieces = [e for i, e in points.items() if i.startswith("demand.alpha.robust.") and isinstance(e, Bound)]
    margin = MARGIN * float(np.mean(made.p[(made.brand == 1) & (made.period == made.period.max())])) + 1e-9
    mine = {half: next(e for i, e in points.items() if i.startswith(f"gap.demand_lens.{half}.")) for half in halves}
    values = {half: e.value if isinstance(e, Point) else None for half, e in mine.items()}
    inside = {half: isinstance(e, Refusal) or e.lo <= truth[half] <= e.hi for half, e in mine.items()}
    false = {half: labels[half] == "short" and truth[half] <= margin for half in halves}
    return DemandEntry(
        strong=status["demand.strength"] == "pass",
        contradicted=status["demand.overidentification"] == "fail",
        alpha=(made.alpha, alpha.value),
        naive=naive.value,
        alpha_covered=bool(alpha.lo <= made.alpha <= alpha.hi),
        robust_covered=any(e.lo <= made.alpha <= e.hi for e in pieces),
        truth=(truth["product"], truth["name"]),
        value=(values["product"], values["name"]),
        covered=(inside["product"], inside["name"]),
        label=(labels["product"], labels["name"]),
        false_short=(false["product"], false["name"]),
    )


def _bad(made: SimulatedDemand, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    """Return a shifter that moves with unseen quality within brand and market."""
    unseen = made.delta + made.alpha * made.p - made.X @ np.array(KINDS["endogenous price"].beta)
    market = made.period * (int(made.place.max()) + 1) + made.place
    cell = np.unique(market * (int(made.brand.max()) + 1) + made.brand, return_inverse=True)[1]
    unseen = unseen - (np.bincount(cell, unseen) / np.bincount(cell))[cell]
    return np.asarray(unseen / unseen.std() + rng.standard_normal(len(unseen)))

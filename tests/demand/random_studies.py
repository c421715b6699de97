"""Small simulated studies of buyers who differ, for the tests of the room."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.answer import Answer
from halfstep.core.config import StudyConfig
from halfstep.core.config_demand import Demand
from halfstep.core.estimate import Point
from halfstep.data.side import Side
from halfstep.demand.random_fit import RandomFit
from halfstep.demand.room import ROOM
from halfstep.gap.demand_lens import DemandLens, look
from halfstep.market.inputs import Inputs
from halfstep.market.micro import micro_of
from halfstep.worlds.random import SimulatedRandom, simulate
from validation.random_lens import answered, config_of, inputs_of, world_of

__all__ = ["Study", "asking", "made", "of", "study", "surveyed"]

Array = npt.NDArray[np.float64]
SEEDS = np.random.default_rng


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A study and what came of it."""

    inputs: Inputs
    answer: Answer
    lens: DemandLens
    found: RandomFit

    @property
    def points(self) -> dict[str, Point]:
        """Estimates by id; those of the gap without what is compared."""
        found = (*self.answer.estimates, *self.lens.estimates)
        return {e.id.removeprefix("gap.demand_lens.").split(".b0")[0]: e for e in found if isinstance(e, Point)}

    @property
    def theta(self) -> dict[str, tuple[float, float]]:
        """Estimates and standard errors of theta by kind and what they are of; spreads without sign."""
        fit, labels = self.found.fit, self.found.cast.labels
        named = zip(labels, fit.theta.tolist(), fit.se.tolist(), strict=False)
        return {f"{kind} {of}": (abs(value) if kind == "sigma" else value, se) for (kind, of, _), value, se in named}


def made(kind: str = "name", seed: int = 4) -> SimulatedRandom:
    """Simulate; every model is on offer everywhere, so that either brand can be the focal one."""
    return simulate(replace(world_of(kind), models=5, focal_models=5, population=160, offered=1.0), SEEDS(seed))


def asking(config: StudyConfig, **changes: object) -> StudyConfig:
    """Return settings with keys of `[demand.random]` changed, and of `[demand]` where their names begin with demand_."""
    assert config.demand is not None and config.demand.random is not None
    within = {key.removeprefix("demand_"): value for key, value in changes.items() if key.startswith("demand_")}
    random = config.demand.random.model_dump() | {k: v for k, v in changes.items() if not k.startswith("demand_")}
    demand = Demand.model_validate(config.demand.model_dump() | within | {"random": random})
    return config.model_copy(update={"demand": demand})


def study(inputs: Inputs, *, whole: bool = False) -> Study:
    """Fit, and look through the lens at the room's answer: the whole of it, or as far as the gap reads it."""
    _, found, (answer, _) = answered(inputs, SEEDS(0))
    assert isinstance(found, RandomFit)
    if whole:
        answer = ROOM.run(inputs, {}, SEEDS(0))
    lens = look(inputs, {"demand": answer}, SEEDS(0))
    assert lens is not None
    return Study(inputs, answer, lens, found)


def of(
    simulated: SimulatedRandom, config: StudyConfig | None = None, *, kind: str = "name", told: bool = False
) -> Inputs:
    """Return the inputs of a simulated study."""
    return inputs_of(simulated, world_of(kind), config or config_of(kind), told=told)


def surveyed(simulated: SimulatedRandom, inputs: Inputs, count: float) -> Inputs:
    """Return the inputs with what a survey would find on average.

    Mean income of those who buy brands 0 and 1, and the part of brand 0's buyers who would take another model of brand 0 or
    one of brand 1 if theirs were not there.
    """
    game = simulated.game
    p = np.zeros((game.base.shape[0], game.base.shape[1]))
    p[simulated.cells] = simulated.p
    P, brand = game.choices(p), np.zeros(p.shape[1], dtype=np.int64)
    brand[simulated.cells[1]] = simulated.brand
    income = simulated.population.y.reshape(len(P), -1)
    rows = []
    for b in (0, 1):
        buys = P[:, brand == b].sum(axis=1)
        rows.append(("mean", "income", f"b0{b}", "", float((buys * income).sum() / buys.sum())))
        took = P[:, brand == 0]
        left = P[:, None, brand == b].sum(axis=2) - (took if b == 0 else 0.0)
        switch = float((took * left / (1 - took)).sum() / took.sum())
        rows.append(("second choice", "", "b00", f"b0{b}", switch))
    statistic, name, group, second, value = zip(*rows, strict=True)
    frame = pl.DataFrame(
        {
            "row": np.arange(len(rows)) + 2, "statistic": statistic, "of": name, "group": group, "second": second,
            "value": value, "count": [count] * len(rows), "period": [None] * len(rows), "place": [""] * len(rows),
        },
        schema_overrides={"period": pl.Int64},
    )  # fmt: skip
    return replace(inputs, micro=micro_of(inputs.panel, Side(frame, "micro", 0)))

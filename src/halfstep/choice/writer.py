"""From fits to the records that leave the room: one origin, tier and level for all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Origin, Point, Refusal, Tier
from halfstep.core.series import Series
from halfstep.logit.money import Money
from halfstep.logit.tasks import Array
from halfstep.market.experiment import Experiment

__all__ = ["ASSUMPTIONS", "NEEDS", "Writer"]

ASSUMPTIONS = ("respondents independent", "logit choices", "as in the market")

NEEDS = {
    "not measurable in money": ("prices further apart in the tasks, or more respondents",),
    "dearer profiles chosen more": ("a look at the price column and its codes",),
    "collinear columns": ("a design in which these vary apart",),
    "choices foretold by a column": ("more respondents, or fewer attributes",),
    "too few respondents": ("more respondents of this segment",),
    "no listed cell": ("respondents who saw names and attributes",),
    "spread not told": ("more tasks a respondent, or fewer spreads",),
}
"""Reason of a refusal -> what would make an answer possible."""


@dataclass(frozen=True, slots=True, eq=False)
class Writer:
    """Writes the room's records about one experiment."""

    config: StudyConfig
    experiment: Experiment

    @property
    def unit(self) -> str:
        """Money unit of the study."""
        return self.config.study.currency.en

    @property
    def level(self) -> float:
        """Coverage of printed intervals."""
        return self.config.gap.level

    @property
    def z(self) -> float:
        """Normal quantile of such an interval's half-width."""
        return float(ndtri(0.5 + self.level / 2))

    def origin(
        self, method: str, experiment: Experiment | None = None, assumptions: tuple[str, ...] = ASSUMPTIONS
    ) -> Origin:
        """Return where a number over the rows of an experiment comes from; its whole file if None."""
        of = self.experiment if experiment is None else experiment
        return Origin(
            room="choice", method=method, table=of.file, rows=of.ranges(), rows_used=len(np.unique(of.row)),
            assumptions=assumptions,
        )  # fmt: skip

    def point(
        self, name: str, what: str, value: tuple[float, float, float], unit: str, by: tuple[int, Origin]
    ) -> Point:
        """Return an estimate with the ends of its interval; `value` is (value, lo, hi), `by` its n and origin."""
        return Point(
            id=name, what=what, value=value[0], lo=value[1], hi=value[2], level=self.level, unit=unit, n=by[0],
            tier=Tier.DESIGNED, origin=by[1],
        )  # fmt: skip

    def counted(self, name: str, what: str, value: float, unit: str, by: tuple[int, Origin]) -> Point:
        """Return a number without sampling error."""
        return Point(
            id=name, what=what, value=value, lo=value, hi=value, level=1.0, unit=unit, n=by[0], tier=Tier.DESIGNED, origin=by[1]
        )  # fmt: skip

    def money(
        self, name: str, what: str, found: Money | None, by: tuple[int, Origin], why: str = "not measurable in money"
    ) -> Point | Refusal:
        """Return a worth in money, or its refusal where the price taste is not told to be above zero."""
        if found is None:
            return self.refusal(name, what, why, by[1])
        return Point(
            id=name, what=what, value=found.value, lo=found.lo, hi=found.hi, level=self.level, unit=self.unit, n=by[0],
            tier=Tier.DESIGNED, origin=by[1], se=found.se, freedom=found.freedom,
        )  # fmt: skip

    def refusal(
        self, name: str, what: str, why: str, origin: Origin, facts: tuple[tuple[str, str | float | int], ...] = ()
    ) -> Refusal:
        """Return a refusal with what would make the answer possible."""
        return Refusal(id=name, what=what, why=why, needs=NEEDS[why], origin=origin, facts=facts)

    def series(
        self,
        name: str,
        what: str,
        unit: str,
        index: tuple[tuple[tuple[str, ...], ...], tuple[str, ...]],
        values: tuple[Array, Array, Array],
        by: tuple[int, Origin],
    ) -> Series:
        """Return labelled estimates; `index` is (labels, dims), `values` are (value, lo, hi), `by` their n and origin."""
        labels, dims = index
        value, lo, hi = values
        n: npt.NDArray[np.int64] = np.full(len(labels), by[0], dtype=np.int64)
        exact = bool(np.array_equal(lo, hi))
        return Series(
            id=name, what=what, unit=unit, tier=Tier.DESIGNED, origin=by[1], dims=dims, index=labels, value=value, lo=lo, hi=hi,
            n=n, level=1.0 if exact else self.level,
        )  # fmt: skip

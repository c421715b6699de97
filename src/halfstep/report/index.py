"""Finds a run's records by id, and remembers which of them the page refers to."""

from __future__ import annotations

from dataclasses import dataclass, field

from halfstep.core.answer import Accord, ClaimVerdict, EventVerdict, ForecastVerdict, Overall, Reading, Verdict
from halfstep.core.check import Check
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Origin, Point, Refusal, Tier
from halfstep.core.series import Series
from halfstep.report.finding import Amount, Form
from halfstep.study import Outcome

__all__ = ["Index", "point_ref"]

MONEY_UNITS = {
    "share": "share",
    "log points": "log points",
    "probability": "probability",
    "rank": "rank",
    "models": "models",
}

GMM, TWO_STAGE = "demand.alpha.gmm", "demand.alpha.2sls"
"""Whose origin the checks of the demand room have."""
PRICED = ("costs", "elastic", "equilibrium")
"""Checks of tastes that differ which speak of the last period's prices."""


def point_ref(series: str, label: tuple[str, ...]) -> str:
    """Return the reference of a point of a series."""
    return "|".join((series, *label))


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """The records of a run by id."""

    outcome: Outcome
    estimates: dict[str, Estimate] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    events: dict[str, EventVerdict] = field(default_factory=dict)
    claims: dict[str, ClaimVerdict] = field(default_factory=dict)
    forecasts: dict[str, ForecastVerdict] = field(default_factory=dict)

    @classmethod
    def of(cls, outcome: Outcome) -> Index:
        """Index the answers of a run."""
        index = cls(outcome)
        for answer in outcome.answers.values():
            index.estimates.update((e.id, e) for e in answer.estimates)
            index.series.update((s.id, s) for s in answer.series)
            index.verdicts.update((v.id, v) for v in answer.verdicts)
            index.events.update((v.id, v) for v in answer.events)
            index.claims.update((v.id, v) for v in answer.claims)
            index.forecasts.update((v.id, v) for v in answer.forecasts)
        return index

    @property
    def config(self) -> StudyConfig:
        """The study's settings."""
        return self.outcome.config

    @property
    def tier(self) -> int:
        """Evidence tier of the study: of its sales table, or of what stands in its place."""
        inputs = self.outcome.inputs
        if inputs.priced is None and inputs.choices is not None:
            return int(Tier.DESIGNED)
        pressed = inputs.priced is None and inputs.press is not None and not inputs.outcomes
        return int(Tier.PRESS) if pressed else self.config.study.tier

    @property
    def overall(self) -> Overall | None:
        """The halves together, from the room that gives them."""
        return next((a.overall for a in self.outcome.answers.values() if a.overall is not None), None)

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Naive readings of all rooms."""
        return tuple(r for a in self.outcome.answers.values() for r in a.readings)

    @property
    def accords(self) -> tuple[Accord, ...]:
        """How the lenses stand to each other, from all rooms."""
        return tuple(x for a in self.outcome.answers.values() for x in a.accords)

    @property
    def checks(self) -> tuple[Check, ...]:
        """Checks of all rooms."""
        return tuple(c for a in self.outcome.answers.values() for c in a.checks)

    @property
    def refusals(self) -> tuple[Refusal, ...]:
        """Refusals of all rooms."""
        return tuple(e for e in self.estimates.values() if isinstance(e, Refusal))

    def point(self, name: str) -> Point | None:
        """Return the point of an id, None where there is none or it was refused."""
        found = self.estimates.get(name)
        return found if isinstance(found, Point) else None

    def figure(self, name: str) -> Point | Bound | None:
        """Return the point or the bound of an id, None where there is none or it was refused."""
        found = self.estimates.get(name)
        return found if isinstance(found, Point | Bound) else None

    def check(self, name: str) -> Check | None:
        """Return the check of an id."""
        return next((c for c in self.checks if c.id == name), None)

    def origin_of_check(self, check: Check) -> Origin | None:
        """Return the origin of the numbers that a check speaks about, None where no record of its room stands for it."""
        room, _, subject = check.id.partition(".")
        named = self.estimates.get(str(dict(check.facts).get("estimate", "")))
        if named is not None:
            return named.origin
        if room == "event":
            asked = next(
                (v for v in self.events.values() if check.id.startswith(f"event.{v.event}.{v.outcome}.")), None
            )
            read = None if asked is None else self.estimates.get(asked.estimate)
            return None if read is None else read.origin
        if room == "choice":
            part = subject.partition(".")[0]
            told = (
                e for stem in (f"choice.{part}.", "choice.") for e in self.starting(stem) if not isinstance(e, Refusal)
            )
            return next((e.origin for e in told), None)
        if room == "demand" and subject.startswith("random."):
            priced = subject.removeprefix("random.") in PRICED
            estimated = self.figure("demand.random.draws.failed" if priced else "demand.random.unminding")
            return None if estimated is None else estimated.origin
        if room == "demand":
            fitted = self.figure(GMM if subject == "overidentification" else TWO_STAGE)
            return None if fitted is None else fitted.origin
        brand = subject.partition(".")[2]
        flows = (
            s
            for s in self.series.values()
            if room == "flow" and s.id.startswith("flow.") and s.id.endswith(f".{brand}")
        )
        return next((s.origin for s in flows), None)

    def bound(self, name: str) -> Bound | None:
        """Return the bound of an id."""
        found = self.estimates.get(name)
        return found if isinstance(found, Bound) else None

    def refusal(self, name: str) -> Refusal | None:
        """Return the refusal of an id."""
        found = self.estimates.get(name)
        return found if isinstance(found, Refusal) else None

    def starting(self, stem: str) -> tuple[Estimate, ...]:
        """Return the estimates whose id starts so, in the order of the rooms."""
        return tuple(e for name, e in self.estimates.items() if name.startswith(stem))

    def unit(self, unit: str) -> str:
        """Return the report's name of a record's unit."""
        money = self.config.study.currency.en
        return "money" if unit in (money, f"{money} per buyer") else MONEY_UNITS.get(unit, unit)

    def amount(self, record: Point | Bound, form: Form = "value", *, named: bool = False) -> Amount:
        """Return a record's number; a bound has no value of its own and prints as an interval."""
        unit = self.unit(record.unit)
        if isinstance(record, Bound):
            return Amount((record.lo + record.hi) / 2, unit, record.lo, record.hi, record.id, "interval", named)
        return Amount(record.value, unit, record.lo, record.hi, record.id, form, named)

    def at(self, series: Series, k: int, form: Form = "value") -> Amount:
        """Return a point of a series."""
        ref = point_ref(series.id, series.index[k])
        return Amount(
            float(series.value[k]), self.unit(series.unit), float(series.lo[k]), float(series.hi[k]), ref, form
        )

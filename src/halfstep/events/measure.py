"""Every estimator through the gate, the one that errs least where nothing happened, and what follows for the verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.counterfactual.estimators import ALONE, BESIDE, FAMILY
from halfstep.counterfactual.gate import Gated, gate
from halfstep.counterfactual.judge import Judgement, judge
from halfstep.events.account import Account
from halfstep.events.series import Ready

__all__ = ["Measured", "measured"]

LABELS = {"no more than": "nothing larger"}
REASONS = {
    "fell": "interval excludes zero",
    "rose": "interval excludes zero",
    "nothing larger": "within the margin",
    "cannot tell": "interval holds zero",
    "disagree": "estimators disagree",
}


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What all estimators say.

    Attributes
    ----------
    gates
        Those that a verdict may be taken from; then those shown beside them.
    judgement
        What they say together.
    label, reason, needs
        As on `EventVerdict`.
    """

    gates: tuple[Gated, ...]
    beside: tuple[Gated, ...]
    judgement: Judgement
    label: str
    reason: str
    needs: tuple[str, ...]

    @property
    def best(self) -> Gated:
        """The one the verdict is taken from."""
        return self.judgement.gated

    @property
    def estimator(self) -> str:
        """Its name."""
        return self.judgement.estimator

    def records(self, account: Account, ready: Ready) -> Iterator[Estimate | Series]:
        """Yield effects, parts, paths, weights and power of the one, and the averages of all."""
        best = self.best
        if not np.isfinite(best.main.critical):
            yield account.refusal("average", "event effect: average", self.reason, self.needs)
            return
        yield from account.parts(best, ready.donors)
        length = ready.question.stop - ready.question.start
        total = account.total("total", ready, best, length)
        yield from () if total is None else (total,)
        others = [g for g in (*self.gates, *self.beside) if g.estimator != best.estimator]
        for gated in (best, *others):
            if np.isfinite(gated.main.critical):
                yield account.effect(f"by.{gated.estimator}", "by estimator", gated.main, ready.donors)
                yield account.chance(gated.estimator, gated.main, ready.donors)
        yield from account.paths(ready, best)
        yield from account.weights(ready, best)
        yield from account.power(best)


def measured(ready: Ready, account: Account) -> Measured:
    """Put the question to every estimator that can answer it."""
    names = FAMILY if ready.donors else {name: FAMILY[name] for name in ALONE}
    gates = tuple(gate(ready.question, estimator, name) for name, estimator in names.items())
    beside = tuple(gate(ready.question, e, name) for name, e in BESIDE.items()) if ready.donors else ()
    margin = account.config.shocks.margin
    if margin is not None and account.relative:
        margin = float(np.log1p(margin))
    judgement = judge(gates, margin)
    label = LABELS.get(judgement.label, judgement.label)
    reason = REASONS[label]
    if not np.isfinite(judgement.effect.critical):
        label, reason = "cannot tell", "too few placebos"
    return Measured(gates, beside, judgement, label, reason, tuple(_needs(ready, label, reason, margin)))


def _needs(ready: Ready, label: str, reason: str, margin: float | None) -> Iterator[str]:
    """Yield what would decide it."""
    if label not in ("cannot tell", "disagree"):
        return
    yield "more untouched entities" if ready.donors else "a control group"
    yield "more periods before"
    if label == "cannot tell" and reason != "too few placebos" and margin is None:
        yield "a margin"

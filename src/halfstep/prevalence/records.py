"""What a reader said of every utterance of a cell, what people said of a few, and the share that follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError

__all__ = ["BYTES", "Array", "Audit", "Mask", "Share", "Tally", "Unsaid", "join"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

BYTES = 255
"""Steps of a score that is kept in a byte."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Scores of all utterances of a cell; tallies of parts add up to that of the whole.

    Attributes
    ----------
    n
        Utterances; those of the audit are among them.
    s1, s2
        Sums of the reader's scores f in [0, 1] and of their squares.
    """

    n: int = 0
    s1: float = 0.0
    s2: float = 0.0

    def __post_init__(self) -> None:
        """Refuse sums that no scores in [0, 1] can have."""
        slack = 1e-6 * (1 + self.n)
        if not (self.n >= 0 and -slack <= self.s2 <= self.s1 + slack and self.s1 <= self.n + slack):
            raise MisuseError(
                f"expected 0 <= s2 <= s1 <= n, got {self.s2}, {self.s1}, {self.n}: scores must lie between 0 and 1"
            )

    def __add__(self, other: Tally) -> Tally:
        """Return the tally of both parts."""
        return Tally(self.n + other.n, self.s1 + other.s1, self.s2 + other.s2)

    @staticmethod
    def of(f: Array) -> Tally:
        """Return the tally of scores, shape (n,)."""
        return Tally(len(f), float(f.sum()), float(f @ f))

    @staticmethod
    def of_bytes(n: int, total: int, squares: int) -> Tally:
        """Return the tally of scores kept as bytes, round(255 f), from the exact sums of these."""
        return Tally(n, total / BYTES, squares / BYTES**2)

    @property
    def mean(self) -> float:
        """Mean score; NaN of an empty cell."""
        return self.s1 / self.n if self.n else float("nan")

    @property
    def variance(self) -> float:
        """Variance of the scores over the cell."""
        return max(self.s2 / self.n - self.mean**2, 0.0) if self.n else float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """Utterances of a cell that were drawn at random and read by people.

    Attributes
    ----------
    f
        The reader's scores, the same that went into the tally; shape (m,).
    y
        1 where people found the class, else 0; fractions where several people differ; shape (m,).
    weight
        One over the probability with which each was drawn; only ratios matter; shape (m,).
    """

    f: Array
    y: Array
    weight: Array

    def __post_init__(self) -> None:
        """Refuse columns of different lengths, values outside [0, 1] and weights that no draw can have."""
        if not self.f.shape == self.y.shape == self.weight.shape or self.f.ndim != 1:
            raise MisuseError(
                f"expected f, y and weight of one length, got {self.f.shape}, {self.y.shape}, {self.weight.shape}"
            )
        for what, values in (("f", self.f), ("y", self.y)):
            if not ((values >= 0) & (values <= 1)).all():
                raise MisuseError(f"expected {what} between 0 and 1, got {values.min()} to {values.max()}")
        if not (np.isfinite(self.weight) & (self.weight > 0)).all():
            raise MisuseError("expected weights above 0: one over the probability with which each row was drawn")

    @property
    def m(self) -> int:
        """Utterances read."""
        return len(self.y)

    @property
    def worth(self) -> float:
        """How many equally likely draws the weights leave (Kish): (sum w)^2 / sum w^2."""
        return float(self.weight.sum() ** 2 / (self.weight**2).sum()) if self.m else 0.0

    def where(self, chosen: Mask) -> Audit:
        """Return the chosen rows."""
        return Audit(self.f[chosen], self.y[chosen], self.weight[chosen])


def join(audits: list[Audit]) -> Audit:
    """Return the rows of all audits in one."""
    columns = ([np.zeros(0), *(getattr(a, name) for a in audits)] for name in ("f", "y", "weight"))
    f, y, weight = (np.concatenate(column) for column in columns)
    return Audit(f, y, weight)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of a class in a cell, with its own error.

    Attributes
    ----------
    value, lo, hi
        Estimate and the ends of its interval, within [0, 1].
    se
        Standard error; 0 where every utterance was read by people.
    n, audited
        Utterances of the cell, and how many of them people read.
    lam
        Weight of the reader: 1 as good as its scores say, 0 no use, below 0 it reads the other way round.
    way
        "ppi", "people alone", "census", "pooled", "adjusted count", "em".
    level
        Coverage of the interval.
    freedom
        Degrees of freedom of the t quantile behind it; infinite where there is none.
    """

    value: float
    lo: float
    hi: float
    se: float
    n: int
    audited: int
    lam: float
    way: str
    level: float
    freedom: float

    def __post_init__(self) -> None:
        """Refuse an interval that does not hold its own value."""
        if not 0 <= self.lo <= self.value <= self.hi <= 1:
            raise MisuseError(f"expected 0 <= lo <= value <= hi <= 1, got {self.lo} {self.value} {self.hi}")


@dataclass(frozen=True, slots=True)
class Unsaid:
    """No share, and what is missing for one.

    Attributes
    ----------
    reason
        "empty", "few audited", "reader blind", "one class", "constancy untested".
    needs
        What would make it possible: "utterances", "audit labels", "audit labels of the class", "another reader".
    facts
        Figures that a sentence quotes; "more" is the number of further hand-read utterances.
    """

    reason: str
    needs: tuple[str, ...]
    facts: tuple[tuple[str, float], ...] = ()

    def fact(self, name: str) -> float:
        """Return one figure."""
        return dict(self.facts)[name]

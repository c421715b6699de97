"""What surveys of buyers found: the observed side of micro moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native.choices import Batch
from halfstep.native.layout import Array, Mask

__all__ = ["Group", "MicroMoment", "MicroSpec", "Survey"]

Kind = Literal["mean", "product", "covariance", "second choice"]


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Products, and perhaps nothing, that a choice may fall on.

    Attributes
    ----------
    rows
        Shape (N,).
    nothing
        Whether buying nothing belongs to it.
    """

    rows: Mask
    nothing: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """Respondents that some moments share.

    Attributes
    ----------
    name
        For messages.
    markets
        Weight of each market's potential buyers among those asked, shape (T,); zero where nobody was.
    """

    name: str
    markets: Array


@dataclass(frozen=True, slots=True, eq=False)
class MicroMoment:
    """One observed mean.

    Attributes
    ----------
    kind
        "mean": y; "product": mean of ``x y``; "covariance": of x and y; "second choice": share of `second` among second
        choices in `among`.
    survey
        Place in `MicroSpec.surveys`.
    group
        First choices that the mean is over.
    value
        Observed.
    observations
        Respondents behind it: those with a first choice in `group` (and a second in `among`). None where `error` is given.
    error
        Its standard error.
    demographic
        Row of the demographics.
    attribute
        x, shape (N,).
    second
        Second choices counted.
    among
        Second choices that were asked about; None for all, nothing included.
    markets
        Markets of the survey that it speaks of, shape (T,); None for all.
    """

    kind: Kind
    survey: int
    group: Group
    value: float
    observations: float | None = None
    error: float | None = None
    demographic: int | None = None
    attribute: Array | None = None
    second: Group | None = None
    among: Group | None = None
    markets: Mask | None = None

    def asked(self, survey: Survey, batch: Batch) -> Array:
        """Return the weights of a batch's buyers among those it speaks of, shape (m, I)."""
        weight = survey.markets if self.markets is None else survey.markets * self.markets
        return np.asarray(weight[batch.market][:, None] * batch.w)


@dataclass(frozen=True, slots=True, eq=False)
class MicroSpec:
    """Surveys and their moments."""

    surveys: tuple[Survey, ...]
    moments: tuple[MicroMoment, ...]

    def __post_init__(self) -> None:
        """Refuse moments that mean nothing."""
        for m, moment in enumerate(self.moments):
            wrong = _wrong(moment, len(self.surveys))
            if wrong:
                raise MisuseError(f"expected {wrong} in micro moment {m}")

    @property
    def observed(self) -> Array:
        """Observed values, shape (M,)."""
        return np.array([moment.value for moment in self.moments])


def _wrong(moment: MicroMoment, surveys: int) -> str | None:
    """Return what was expected of a moment and did not come."""
    second = moment.kind == "second choice"
    known = {
        "mean": (True, False),
        "product": (True, True),
        "covariance": (True, True),
        "second choice": (False, False),
    }
    has = (moment.demographic is not None, moment.attribute is not None)
    if moment.kind not in known or known[moment.kind] != has:
        return "a demographic (mean), an attribute too (product, covariance), neither (second choice)"
    if second != (moment.second is not None) or (moment.among is not None and not second):
        return "a group of second choices for second choices, and for nothing else"
    if moment.group.nothing and moment.kind != "mean":
        return "products alone as the group: nothing has no attributes and no second choice"
    given = [size for size in (moment.observations, moment.error) if size is not None]
    if len(given) != 1 or not given[0] > 0:
        return "either observations or a standard error, above zero"
    if not np.isfinite(moment.value):
        return "a finite value"
    return None if 0 <= moment.survey < surveys else f"one of {surveys} surveys"

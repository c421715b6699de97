"""Rival explanations: what each predicts, which of it can be tested, and what survives.

A rival is contradicted where something it predicts is not so. It survives where nothing it predicts is contradicted:
that is no proof of it. Nothing here says who or what is to blame.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.events.breaks import TREND, GapPath, partial, step

__all__ = ["Evidence", "GapPath", "Move", "Other", "Rival", "Row", "Standing", "judge"]

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SUPPLY = ("deliveries", "registrations", "sales")
"""Outcomes that a backlog can hold down or up."""
PART = 0.5
"""An effect is gone where its interval lies within this part of what it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Another entity of the market that should have moved too.

    Attributes
    ----------
    entity
        Its name in `Evidence.others`.
    direction
        -1 down, 1 up, 0 not at all.
    least
        Smallest move, in the unit of the effects, that the explanation needs.
    """

    entity: str
    direction: int
    least: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """An explanation beside the event, by what it predicts; what it leaves open is None or empty.

    Attributes
    ----------
    begins
        Period in which the change begins, if that is not the event's.
    ends
        First period in which the effect is gone (the announced model can be bought).
    before
        Direction, -1 or 1, in which the gap was already moving before the event and merely went on (a launch burst ends).
    moves
        Others that move as well (new rules, a price war).
    backlog
        What changed is supply: deliveries came from, or waited for, a backlog.
    """

    name: str
    begins: int | None = None
    ends: int | None = None
    before: int | None = None
    moves: tuple[Move, ...] = ()
    backlog: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """Gated effect on another entity over the same window."""

    value: float
    lo: float
    hi: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Evidence:
    """What there is to test with.

    Attributes
    ----------
    outcome
        Kind of what is counted: "orders", "deliveries", ...
    others
        Entity -> its gated effect; None where the gate refused it.
    bound, known
        Whether buyers were waiting at the end of each period, and whether the figures tell; shape (T,); None without a
        flow table.
    ranked
        Whether steps and trends are told by ranks among placebos or not at all: a fitted gap is too smooth before the event
        for its own persistence to stand for what comes after.
    unfitted
        A path whose trend before the event was not fitted away, for the prediction "before"; `path` if None.
    """

    path: GapPath
    outcome: str = "sales"
    others: Mapping[str, Other | None] = field(default_factory=dict)
    bound: Mask | None = None
    known: Mask | None = None
    ranked: bool = False
    unfitted: GapPath | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One prediction of one rival.

    Attributes
    ----------
    prediction
        "begins", "ends", "before", "moves" or "backlog".
    status
        "contradicted", "survives" or "not testable".
    event
        What the same test says of the event alone: "contradicted", "survives", or "silent" where it predicts nothing.
    seen
        Whether what the rival predicts was seen, not only not excluded.
    value, lo, hi, p
        What was tested, its interval, and the p-value against the rival; None where nothing was.
    event_p
        P-value against the event alone.
    entity
        Whose move it is.
    needs
        Keys of the data that would test it, or test it better.
    """

    prediction: str
    status: str
    event: str = "silent"
    seen: bool = False
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    p: float | None = None
    event_p: float | None = None
    entity: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a rival stands.

    Attributes
    ----------
    status
        "contradicted" if any of its predictions is; else "survives".
    tested
        Predictions that could be tested.
    indistinguishable
        It survives, and so does the event on every point that could be tested: this data cannot tell them apart.
    needs
        Keys of what would tell them apart.
    """

    rival: str
    status: str
    tested: int
    indistinguishable: bool
    rows: tuple[Row, ...]
    needs: tuple[str, ...]


def judge(rivals: Sequence[Rival], evidence: Evidence, *, size: float = 0.05) -> tuple[Standing, ...]:
    """Test what each rival predicts, each prediction at `size`."""
    return tuple(_standing(rival, evidence, size) for rival in rivals)


def _standing(rival: Rival, evidence: Evidence, size: float) -> Standing:
    """Collect the rows of one rival."""
    rows: list[Row] = []
    if evidence.ranked and evidence.path.placebos is None:
        asked = {"begins": rival.begins, "ends": rival.ends, "before": rival.before}
        named = [name for name, value in asked.items() if value is not None]
        rows += [Row(prediction=name, status="not testable", needs=("more untouched entities",)) for name in named]
        rival = replace(rival, begins=None, ends=None, before=None)
    if rival.begins is not None:
        rows.append(_begins(rival.begins, evidence.path, size))
    if rival.ends is not None:
        rows.append(_ends(rival.ends, evidence.path, size))
    if rival.before is not None:
        rows.append(_before(rival.before, evidence.unfitted or evidence.path, size))
    rows += [_moves(move, evidence.others) for move in rival.moves]
    if rival.backlog:
        rows.append(_backlog(evidence))
    tested = [row for row in rows if row.status != "not testable"]
    contradicted = any(row.status == "contradicted" for row in tested)
    same = not contradicted and all(row.event != "contradicted" for row in tested)
    needs = dict.fromkeys(key for row in rows for key in row.needs) if same else {}
    if same and not needs:
        needs = {"rivals.predict": None}
    return Standing(
        rival=rival.name, status="contradicted" if contradicted else "survives", tested=len(tested),
        indistinguishable=same, rows=tuple(rows), needs=tuple(needs),
    )  # fmt: skip


def _begins(period: int, path: GapPath, size: float) -> Row:
    """Given a break at the rival's date, is there one at the event's (and the reverse)?

    The encompassing test of two breaks: under either alone the other's coefficient is zero.
    """
    at = int(np.searchsorted(path.periods, period))
    if not 1 < at < len(path.periods):
        return Row(prediction="begins", status="not testable", needs=("rivals.later" if at > 1 else "rivals.earlier",))
    if at == path.start:
        return Row(prediction="begins", status="not testable", event="survives", needs=("rivals.finer",))
    one, own, theirs = np.ones(len(path.periods)), step(path, path.start), step(path, at)
    both = np.column_stack([one, own, theirs])
    event, rival = partial(path, both, 1), partial(path, both, 2)
    down = np.sign(partial(path, both[:, :2], 1).value)
    against = event.p < size and np.sign(event.value) == down
    event_against = rival.p < size and np.sign(rival.value) == down
    needs = () if against or event_against else ("rivals.power",)
    return Row(
        prediction="begins", status="contradicted" if against else "survives",
        event="contradicted" if event_against else "survives", seen=event_against, value=event.value, lo=event.lo,
        hi=event.hi, p=event.p, event_p=rival.p, needs=needs,
    )  # fmt: skip


def _ends(period: int, path: GapPath, size: float) -> Row:
    """Is the effect gone from that period on?"""
    at = int(np.searchsorted(path.periods, period))
    if at >= len(path.periods):
        return Row(prediction="ends", status="not testable", needs=("rivals.later",))
    if at <= path.start:
        return Row(prediction="ends", status="not testable", needs=("rivals.predict",))
    own, after = step(path, path.start), step(path, at)
    columns = np.column_stack([np.ones(len(path.periods)), own - after, after])
    was, left = partial(path, columns, 1), partial(path, columns, 2)
    against = left.p < size and np.sign(left.value) == np.sign(was.value)
    gone = max(abs(left.lo), abs(left.hi)) < PART * abs(was.value)
    return Row(
        prediction="ends", status="contradicted" if against else "survives", seen=gone, value=left.value, lo=left.lo,
        hi=left.hi, p=left.p, needs=() if against or gone else ("rivals.later", "rivals.power"),
    )  # fmt: skip


def _before(direction: int, path: GapPath, size: float) -> Row:
    """Does the trend before the event, carried on, account for what came after it?

    The value is the mean gap after the event less the trend before it, carried on.
    """
    if direction not in (-1, 1):
        raise MisuseError(f"expected a direction of -1 or 1, got {direction}")
    if path.start < TREND:
        return Row(prediction="before", status="not testable", needs=("rivals.earlier",))
    time = np.arange(len(path.periods)) - float(path.start)
    own = step(path, path.start)
    bend = own * (time - time[path.start :].mean())
    columns = [np.ones(len(time)), time, own] + ([bend] if len(time) - path.start > 1 else [])
    design = np.column_stack(columns)
    slope, beyond = partial(path, design, 1), partial(path, design, 2)
    wrong = slope.p < size and np.sign(slope.value) == -direction
    against = wrong or (beyond.p < size and np.sign(beyond.value) == direction)
    moving = slope.p < size and np.sign(slope.value) == direction
    return Row(
        prediction="before", status="contradicted" if against else "survives",
        event="contradicted" if moving and not beyond.p < size else "survives", seen=bool(moving), value=beyond.value,
        lo=beyond.lo, hi=beyond.hi, p=slope.p if wrong else beyond.p, event_p=slope.p,
        needs=() if against or moving else ("rivals.earlier", "rivals.power"),
    )  # fmt: skip


def _moves(move: Move, others: Mapping[str, Other | None]) -> Row:
    """Does the interval of the other's effect leave room for the move?"""
    other = others.get(move.entity)
    if other is None:
        return Row(prediction="moves", status="not testable", entity=move.entity, needs=("rivals.outcome",))
    lo, hi, least = other.lo, other.hi, move.least
    if move.direction == 0:
        against, seen = lo > least or hi < -least, lo >= -least and hi <= least and least > 0
    else:
        near, far = (lo, hi) if move.direction > 0 else (-hi, -lo)
        against, seen = far < least, near > least
    return Row(
        prediction="moves", status="contradicted" if against else "survives", seen=seen, value=other.value, lo=lo, hi=hi,
        entity=move.entity, needs=() if against or seen else ("rivals.power",),
    )  # fmt: skip


def _backlog(evidence: Evidence) -> Row:
    """Was anybody waiting when the outcome changed?"""
    if evidence.outcome == "orders":
        return Row(prediction="backlog", status="contradicted")
    if evidence.outcome not in SUPPLY:
        return Row(prediction="backlog", status="not testable", needs=("rivals.orders",))
    if evidence.bound is None or evidence.known is None:
        return Row(prediction="backlog", status="not testable", needs=("rivals.flow",))
    known, bound = evidence.known[evidence.path.start :], evidence.bound[evidence.path.start :]
    waiting = int((known & bound).sum())
    if not waiting and not known.all():
        return Row(prediction="backlog", status="not testable", needs=("rivals.flow",))
    share = waiting / max(int(known.sum()), 1)
    return Row(
        prediction="backlog", status="survives" if waiting else "contradicted", seen=waiting > 0, value=share,
        needs=("rivals.orders",) if waiting else (),
    )  # fmt: skip

"""Cascades of posts as arrays, what is assumed of them, and the likelihood that follows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.native.cascade import Asked, Rates, Stream
from halfstep.native.door import kernel

__all__ = ["Cascade", "Codes", "Problem", "Spec", "again", "at_decays", "pose"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
DAY = 86_400.0


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """What followed one first post.

    Events may stand in any order and are sorted by time. Those of one moment (one second, where times are whole) are not taken
    to have brought each other. The first post itself is not an event.

    Attributes
    ----------
    time
        Seconds since the first post, 0 to `duration`, shape (n,); n may be 0.
    kind
        0 of the crowd; others as the caller numbers them. Shape (n,).
    duration
        Seconds that it was watched, above 0.
    clock
        Second of the local day at which it started.
    """

    time: Array
    kind: Codes
    duration: float
    clock: float = 0.0

    def __post_init__(self) -> None:
        time = np.asarray(self.time, dtype=np.float64)
        if not (np.isfinite(self.duration) and self.duration > 0.0):
            raise MisuseError(f"a cascade was watched for {self.duration} seconds; expected more than 0: leave it out")
        if time.shape != np.shape(self.kind) or time.ndim != 1:
            raise MisuseError(f"expected one kind for each of the {time.shape} times, got {np.shape(self.kind)}")
        if len(time) and not (time.min() >= 0.0 and time.max() <= self.duration):
            raise MisuseError(
                f"expected times from 0 to the {self.duration} seconds watched, got some of {time.min()} to {time.max()}; "
                "cut the cascade, or watch it longer"
            )


@dataclass(frozen=True, slots=True)
class Spec:
    """What is assumed.

    Attributes
    ----------
    kinds, counted
        Kinds of events, and how many of them, from 0 on, are to be explained; the others only act.
    decays
        Fading rates of memories, per second. The default is five mean memories from a minute, the resolution of most
        exports, to ten hours, each five times the one before: sums of them follow power laws of delays within a few
        percent in between. One exponential fits few real cascades.
    shock
        Whether the first post itself draws posts at a rate that fades (a sum of the same exponentials). Without it everything
        that fades after a first post is put down to posts that bring posts, and to replies.
    own
        Whether each cascade has a shock and steady rate of its own. Else their shape is shared and their size goes with the
        cascade's number of posts. Own ones can take any shape, and take for themselves some of what posts brought: pooled
        branching ratios come out too low (docs/validation/cascades.json has both).
    parts
        Equal parts of the day that multiply everything; 1: no time of day.
    window
        Seconds after a reply in which a factor of its own holds.
    free
        Whether the decays are searched for, from those given.
    level
        Coverage of intervals.
    """

    kinds: int = 1
    counted: int = 1
    decays: tuple[float, ...] = tuple(1.0 / (60.0 * 5.0**m) for m in range(5))
    shock: bool = True
    own: bool = False
    parts: int = 1
    window: float = 3600.0
    free: bool = False
    level: float = 0.95

    def __post_init__(self) -> None:
        if not 1 <= self.counted <= self.kinds:
            raise MisuseError(f"counted is {self.counted}; expected 1 to the {self.kinds} kinds")
        if not self.decays or min(self.decays) <= 0.0 or not np.isfinite(self.decays).all():
            raise MisuseError(f"decays are {self.decays}; expected rates per second above 0, such as 1 / 600")
        if self.parts < 1 or self.window <= 0.0 or not 0.0 < self.level < 1.0:
            raise MisuseError("expected parts of the day from 1, a window above 0 and a level between 0 and 1")


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """Events, segments and their integrals at given decays; P features, F factors.

    Attributes
    ----------
    stream
        With the first post as an event of a last kind where there is a shock.
    spec
        What is assumed.
    decay
        Shape (M,).
    scale
        Weights are posts (a steady rate, over the mean duration) or posts a post; times this they are rates. Shape (C, P).
    own
        Features with weights of each cascade, shape (P,).
    area
        Integrals of the scaled features, shape (Q, P).
    part
        Which factors hold in which segment, shape (Q, F).
    counts
        Counted events in each segment, shape (Q,).
    reference
        Part of the day that has the factor 1 and no column of `part`: that with the most events. -1 without parts.
    """

    stream: Stream
    spec: Spec
    decay: Array
    scale: Array
    own: Flags
    area: Array
    part: Array
    counts: Array
    reference: int = -1

    def sums(self, values: Array) -> Array:
        """Sums of segments' values over each cascade."""
        return np.add.reduceat(values, self.stream.cut_row[:-1], axis=0)

    def cascade_of(self) -> Codes:
        """Cascade of each segment."""
        return np.repeat(np.arange(len(self.stream.until)), np.diff(self.stream.cut_row))


def pose(cascades: tuple[Cascade, ...], spec: Spec, replies: tuple[Array, ...] | None = None) -> Problem:
    """Lay out events and segments.

    Parameters
    ----------
    cascades
        At least one, with at least one counted event among them.
    spec
        What is assumed.
    replies
        Times of each cascade's own replies, where these are to have a factor over `spec.window`.
    """
    if not cascades or not any((np.asarray(c.kind) < spec.counted).any() for c in cascades):
        raise MisuseError("expected cascades with a counted event among them; there is nothing to fit")
    for cascade in cascades:
        if len(cascade.kind) and not (np.min(cascade.kind) >= 0 and np.max(cascade.kind) < spec.kinds):
            raise MisuseError(f"expected kinds from 0 to {spec.kinds - 1}; set Spec.kinds")
    times, kinds, cuts, parts = [], [], [], []
    for at, cascade in enumerate(cascades):
        order = np.argsort(cascade.time, kind="stable")
        first = [0.0] if spec.shock else []
        times.append(np.concatenate([first, np.asarray(cascade.time, dtype=np.float64)[order]]))
        kinds.append(np.concatenate([[spec.kinds] * len(first), np.asarray(cascade.kind)[order]]).astype(np.int64))
        cut, part = segments(cascade, spec, None if replies is None else np.sort(replies[at]))
        cuts.append(cut)
        parts.append(part)
    stream = Stream(
        np.concatenate(times), np.concatenate(kinds), _offsets(times), np.array([float(c.duration) for c in cascades]),
        np.concatenate(cuts), _offsets(cuts), spec.kinds + spec.shock,
    )  # fmt: skip
    part, counts, reference = np.concatenate(parts), _counts(stream, spec), -1
    if spec.parts > 1:
        reference = int(np.argmax(part[:, : spec.parts].T @ counts))
        part = np.delete(part, reference, axis=1)
    return _at_decays((stream, part, counts), spec, np.array(spec.decays), reference)


def again(problem: Problem, cascades: tuple[Cascade, ...]) -> Problem:
    """The same segments and decays with other events."""
    spec, old = problem.spec, problem.stream
    made = pose(cascades, spec)
    stream = replace(made.stream, cut=old.cut, cut_row=old.cut_row)
    return _at_decays((stream, problem.part, _counts(stream, spec)), spec, problem.decay, problem.reference)


def at_decays(problem: Problem, decay: Array) -> Problem:
    """The same problem at other decays."""
    return _at_decays((problem.stream, problem.part, problem.counts), problem.spec, decay, problem.reference)


def _at_decays(laid: tuple[Stream, Array, Array], spec: Spec, decay: Array, reference: int) -> Problem:
    stream, part, counts = laid
    C, P = len(stream.until), 1 + stream.K * len(decay)
    scale = np.tile(np.concatenate([[1.0 / stream.until.mean()], np.tile(decay, stream.K)]), (C, 1))
    rates = Rates(decay, np.zeros((C, spec.counted, P)), np.ones(len(stream.cut)))
    alone = np.ones(P, dtype=np.bool_)
    alone[1 : 1 + spec.kinds * len(decay)] = False
    if not spec.own:
        posts = np.add.reduceat(counts, stream.cut_row[:-1]) + 0.5
        scale[:, alone] *= (posts / posts.mean())[:, None]
    area = kernel().cascade(stream, rates, Asked(likelihood=False, integral=True)).integral
    area *= np.repeat(scale, np.diff(stream.cut_row), axis=0)
    own = alone & spec.own
    return Problem(stream, spec, decay, scale, own, area, part, counts, reference)


def segments(cascade: Cascade, spec: Spec, reply: Array | None) -> tuple[Array, Array]:
    """Starts of a cascade's segments; which factors hold in each: parts of the day, then the time after a reply."""
    T, length = float(cascade.duration), DAY / spec.parts
    cut = [np.zeros(1)]
    if spec.parts > 1:
        first = length - cascade.clock % length
        cut.append(np.arange(first, T, length))
    if reply is not None:
        cut += [reply[reply < T], reply[reply + spec.window < T] + spec.window]
    cuts = np.unique(np.concatenate(cut))
    middle = (cuts + np.append(cuts[1:], T)) / 2
    part = np.zeros((len(cuts), (spec.parts if spec.parts > 1 else 0) + (reply is not None)))
    if spec.parts > 1:
        part[np.arange(len(cuts)), ((middle + cascade.clock) % DAY // length).astype(np.int64) % spec.parts] = 1.0
    if reply is not None:
        last = np.searchsorted(reply, middle, side="right") - 1
        part[:, -1] = (last >= 0) & (middle < np.append(reply, -np.inf)[last] + spec.window)
    return cuts, part


def _counts(stream: Stream, spec: Spec) -> Array:
    out = np.zeros(len(stream.cut))
    for c in range(len(stream.until)):
        rows, cuts = slice(*stream.row[c : c + 2]), slice(*stream.cut_row[c : c + 2])
        mine = stream.time[rows][stream.kind[rows] < spec.counted]
        holds = np.searchsorted(stream.cut[cuts], mine, side="right") - 1
        out[cuts] = np.bincount(holds, minlength=cuts.stop - cuts.start)
    return out


def _offsets(pieces: list[Array]) -> Codes:
    return np.concatenate([[0], np.cumsum([len(p) for p in pieces])]).astype(np.int64)

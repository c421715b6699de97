"""Cascades of posts in which the brand's own replies do what is known: nothing, bring posts, keep posts away, or follow doubt.

A cascade starts with a post at second 0. People come of themselves, at a rate that fades (a mixture of exponentials) over a
constant one, and each post brings `branching` others, after delays that are exponential (mixed) or heavy-tailed. It is drawn as
a family tree (Hawkes and Oakes 1974). Replies are drawn next, then what they do to the crowd.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

__all__ = ["KINDS", "CascadeWorld", "SimulatedCascade", "unfold"]

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]
DAY, HOUR = 86_400.0, 3_600.0


@dataclass(frozen=True, slots=True)
class CascadeWorld:
    """What is true in a world.

    Attributes
    ----------
    shock, fades
        Posts that the first one is expected to draw by itself, and the mean delays (seconds) of its two halves.
    steady
        Posts a day that would come anyway.
    branching, delays
        Posts that a post brings, and the mean delays of their two halves.
    tail
        Exponent of delays with density ``tail / 60 (1 + u / 60)^-(1 + tail)``; 0: the exponential ones.
    hours
        Length.
    replies
        Of the brand, expected.
    timing
        Replies come a while after posts drawn at random ("busy"), at any time ("any"), or after bursts of doubt that nobody
        records ("doubt").
    extra, kept_away
        Posts that a reply brings, within half an hour on average; share of the posts of the hour after it that it prevents.
    night
        Share by which everything is quieter in the 8 hours from midnight.
    bots
        Expected rounds of 15 posts within seconds.
    whole
        Times are cut to whole seconds.
    """

    shock: float = 250.0
    fades: tuple[float, float] = (HOUR, 8 * HOUR)
    steady: float = 20.0
    branching: float = 0.35
    delays: tuple[float, float] = (600.0, 2 * HOUR)
    tail: float = 0.0
    hours: float = 48.0
    replies: float = 8.0
    timing: Literal["busy", "any", "doubt"] = "busy"
    extra: float = 0.0
    kept_away: float = 0.0
    night: float = 0.0
    bots: float = 0.0
    whole: bool = False


KINDS: dict[str, CascadeWorld] = {
    "null": CascadeWorld(),
    "null, no self-excitement": CascadeWorld(branching=0.0, shock=380.0),
    "null, replies at any time": CascadeWorld(timing="any"),
    "replies bring 15 posts": CascadeWorld(extra=15.0),
    "replies bring 5 posts": CascadeWorld(extra=5.0),
    "replies keep half away": CascadeWorld(kept_away=0.5),
    "doubt brings replies": CascadeWorld(timing="doubt"),
    "quiet nights": CascadeWorld(night=0.8),
    "heavy-tailed delays": CascadeWorld(tail=0.4),
    "bots": CascadeWorld(bots=3.0),
    "whole seconds": CascadeWorld(whole=True),
}
"""Named worlds."""


@dataclass(frozen=True, slots=True, eq=False)
class SimulatedCascade:
    """One cascade.

    Attributes
    ----------
    time
        Seconds since the first post (which is not among them), ascending.
    kind
        0 of the crowd, 1 an own reply.
    duration
        Seconds.
    clock
        Second of the day at which it started.
    moved
        Posts that replies brought by themselves (less those they prevented), without what these brought in turn.
    """

    time: Array
    kind: Codes
    duration: float
    clock: float
    moved: int


def unfold(world: CascadeWorld, rng: np.random.Generator) -> SimulatedCascade:
    """Draw a cascade.

    Examples
    --------
    >>> made = unfold(CascadeWorld(extra=15.0), np.random.default_rng(0))
    >>> len(made.time) == len(made.kind), made.moved > 0
    (True, True)
    """
    T, clock = world.hours * HOUR, float(rng.uniform(0.0, DAY))
    first = np.concatenate([
        *(rng.exponential(mean, rng.poisson(world.shock / 2)) for mean in world.fades),
        rng.uniform(0.0, T, rng.poisson(world.steady * T / DAY)),
    ])  # fmt: skip
    for start in rng.uniform(0.0, T, rng.poisson(world.bots)):
        first = np.append(first, start + rng.uniform(0.0, 20.0, 15))
    crowd, parent = _family(world, first, clock, rng)
    many = int(rng.poisson(world.replies))
    if world.timing == "any" or len(crowd) == 0:
        reply = rng.uniform(0.0, T, many)
    else:
        reply = rng.choice(crowd, many) + rng.exponential(1200.0, many)
    reply = np.sort(reply[reply < T])
    moved = 0
    if world.timing == "doubt":
        burst, _ = _family(world, np.repeat(reply, 15) - 600.0 + rng.exponential(1800.0, 15 * len(reply)), clock, rng)
        crowd = np.append(crowd, burst[burst > 0.0])
    elif world.kept_away:
        crowd, moved = _thinned(crowd, parent, reply, world.kept_away, rng)
    elif world.extra:
        brought = np.repeat(reply, rng.poisson(world.extra, len(reply)))
        brought += rng.exponential(1800.0, len(brought))
        moved = int((brought < T).sum())
        crowd = np.append(crowd, _family(world, brought, clock, rng)[0])
    time = np.concatenate([crowd, reply])
    kind = np.repeat(np.array([0, 1]), [len(crowd), len(reply)])
    time = np.floor(time) if world.whole else time
    order = np.argsort(time, kind="stable")
    return SimulatedCascade(time[order], kind[order], T, clock, moved)


def _family(world: CascadeWorld, first: Array, clock: float, rng: np.random.Generator) -> tuple[Array, Codes]:
    """Posts and all that they bring, generation by generation; the place of each one's parent, -1 for none."""
    T = world.hours * HOUR
    posts, parents = np.zeros(0), np.zeros(0, dtype=np.int64)
    now, of = first, np.full(len(first), -1)
    while len(now):
        seen = (now < T) & (rng.uniform(size=len(now)) >= world.night * ((now + clock) % DAY < 8 * HOUR))
        now, of = now[seen], of[seen]
        places = len(posts) + np.arange(len(now))
        posts, parents = np.append(posts, now), np.append(parents, of)
        children = rng.poisson(world.branching, len(now))
        of = np.repeat(places, children)
        now = np.repeat(now, children) + _delays(world, int(children.sum()), rng)
    return posts, parents


def _delays(world: CascadeWorld, many: int, rng: np.random.Generator) -> Array:
    if world.tail:
        return np.asarray(60.0 * (rng.uniform(size=many) ** (-1.0 / world.tail) - 1.0))
    return np.asarray(rng.exponential(1.0, many) * rng.choice(np.array(world.delays), many))


def _thinned(crowd: Array, parent: Codes, reply: Array, share: float, rng: np.random.Generator) -> tuple[Array, int]:
    """The crowd without the posts that were prevented and what they would have brought."""
    last = np.searchsorted(reply, crowd, side="left") - 1
    after = (last >= 0) & (crowd - np.append(reply, 0.0)[last] < HOUR)
    prevented = after & (rng.uniform(size=len(crowd)) < share)
    gone = prevented.copy()
    for i in np.flatnonzero(parent >= 0):  # parents stand before children
        gone[i] |= gone[parent[i]]
    lost = prevented & ~np.where(parent >= 0, gone[parent], False)
    return crowd[~gone], -int(lost.sum())


def longer(world: CascadeWorld, times: float) -> CascadeWorld:
    """The same world with so many times the posts."""
    return replace(world, shock=world.shock * times, steady=world.steady * times)

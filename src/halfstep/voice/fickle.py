"""Whether attention to a founder is more fickle than to the product: half-lives, volatility, flips, content, at matched volume."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.arrivals.bursts import Bursts, BurstSettings
from halfstep.arrivals.halflife import DecaySettings, HalfLife, Unmeasured, half_life
from halfstep.arrivals.matched import Attention, Difference, Matched, compare
from halfstep.arrivals.volatility import Volatility, volatility
from halfstep.core.check import Check, Status
from halfstep.core.config_voice import Name
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.data.voice import Exposure
from halfstep.voice.ledger import observed
from halfstep.voice.tallies import Tallies
from halfstep.voice.writer import Facts, Writer

__all__ = ["fickle", "lives_of"]

Array = npt.NDArray[np.float64]
Record = Point | Bound | Refusal | Check
ASSUMPTIONS = ("names by spelling", "bursts fade alike")
NEEDS = {
    "voice few bursts": ("more bursts of it",),
    "voice no rows": ("more utterances of it",),
    "voice few blocks": ("more days of it",),
}
LABELS = {
    "half_life": {
        "longer": "voice lasts longer",
        "shorter": "voice lasts shorter",
        "cannot tell": "voice lasts cannot tell",
    },
    "volatility": {"more": "voice swings more", "less": "voice swings less", "cannot tell": "voice swings cannot tell"},
}


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """What every comparison needs: the tallies, the length of the list, how things are written, chance."""

    tallies: Tallies
    exposure: Exposure | None
    write: Writer
    rng: np.random.Generator


def lives_of(
    tallies: Tallies, total: Array, flares: Mapping[str, Bursts], level: float, rng: np.random.Generator
) -> dict[str, HalfLife | Unmeasured]:
    """Return the half-life of the attention to every name; `total` is rows in all by day, (T,)."""
    found = {}
    for name, bursts in flares.items():
        count = tallies.daily(name).astype(np.float64)
        found[name] = half_life(count, total, bursts, DecaySettings(level=level), rng)
    return found


def fickle(
    tallies: Tallies,
    exposure: Exposure | None,
    lives: Mapping[str, HalfLife | Unmeasured],
    write: Writer,
    rng: np.random.Generator,
) -> Iterator[Record]:
    """Yield half-life and volatility of every name, and of every founder against each brand or product of the same house."""
    heard = _Heard(tallies, exposure, write, rng)
    total = observed(tallies, exposure)
    for name, lasts in lives.items():
        count = tallies.daily(name).astype(np.float64)
        yield _point(heard, f"half_life.{name}", "voice half-life", "days", lasts)
        if tallies.count(name) >= write.config.voice.least:
            swings = volatility(count, total, rng, total > 0, write.config.voice.level)
            yield _point(heard, f"volatility.{name}", "voice volatility", "ratio", swings)
    names = write.config.voice.names
    for founder in (name for name in names if name.kind == "founder" and name.of):
        for other in (
            name for name in names if name.id == founder.of or (name.kind == "product" and name.of == founder.of)
        ):
            yield from _pair(heard, founder, other)


def _point(heard: _Heard, name: str, what: str, unit: str, found: HalfLife | Volatility | Unmeasured) -> Record:
    """Return a measured figure as a point, as a bound where it is open upwards, or why there is none."""
    write, key = heard.write, f"voice.{name}"
    origin = write.origin("half-life" if unit == "days" else "volatility", ASSUMPTIONS)
    if isinstance(found, Unmeasured):
        facts = (("had", found.had), ("needed", found.needed))
        return write.refusal(key, what, f"voice {found.why}", NEEDS[f"voice {found.why}"], (origin, facts))
    value, n = (found.days, found.bursts) if isinstance(found, HalfLife) else (found.value, found.blocks)
    if not (math.isfinite(found.hi) and math.isfinite(found.lo)):
        return write.bound(key, what, (found.lo, found.hi), unit, (n, origin))
    return write.point(key, what, (value, found.lo, found.hi), unit, (n, origin))


def _pair(heard: _Heard, founder: Name, other: Name) -> Iterator[Record]:
    """Yield the comparison of a founder with a brand or product, on the platform that holds most of both."""
    tallies, voice = heard.tallies, heard.write.config.voice

    def rows(platform: str) -> int:
        return min(int(tallies.daily(name.id, platform=platform).sum()) for name in (founder, other))

    platform = max(tallies.listed, key=rows)
    if rows(platform) < voice.least:
        return
    total = observed(tallies, heard.exposure, platform)
    series = [tallies.daily(name.id, platform=platform).astype(np.float64) for name in (founder, other)]
    settings = BurstSettings(voice.bursts.memory, voice.bursts.false_alarms, voice.bursts.apart, voice.level)
    first, second = (Attention(count, total, total > 0) for count in series)
    found = compare(first, second, heard.rng, settings, DecaySettings(level=voice.level))
    for kind, difference in (("half_life", found.half_life), ("volatility", found.volatility)):
        yield from _difference(heard, kind, (founder.id, other.id), difference, found)


def _difference(
    heard: _Heard, kind: str, pair: tuple[str, str], found: Difference | Unmeasured, of: Matched
) -> Iterator[Record]:
    write, key = heard.write, f"{kind}.{'.'.join(pair)}"
    what, unit = (
        ("voice half-life difference", "days") if kind == "half_life" else ("voice volatility difference", "ratio")
    )
    origin = write.origin("matched", (*ASSUMPTIONS, "matched volume"))
    if isinstance(found, Unmeasured):
        lacking: Facts = (("founder", pair[0]), ("product", pair[1]), ("had", found.had), ("needed", found.needed))
        yield write.refusal(
            f"voice.difference.{key}", what, f"voice {found.why}", NEEDS[f"voice {found.why}"], (origin, lacking)
        )
        return
    ends = (found.value, found.lo, found.hi)
    n = round(sum(of.bursts))
    if math.isfinite(found.lo) and math.isfinite(found.hi):
        yield write.point(f"voice.difference.{key}", what, ends, unit, (n, origin))
    else:
        yield write.bound(f"voice.difference.{key}", what, (found.lo, found.hi), unit, (n, origin))
    facts = (
        ("founder", pair[0]),
        ("product", pair[1]),
        ("of_founder", found.first),
        ("of_product", found.second),
        ("kept", of.kept),
    )
    status = Status.REVIEW if found.label == "cannot tell" else Status.PASS
    yield write.check(key, status, LABELS[kind][found.label], facts)

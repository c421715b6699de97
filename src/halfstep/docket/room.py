"""The docket: claims held against what the run found, and forecasts against what came. Text alone supports nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from halfstep.core.answer import Answer, ClaimVerdict
from halfstep.core.check import Check
from halfstep.core.config_docket import Docket, Forecast, Says
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.data.claims import Claim
from halfstep.docket.account import nests, strength, tally
from halfstep.docket.bases import other_bases
from halfstep.docket.contradictions import Needed, against, clashes, told
from halfstep.docket.forecasts import Fate, fates, made_by
from halfstep.docket.judge import judged, parts_of
from halfstep.docket.look import Look
from halfstep.docket.looks import looks_of
from halfstep.docket.names import unknown_names
from halfstep.docket.region import Region
from halfstep.docket.scores import scored
from halfstep.market.inputs import Inputs, Room

__all__ = ["ROOM"]


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    docket, config = inputs.config.docket, inputs.config
    claims = {claim.id: claim for claim in (inputs.claims.claims if inputs.claims is not None else ())}
    made = made_by(docket.forecasts, config.study.as_of)
    if not claims and not made:
        return Answer(room="docket", dark="claims")
    looks = looks_of(inputs, upstream, _unasked(docket, made))
    found = list(fates(made, looks, upstream.get("ramp"), config.study.as_of))
    needed = list(_needed(claims, docket.says, found))
    clashing = list(clashes(needed))
    verdicts = tuple(_verdicts(claims, docket.says, looks, found, against(clashing)))
    written: list[Estimate | Series | Check] = [
        look.record for some in looks.values() for look in some if look.record is not None
    ]
    written += scored(found, inputs.press.file if inputs.press is not None else "")
    written += (*tally(verdicts), *told(clashing, needed), *nests(looks), *strength(claims, docket.says, looks))
    written += (*other_bases(claims, docket.says, looks, found), *unknown_names(config, inputs.press, looks))
    return Answer(
        room="docket",
        estimates=tuple(one for one in written if not isinstance(one, Series | Check)),
        series=tuple(one for one in written if isinstance(one, Series)),
        checks=tuple(one for one in written if isinstance(one, Check)),
        claims=verdicts,
        forecasts=tuple(fate.verdict for fate in found),
    )


ROOM = Room("docket", (), _run)


def _unasked(docket: Docket, made: Sequence[Forecast]) -> frozenset[str]:
    """Return the quantities that only forecasts made later ask for: they too would tell of those."""
    asked = {one.quantity for one in docket.says} | {one.quantity for one in made}
    return frozenset(one.quantity for one in docket.forecasts if one.quantity is not None) - asked


def _needed(claims: Mapping[str, Claim], said: Sequence[Says], found: Sequence[Fate]) -> Iterator[Needed]:
    """Yield where each quantity must lie if a claim is true; a forecast that gave a probability needs nothing."""
    for one in said:
        if one.claim in claims:
            yield Needed(one.claim, one.quantity, Region.of(one))
    for fate in found:
        asserted = fate.verdict.form == "unscored" and not fate.region.everything
        if asserted and fate.forecast.quantity is not None and fate.forecast.claim in claims:
            yield Needed(str(fate.forecast.claim), fate.forecast.quantity, fate.region)


def _verdicts(
    claims: Mapping[str, Claim],
    said: Sequence[Says],
    looks: Mapping[str, tuple[Look, ...]],
    found: Sequence[Fate],
    excluded: Mapping[str, tuple[str, ...]],
) -> Iterator[ClaimVerdict]:
    """Yield a verdict for each claim, in the order of the file."""
    of: dict[str, list[Says]] = {}
    foretold: dict[str, list[Fate]] = {}
    for one in said:
        of.setdefault(one.claim, []).append(one)
    for fate in found:
        foretold.setdefault(fate.forecast.claim or "", []).append(fate)
    for name, claim in claims.items():
        parts = list(parts_of(claim, of.get(name, ()), looks, foretold.get(name, ())))
        yield judged(claim, parts, excluded.get(name, ()))

"""The ramp room: from orders to break-even, asked on one day or several, each with what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from halfstep.core.answer import Answer
from halfstep.core.check import Check
from halfstep.core.estimate import Point, Refusal
from halfstep.core.series import Series
from halfstep.market.inputs import Inputs, Room
from halfstep.ramp.asks import by_day
from halfstep.ramp.backtests import backtests
from halfstep.ramp.day import Day, Record
from halfstep.ramp.known import known_on, maker_of

__all__ = ["ROOM"]


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    if inputs.ramp is None:
        return Answer(room="ramp", dark="ramp")
    found = list(_found(inputs))
    if not found:
        return Answer(room="ramp", dark="ramp")
    return Answer(
        room="ramp",
        estimates=tuple(r for r in found if isinstance(r, Point | Refusal)),
        series=tuple(r for r in found if isinstance(r, Series)),
        checks=tuple(r for r in found if isinstance(r, Check)),
    )


ROOM = Room("ramp", (), _run)


def _found(inputs: Inputs) -> Iterator[Record]:
    config = inputs.config
    printed = () if inputs.press is None else inputs.press.figures
    books = any(f.metric == config.ramp.result and f.entity == maker_of(config) for f in printed)
    for day, questions in by_day(config, books=books):
        known = known_on(inputs, day)
        if known is not None:
            yield from Day(inputs, known, questions).records()
    known = known_on(inputs, config.study.as_of, whole=True)
    if known is not None:
        yield from backtests(known, config, np.random.default_rng([config.study.seed, *b"backtests"]))

"""The voice room: who is spoken of, about what, for or against; what flares up; what replies bring. Every share with its own error."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from halfstep.core.answer import Answer
from halfstep.core.check import Check
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.market.inputs import Inputs, Room
from halfstep.voice.disputes import disputes
from halfstep.voice.writer import Writer

__all__ = ["ROOM"]


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    if inputs.utterances is None and inputs.controversies is None:
        return Answer(room="voice", dark="utterances")
    found: list[Estimate | Series | Check] = []
    if inputs.utterances is not None:
        from halfstep.voice.hearing import Hearing  # reads Arrow, whose import other studies need not pay for

        found += Hearing(inputs, inputs.utterances, rng).records()
    if inputs.controversies is not None:
        write = Writer(inputs.config, inputs.controversies.file, "", 0)
        found += disputes(inputs.controversies, write, rng)
    return Answer(
        room="voice",
        estimates=tuple(r for r in found if not isinstance(r, Series | Check)),
        series=tuple(r for r in found if isinstance(r, Series)),
        checks=tuple(r for r in found if isinstance(r, Check)),
    )


ROOM = Room("voice", (), _run)

"""The press room: what printed figures say together. Bounds and refusals; tier 0 gives no verdict on a half."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from halfstep.core.answer import Answer
from halfstep.core.check import Check
from halfstep.core.estimate import Estimate
from halfstep.market.inputs import Inputs, Room
from halfstep.press.change import changes
from halfstep.press.coherence import held_together
from halfstep.press.margin import gross_profits
from halfstep.press.progress import progress
from halfstep.press.sources import ranks, sources_apart
from halfstep.press.statements import statements
from halfstep.press.writer import Writer

__all__ = ["ROOM"]


def _run(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> Answer:
    found = list(_found(inputs))
    return Answer(
        room="press",
        estimates=tuple(r for r in found if not isinstance(r, Check)),
        checks=tuple(r for r in found if isinstance(r, Check)),
    )


ROOM = Room("press", ("press",), _run)


def _found(inputs: Inputs) -> Iterator[Estimate | Check]:
    press, settings = inputs.press, inputs.config.press
    if press is None:
        return
    write, figures = Writer(inputs.config, press.file), press.figures
    yield from progress(write, figures)
    yield from gross_profits(write, figures)
    for number, said in enumerate(statements(figures, settings.market, settings.within), start=1):
        yield from held_together(write, said, number)
    yield from ranks(write, figures)
    yield from sources_apart(write, figures)
    yield from changes(write, figures)
    if inputs.priced is None:
        yield from _halves(inputs, write)


def _halves(inputs: Inputs, write: Writer) -> Iterator[Estimate]:
    """Yield why neither half has a verdict where there are printed figures alone."""
    press = inputs.press
    assert press is not None
    origin = write.origin("press.halves", press.figures)
    table = ("a table of models with price, units and attributes",)
    yield write.refusal(
        "gap.price_lens.product", "product half of the price gap", "press figures only", table, (origin, ())
    )
    name = (*table, "a reach table or a choice experiment")
    yield write.refusal("gap.price_lens.name", "name half of the price gap", "press figures only", name, (origin, ()))

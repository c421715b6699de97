"""From a quantity of the study to everything that shows it."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from halfstep.core.answer import Answer
from halfstep.core.config_docket import Quantity
from halfstep.docket.figures import looks_at_figures, looks_at_ranks
from halfstep.docket.look import Look
from halfstep.docket.reasons import OWN_NEEDS
from halfstep.docket.run import Found
from halfstep.docket.selection import Shelf
from halfstep.market.inputs import Inputs

__all__ = ["looks_of"]


def looks_of(
    inputs: Inputs, upstream: Mapping[str, Answer], unasked: Collection[str] = ()
) -> dict[str, tuple[Look, ...]]:
    """Return, for each quantity, a look for each source, estimate or verdict that shows it; never an average of them.

    Parameters
    ----------
    unasked
        Ids of quantities that are not looked at.
    """
    shelf, found = Shelf.of(inputs.config, inputs.press), Found.of(upstream)
    asked = (quantity for quantity in inputs.config.docket.quantities if quantity.id not in unasked)
    return {quantity.id: tuple(_looks(shelf, found, quantity)) for quantity in asked}


def _looks(shelf: Shelf, found: Found, quantity: Quantity) -> list[Look]:
    if quantity.figures:
        return list(looks_at_figures(shelf, quantity))
    if quantity.rank is not None:
        return list(looks_at_ranks(shelf, quantity))
    if quantity.estimate is not None:
        return list(found.estimates(quantity.estimate))
    if quantity.verdict is not None:
        return list(found.labels(quantity.verdict))
    own = (OWN_NEEDS + quantity.id,) if quantity.needs is not None else ()
    return [Look(by="", reason="no look", needs=own)]

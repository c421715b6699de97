"""What every room is handed, and the one interface every room has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from halfstep.core.answer import Answer
from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError
from halfstep.data.choices import Beliefs, Choices
from halfstep.data.claims import Claims
from halfstep.data.months import Months
from halfstep.data.outcomes import Outcomes
from halfstep.data.press import Press
from halfstep.data.study import Loaded
from halfstep.data.voice import Controversies, Exposure, Labels
from halfstep.market.buyers import Buyers, buyers_of
from halfstep.market.experiment import Experiment, Offers, experiment_of, offers_of
from halfstep.market.flow import WEEKS, Flow, binding, flow_of, waiting
from halfstep.market.hedonic import HedonicFit, HedonicSpec, fit_hedonic
from halfstep.market.micro import Micro, micro_of
from halfstep.market.panel import Panel, build_panel
from halfstep.market.reach import Reach, reach_of
from halfstep.market.switches import Counted, count_otherwise
from halfstep.market.switching import Switching, switching_of

if TYPE_CHECKING:
    from halfstep.data.utterances import Utterances
    from halfstep.text.heads import Heads

__all__ = ["Inputs", "Room", "prepare", "supply_bound"]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """The study's settings and its market, coded and priced once for all rooms.

    Attributes
    ----------
    config
        Settings.
    priced
        Sales rows in scope, and the hedonic of the study's own specification; None without a sales table.
    reach
        Reach of each row of `panel`; None without a reach table.
    flow
        Orders, backlog, deliveries; None without a flow table.
    switching
        Second choices; None without such a table.
    buyers
        Draws of possible buyers of each market of `panel`; None without a buyers table.
    micro
        Figures from surveys of buyers; None without a micro table.
    press
        Printed figures; None without a press table.
    counted
        The last period's rows counted in other ways; None without bands.
    outcomes
        Outcomes in which events may show.
    choices, experiment
        A choice experiment as read, and coded; None without one.
    offers
        Real products in the experiment's columns; None without a line-up.
    beliefs
        What its respondents believe; None without such a table.
    utterances, labels, exposure, controversies
        What people say, hand labels, rows in all, the ledger of controversies; None without such a table.
    heads
        The taught model that reads them; None where the study names none.
    claims
        What a source says; None without such a table.
    ramp, ramps
        Months of the maker in question and of others; None without such a table.
    """

    config: StudyConfig
    priced: tuple[Panel, HedonicFit] | None
    reach: Reach | None = None
    flow: Flow | None = None
    switching: Switching | None = None
    press: Press | None = None
    counted: Counted | None = None
    buyers: Buyers | None = None
    micro: Micro | None = None
    outcomes: tuple[Outcomes, ...] = ()
    choices: Choices | None = None
    experiment: Experiment | None = None
    offers: Offers | None = None
    beliefs: Beliefs | None = None
    utterances: Utterances | None = None
    labels: Labels | None = None
    exposure: Exposure | None = None
    controversies: Controversies | None = None
    heads: Heads | None = None
    claims: Claims | None = None
    ramp: Months | None = None
    ramps: Months | None = None

    @property
    def panel(self) -> Panel:
        """Sales rows in scope; a room that reads it needs "sales"."""
        return self._priced()[0]

    @property
    def fit(self) -> HedonicFit:
        """The hedonic of the study's own specification; a room that reads it needs "sales"."""
        return self._priced()[1]

    def _priced(self) -> tuple[Panel, HedonicFit]:
        if self.priced is None:
            raise MisuseError("expected a study with a sales table; this one has none: the room must need 'sales'")
        return self.priced


@dataclass(frozen=True, slots=True)
class Room:
    """A room: its name, the tables it cannot do without, and what it does.

    Attributes
    ----------
    run
        ``run(inputs, upstream, rng) -> Answer``; `upstream` holds the answers of the rooms before it.
    """

    name: str
    needs: tuple[str, ...]
    run: Callable[[Inputs, Mapping[str, Answer], np.random.Generator], Answer]


def prepare(loaded: Loaded) -> Inputs:
    """Code the panel and the experiment, fit the study's hedonic, and set the optional tables beside them.

    A table of which the as-of date leaves no row is as good as none.
    """
    inputs = replace(
        _market(loaded), utterances=loaded.utterances, labels=loaded.labels, exposure=loaded.exposure, controversies=loaded.controversies,
        heads=loaded.heads, claims=loaded.claims, ramp=loaded.ramp, ramps=loaded.ramps,
    )  # fmt: skip
    if loaded.choices is None:
        return inputs
    experiment = experiment_of(loaded.choices, loaded.config)
    return replace(
        inputs,
        choices=loaded.choices,
        experiment=experiment,
        offers=None if loaded.lineup is None else offers_of(loaded.lineup, experiment),
        beliefs=loaded.beliefs,
    )


def _market(loaded: Loaded) -> Inputs:
    outcomes = tuple(found for found in loaded.outcomes if found.periods)
    if loaded.sold is None:
        known = loaded.flow if loaded.flow is not None and loaded.flow.frame.height else None
        flow = None if known is None else flow_of(known, known.frequency)
        return Inputs(loaded.config, None, flow=flow, press=loaded.press, outcomes=outcomes)
    panel = build_panel(loaded.sold, loaded.config)
    reach, accounts, second, buyers, micro = (
        side if side is not None and side.frame.height else None
        for side in (loaded.reach, loaded.flow, loaded.second_choices, loaded.buyers, loaded.micro)
    )
    return Inputs(
        config=loaded.config,
        priced=(panel, fit_hedonic(panel, HedonicSpec.of(loaded.config))),
        reach=None if reach is None else reach_of(panel, reach),
        flow=None if accounts is None else flow_of(accounts, panel.frequency),
        switching=None if second is None else switching_of(second),
        press=loaded.press,
        counted=count_otherwise(loaded.sold, loaded.config),
        buyers=None if buyers is None else buyers_of(panel, buyers),
        micro=None if micro is None else micro_of(panel, micro),
        outcomes=outcomes,
    )


def supply_bound(inputs: Inputs) -> npt.NDArray[np.bool_]:
    """Return the panel's rows in periods in which some brand's outcome measures supply; shape (n,).

    A brand that cannot deliver sends buyers to its rivals, so that no share of that market is demand. A backlog that is
    delivered within one period leaves deliveries near that period's orders and does not count. Orders are never bound;
    without a flow table nothing is known to be.
    """
    panel, flow = inputs.panel, inputs.flow
    if flow is None or inputs.config.columns.outcome == "orders":
        return np.zeros(panel.n, dtype=bool)
    sold = [brand in panel.brands for brand in flow.brands]
    long = ~(waiting(flow) <= WEEKS / flow.frequency)
    bound = (binding(flow).bound & long)[sold].any(axis=0)
    return np.isin(panel.period, np.array(flow.periods)[bound])

"""A look without a model: where the two brands' buyers would have gone instead."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.estimate import Estimate, Origin, Point, Refusal, row_ranges
from halfstep.market.inputs import Inputs
from halfstep.market.records import Author
from halfstep.market.switching import Diversion, diversion

__all__ = ["second_choices"]


def second_choices(write: Author, inputs: Inputs) -> Iterator[Estimate]:
    """Yield, for the focal brand and each benchmark both ways, the share of buyers whose second choice is the other.

    Beside it stands the share under which buyers turn to the others in proportion to what these sell, as the plain logit
    has it: a share far above it says that the two compete for the same buyers.
    """
    switching, study = inputs.switching, inputs.config.study
    if switching is None:
        return
    origin = Origin(
        room="gap", method="gap.second_choice", table=switching.file, rows=row_ranges(switching.row),
        rows_used=len(switching.row), assumptions=("answers independent",),
    )  # fmt: skip
    for benchmark in study.benchmarks:
        for bought, second in ((study.focal, benchmark), (benchmark, study.focal)):
            name = f"second_choice.{bought}.{second}"
            found = _diversion(inputs, bought, second)
            if found is None:
                yield Refusal(
                    id=name, what="second choice", why="no second choices", needs=("second choices of its buyers",),
                    origin=origin, facts=(("bought", bought), ("second", second)),
                )  # fmt: skip
                continue
            yield Point(
                id=name, what="second choice", value=found.value, lo=found.lo, hi=found.hi, level=inputs.config.gap.level,
                unit="share", n=int(found.n), tier=write.tier, origin=origin,
            )  # fmt: skip
            yield write.counted(
                f"{name}.proportional", "second choice in proportion to sales", found.proportional, "share",
                write.origin("gap.proportional", inputs.panel.period > inputs.panel.periods[-1] - inputs.panel.frequency),
            )  # fmt: skip


def _diversion(inputs: Inputs, bought: str, second: str) -> Diversion | None:
    panel = inputs.panel
    last = panel.period > panel.periods[-1] - panel.frequency
    on_sale = {panel.brands[b] for b in set(panel.brand[last & (panel.q > 0)].tolist())}
    if inputs.switching is None or not {bought, second} <= on_sale:
        return None
    return diversion(inputs.switching, panel, bought, second, inputs.config.gap.level)

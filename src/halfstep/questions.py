"""Which questions a loaded study can answer, before it is run; what the others need, and the cheapest way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.core.config import StudyConfig
from halfstep.data.study import Loaded
from halfstep.gap.offerings import Comparison, Missing, asked_comparisons
from halfstep.market.inputs import Inputs, prepare, supply_bound
from halfstep.questions_beside import Need, Question, Study, beside, printed, question

__all__ = ["Need", "Question", "Study", "questions"]

FEW = 5
"""Models of a brand behind a comparison below which its name half is likely to stay undecided."""


def questions(loaded: Loaded) -> tuple[Question, ...]:
    """Return every question that a study may be asked today.

    It is decided by what the tables hold. Whether instruments are strong and intervals narrow only a run can tell.
    """
    told, others = printed(loaded), beside(loaded)
    if loaded.sold is None:
        return (told, *others, *_without_sales(loaded))
    inputs = prepare(loaded)
    known = _Known.of(inputs)
    found = (
        _position(inputs), _gap(known), _verdict(inputs, known), _tastes(inputs), _reach(inputs), _lenses(inputs, known),
        _supply(inputs), *_of_buyers(inputs), _unseen(inputs.config, known), *(_after_gap(name, known) for name in ("decide", "moves", "naive")),
    )  # fmt: skip
    return (*found, told, *others)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What the gap of this study is known to be made of."""

    inputs: Inputs
    comparisons: tuple[Comparison | Missing, ...]
    fixed: tuple[str, ...]

    @classmethod
    def of(cls, inputs: Inputs) -> _Known:
        fit = inputs.fit
        asked = [c for c in asked_comparisons(fit.panel, inputs.config, fit.spec) if c.pair.segment == "all"]
        return cls(inputs, tuple(asked), fit.unidentified())

    @property
    def made(self) -> tuple[Comparison, ...]:
        """Comparisons that can be made."""
        return tuple(c for c in self.comparisons if isinstance(c, Comparison))

    def needs(self) -> Iterator[Need]:
        """Yield what the gap lacks."""
        if self.fixed:
            yield Need("attributes that vary", (("columns", ", ".join(self.fixed)),), fatal=True)
        least = self.inputs.config.scope.pooling.min_models
        for c in self.comparisons:
            if isinstance(c, Missing):
                pair = (("focal", c.pair.focal), ("benchmark", c.pair.benchmark))
                if c.why == "too few models":
                    numbers = (("has", c.models[0]), ("of", c.models[1]), ("least", least))
                    yield Need("models to compare", (*pair, *numbers), fatal=not self.made)
                else:
                    yield Need(c.why, pair, fatal=not self.made)


def _without_sales(loaded: Loaded) -> Iterator[Question]:
    """Yield the questions about models, none of which printed figures answer."""
    study, least = loaded.config.study, loaded.config.scope.pooling.min_models
    pair = (("focal", study.focal), ("benchmark", study.benchmarks[0]), ("least", least))
    table = Need("sales table", pair, fatal=True)
    shares = loaded.press is not None and any(
        f.metric == "share" and f.entity == study.focal for f in loaded.press.figures
    )
    position = Need("sales table for position", fatal=not shares)
    yield question("position", [position], Study("public sales", 1, pair))
    for name in ("gap", "verdict", "tastes", "lenses", "unseen", "decide", "moves", "naive"):
        yield question(name, [table], Study("public table of models", 1, pair))
    yield question("reach", [table, Need("reach table", (("brands", 2),), True)], Study("models and outlets", 1, pair))
    yield question("supply", [table, Need("flow table", pair[:1], True)], Study("models and orders", 1, pair))
    for name in ("equilibrium", "recognition"):
        yield question(name, [table, Need("random tastes", fatal=True)], Study("public table of models", 1, pair))


def _position(inputs: Inputs) -> Question:
    config = inputs.config
    needs = [Need("bands")] if config.bands is None else []
    if len(inputs.panel.periods) == 1:
        needs.append(Need("a second period"))
    if config.columns.price_basis == "list" and not config.columns.other_prices:
        needs.append(Need("paid prices"))
    return question("position", needs)


def _gap(known: _Known) -> Question:
    config = known.inputs.config
    needs = list(known.needs())
    if config.columns.price_basis == "list":
        needs.append(Need("paid prices"))
    return question("gap", needs, _more_models(known))


def _more_models(known: _Known) -> Study:
    """Return what would make the gap possible where it is not."""
    config = known.inputs.config
    pair = (("focal", config.study.focal), ("benchmark", config.study.benchmarks[0]))
    if known.fixed:
        return Study("attributes measured", 1, (("columns", ", ".join(known.fixed)),))
    return Study("rows of more models", 1, (*pair, ("least", config.scope.pooling.min_models)))


def _verdict(inputs: Inputs, known: _Known) -> Question:
    needs = list(known.needs())
    of_brand = {b: m for c in known.made for b, m in zip((c.pair.focal, c.pair.benchmark), c.models, strict=True)}
    needs += [Need("few models", (("brand", b), ("models", m))) for b, m in of_brand.items() if m < FEW]
    needs += _declared(inputs.config)
    if inputs.config.columns.price_basis == "list":
        needs.append(Need("paid prices"))
    return question("verdict", needs, _more_models(known))


def _declared(config: StudyConfig) -> list[Need]:
    """Return what is missing of the declaration of unseen quality."""
    study = config.study
    if not study.unmeasured:
        return [Need("unmeasured")]
    open_ended = study.unseen_quality_max is None and any(entry.max is None for entry in study.unmeasured)
    return [Need("bound on unseen quality")] if open_ended else []


def _tastes(inputs: Inputs) -> Question:
    needs, cheapest = _shares(inputs)
    if not _sized(inputs):
        needs.append(Need("market size"))
    return question("tastes", needs, cheapest or Study("demand section", None))


def _shares(inputs: Inputs) -> tuple[list[Need], Study | None]:
    """Return what stands between shares and tastes, and the cheapest way to the data that lack, if any do."""
    config = inputs.config
    needs: list[Need] = []
    if config.demand is None:
        needs.append(Need("demand section", fatal=True))
    elif not config.demand.instruments and not config.demand.cost:
        needs.append(Need("instruments", fatal=True))
    if config.columns.outcome == "deliveries" and inputs.flow is None:
        needs.append(Need("flow table", (("focal", config.study.focal),), fatal=True))
        return needs, Study("printed orders", 0, (("focal", config.study.focal),))
    if supply_bound(inputs).all():
        needs.append(Need("orders", fatal=True))
        return needs, Study("company orders", 2)
    return needs, None


def _sized(inputs: Inputs) -> bool:
    """Whether shares of all possible buyers are known."""
    return inputs.config.columns.quantity_kind == "share" or bool(np.isfinite(inputs.panel.size).all())


def _of_buyers(inputs: Inputs) -> Iterator[Question]:
    """Yield what rests on tastes that differ between buyers: prices without the name, and who recognises it."""
    random = inputs.config.demand.random if inputs.config.demand else None
    needs, data = _shares(inputs)
    section = Study("demand section" if needs else "random tastes", None)
    if random is None:
        needs.append(Need("random tastes", fatal=True))
    elif inputs.config.demand and not {"local", "quadratic"} & set(inputs.config.demand.instruments):
        needs.append(Need("rival instruments"))
    if not _sized(inputs):
        needs.append(Need("market size for random tastes", fatal=True))
        data = data or Study("possible buyers", 1)
    reach = [] if inputs.reach is not None else [Need("reach table", (("brands", len(inputs.panel.brands)),))]
    yield question("equilibrium", [*needs, *reach], data or section)
    if inputs.buyers is None:
        needs.append(Need("buyers table", fatal=True))
        data = data or Study("census", 1)
    if random is not None and random.income is None and not any(t.of == "price" and t.by for t in random.tastes):
        needs.append(Need("price by buyers", fatal=True))
        section = Study("price by buyers", None)
    if inputs.micro is None:
        needs.append(Need("micro table"))
    yield question("recognition", [*needs, *reach], data or section)


def _reach(inputs: Inputs) -> Question:
    config = inputs.config
    sold = len(inputs.panel.brands)
    needs = []
    if inputs.reach is None:
        needs.append(Need("reach table", (("brands", sold),), fatal=True))
    else:
        for brand in (config.study.focal, *config.study.benchmarks):
            rows = (
                inputs.panel.is_brand(brand) if brand in inputs.panel.brands else np.zeros(inputs.panel.n, dtype=bool)
            )
            if not np.isfinite(inputs.reach.share[rows]).any():
                needs.append(Need("reach of a brand", (("brand", brand),), fatal=brand == config.study.focal))
    if config.demand is None:
        needs.append(Need("demand section", fatal=True))
    return question("reach", needs, Study("outlets", 1, (("brands", sold),)))


def _lenses(inputs: Inputs, known: _Known) -> Question:
    needs = [*known.needs()]
    if inputs.config.demand is None:
        needs.append(Need("demand section", fatal=True))
    if inputs.reach is None:
        needs.append(Need("reach table", (("brands", len(inputs.panel.brands)),)))
    cheapest = Study("demand section", None) if known.made and not known.fixed else _more_models(known)
    return question("lenses", needs, cheapest)


def _supply(inputs: Inputs) -> Question:
    config, flow = inputs.config, inputs.flow
    focal = (("focal", config.study.focal),)
    cheapest = Study("printed orders", 0, focal)
    if config.columns.outcome == "orders":
        return question("supply", [])
    if flow is None:
        return question("supply", [Need("flow table", focal, fatal=True)], cheapest)
    if config.study.focal not in flow.brands:
        return question("supply", [Need("flow of a brand", focal, fatal=True)], cheapest)
    k, needs = flow.brands.index(config.study.focal), []
    if not np.isfinite(flow.backlog[k]).any():
        needs.append(Need("backlog", focal))
    if not np.isfinite(flow.cancellations[k]).any():
        needs.append(Need("cancellations", focal))
    return question("supply", needs, cheapest)


def _unseen(config: StudyConfig, known: _Known) -> Question:
    needs = [*known.needs()]
    declared = _declared(config)
    needs += [Need(n.key, n.facts, fatal=n.key == "unmeasured") for n in declared]
    gap_first = bool(known.fixed) or not known.made
    return question("unseen", needs, _more_models(known) if gap_first else Study("declare", None))


def _after_gap(name: str, known: _Known) -> Question:
    return question(name, list(known.needs()), _more_models(known))

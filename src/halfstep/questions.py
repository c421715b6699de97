"""Which questions a loaded study can answer, before it is run; what the others need, and the cheapest way to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from halfstep.core.config import StudyConfig
from halfstep.data.cells.dates import read_span
from halfstep.data.study import Loaded
from halfstep.gap.offerings import Comparison, Missing, asked_comparisons
from halfstep.market.inputs import Inputs, prepare, supply_bound

__all__ = ["Need", "Question", "Study", "questions"]

Facts = tuple[tuple[str, str | float | int], ...]
Status = Literal["now", "partly", "needs"]

FEW = 5
"""Models of a brand behind a comparison below which its name half is likely to stay undecided."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is missing: a key worded in `report` as "need.<key>", and what its sentence quotes.

    Attributes
    ----------
    fatal
        Whether there is no answer at all without it.
    """

    key: str
    facts: Facts = ()
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Study:
    """The cheapest study that would answer a question, worded in `report` as "study.<key>".

    Attributes
    ----------
    tier
        Evidence tier of what it brings: 0 a press figure, 1 a public table, 2 a company's table, 3 a designed experiment;
        None where no data are needed, only a line in study.toml.
    """

    key: str
    tier: int | None
    facts: Facts = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the README's table, and how this study stands to it.

    Attributes
    ----------
    id
        Worded in `report` as "question.<id>".
    status
        "now": answered by `run`; "partly": answered with what is in `needs` left open; "needs": not answered.
    cheapest
        Of a question that is not answered.
    """

    id: str
    status: Status
    needs: tuple[Need, ...] = ()
    cheapest: Study | None = None


def questions(loaded: Loaded) -> tuple[Question, ...]:
    """Return every question that a study may be asked today.

    It is decided by what the tables hold. Whether instruments are strong and intervals narrow only a run can tell.
    """
    printed = _printed(loaded)
    beside = (_event(loaded), _experiment(loaded), _voice(loaded), _ramp(loaded), _claims(loaded))
    if loaded.sold is None:
        return (printed, *beside, *_without_sales(loaded))
    inputs = prepare(loaded)
    known = _Known.of(inputs)
    found = (
        _position(inputs), _gap(known), _verdict(inputs, known), _tastes(inputs), _reach(inputs), _lenses(inputs, known),
        _supply(inputs), *_of_buyers(inputs), _unseen(inputs.config, known), *(_after_gap(name, known) for name in ("decide", "moves", "naive")),
    )  # fmt: skip
    return (*found, printed, *beside)


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


def _question(name: str, needs: list[Need], cheapest: Study | None = None) -> Question:
    status: Status = "needs" if any(n.fatal for n in needs) else "partly" if needs else "now"
    return Question(name, status, tuple(needs), cheapest if status == "needs" else None)


def _printed(loaded: Loaded) -> Question:
    cheapest = Study("press figures", 0, (("focal", loaded.config.study.focal),))
    if loaded.press is None:
        return _question("printed", [Need("press table", fatal=True)], cheapest)
    if not loaded.press.figures:
        return _question(
            "printed", [Need("press figures known by then", (("as_of", loaded.config.study.as_of),), True)], cheapest
        )
    return _question("printed", [])


def _event(loaded: Loaded) -> Question:
    """Return whether an event's cost can be looked for: an outcome with periods before it, and somebody beside it."""
    held = {outcome.id: outcome for outcome in loaded.outcomes}
    asked = [(event, held[name]) for event in loaded.config.events for name in event.outcomes if name in held]
    focal = (("focal", loaded.config.study.focal),)
    if not asked:
        way = Study("outcome table", 1, focal) if loaded.sold is None and not held else Study("event", None)
        return _question("event", [Need("event", fatal=True)], way)
    needs = []
    for event, outcome in asked:
        facts = (("event", str(event.id)), ("outcome", outcome.id))
        span = read_span(event.period)
        before = [t for t, last in enumerate(outcome.last_days) if span is not None and last < span.first_day]
        value = outcome.value[:, before]
        of_brand = np.isfinite(value[outcome.entities.index(event.brand)])
        if of_brand.sum() < 2 or span is None or span.first_day > outcome.last_days[-1]:
            needs.append(Need("periods before the event", facts))
        elif np.isfinite(value).all(axis=1).sum() < 2:
            needs.append(Need("entities beside the event", facts))
    none = len(needs) == len(asked)
    return _question("event", [Need(n.key, n.facts, fatal=none) for n in needs], Study("outcome table", 1, focal))


def _experiment(loaded: Loaded) -> Question:
    """Return whether a choice experiment tells the halves apart with reach held equal."""
    study, choice, choices = loaded.config.study, loaded.config.choice, loaded.choices
    pair = (("focal", study.focal), ("benchmark", study.benchmarks[0]))
    cheapest = Study("choice experiment", 3, pair)
    if choices is None:
        return _question("experiment", [Need("choice table", pair, fatal=True)], cheapest)
    shown, people = set(choices.frame["brand"].unique()), choices.frame["respondent"].n_unique()
    needs = []
    if not {study.focal, study.benchmarks[0]} <= shown:
        needs.append(Need("names shown", pair, fatal=not choice.attributes))
    if not choice.attributes:
        needs.append(Need("attributes shown"))
    if people < choice.min_respondents:
        needs.append(Need("more respondents", (("has", people), ("least", choice.min_respondents))))
    return _question("experiment", needs, cheapest)


def _voice(loaded: Loaded) -> Question:
    """Return whether what people say can be counted with its error: texts, somebody they are about, labels drawn at random."""
    config, labels = loaded.config, loaded.labels
    focal = (("focal", config.study.focal),)
    cheapest = Study("table of utterances", 1, focal)
    if loaded.utterances is None:
        return _question("voice", [Need("table of utterances", focal, fatal=True)], cheapest)
    needs = []
    if not config.voice.names:
        needs.append(Need("names to be found", focal, fatal=True))
    if not config.voice.touchpoints:
        needs.append(Need("touchpoints"))
    elif labels is None and config.voice.model is None and not all(p.words for p in config.voice.touchpoints):
        needs.append(Need("labels or words", fatal=True))
    if config.utterance_columns is not None and config.utterance_columns.time is None:
        needs.append(Need("times of utterances"))
    audited = 0 if labels is None else labels.frame.filter("audit")["key"].n_unique()
    if audited < config.voice.fewest:
        needs.append(Need("audit labels", (("has", audited), ("least", config.voice.fewest))))
    return _question("voice", needs, Study("voice section", None))


def _ramp(loaded: Loaded) -> Question:
    """Return whether a maker's months to come can be foretold: its months, and books where a result is asked for."""
    config = loaded.config
    maker = config.ramp.maker or config.study.focal
    facts = (("focal", maker),)
    cheapest = Study("table of months", 1, facts)
    if loaded.ramp is None or maker not in loaded.ramp.makers:
        return _question("ramp", [Need("table of months", facts, fatal=True)], cheapest)
    needs = [Need("other makers", facts)] if loaded.ramps is None else []
    metrics = set() if loaded.press is None else {f.metric for f in loaded.press.figures if f.entity == maker}
    needs += [] if "orders" in metrics else [Need("orders and backlog", facts)]
    asked = any(ask.what == "result" for ask in config.ramp.asks)
    needs += [Need("quarterly books", facts)] if asked and config.ramp.result not in metrics else []
    return _question("ramp", needs, cheapest)


def _claims(loaded: Loaded) -> Question:
    """Return whether what a source says can be held against figures: claims, and what each needs to be true."""
    config = loaded.config
    if loaded.claims is None:
        return _question("claims", [Need("table of claims", fatal=True)], Study("table of claims", 0))
    bound = {said.claim for said in config.docket.says} | {f.claim for f in config.docket.forecasts}
    unbound = [c.id for c in loaded.claims.claims if c.id not in bound]
    fatal = len(unbound) == len(loaded.claims.claims)
    needs = [Need("what claims need", (("n", len(unbound)), ("of", len(loaded.claims.claims))), fatal=fatal)] if unbound else []
    return _question("claims", needs, Study("docket section", None))


def _without_sales(loaded: Loaded) -> Iterator[Question]:
    """Yield the questions about models, none of which printed figures answer."""
    study, least = loaded.config.study, loaded.config.scope.pooling.min_models
    pair = (("focal", study.focal), ("benchmark", study.benchmarks[0]), ("least", least))
    table = Need("sales table", pair, fatal=True)
    shares = loaded.press is not None and any(
        f.metric == "share" and f.entity == study.focal for f in loaded.press.figures
    )
    position = Need("sales table for position", fatal=not shares)
    yield _question("position", [position], Study("public sales", 1, pair))
    for name in ("gap", "verdict", "tastes", "lenses", "unseen", "decide", "moves", "naive"):
        yield _question(name, [table], Study("public table of models", 1, pair))
    yield _question("reach", [table, Need("reach table", (("brands", 2),), True)], Study("models and outlets", 1, pair))
    yield _question("supply", [table, Need("flow table", pair[:1], True)], Study("models and orders", 1, pair))
    for name in ("equilibrium", "recognition"):
        yield _question(name, [table, Need("random tastes", fatal=True)], Study("public table of models", 1, pair))


def _position(inputs: Inputs) -> Question:
    config = inputs.config
    needs = [Need("bands")] if config.bands is None else []
    if len(inputs.panel.periods) == 1:
        needs.append(Need("a second period"))
    if config.columns.price_basis == "list" and not config.columns.other_prices:
        needs.append(Need("paid prices"))
    return _question("position", needs)


def _gap(known: _Known) -> Question:
    config = known.inputs.config
    needs = list(known.needs())
    if config.columns.price_basis == "list":
        needs.append(Need("paid prices"))
    return _question("gap", needs, _more_models(known))


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
    return _question("verdict", needs, _more_models(known))


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
    return _question("tastes", needs, cheapest or Study("demand section", None))


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
    yield _question("equilibrium", [*needs, *reach], data or section)
    if inputs.buyers is None:
        needs.append(Need("buyers table", fatal=True))
        data = data or Study("census", 1)
    if random is not None and random.income is None and not any(t.of == "price" and t.by for t in random.tastes):
        needs.append(Need("price by buyers", fatal=True))
        section = Study("price by buyers", None)
    if inputs.micro is None:
        needs.append(Need("micro table"))
    yield _question("recognition", [*needs, *reach], data or section)


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
    return _question("reach", needs, Study("outlets", 1, (("brands", sold),)))


def _lenses(inputs: Inputs, known: _Known) -> Question:
    needs = [*known.needs()]
    if inputs.config.demand is None:
        needs.append(Need("demand section", fatal=True))
    if inputs.reach is None:
        needs.append(Need("reach table", (("brands", len(inputs.panel.brands)),)))
    cheapest = Study("demand section", None) if known.made and not known.fixed else _more_models(known)
    return _question("lenses", needs, cheapest)


def _supply(inputs: Inputs) -> Question:
    config, flow = inputs.config, inputs.flow
    focal = (("focal", config.study.focal),)
    cheapest = Study("printed orders", 0, focal)
    if config.columns.outcome == "orders":
        return _question("supply", [])
    if flow is None:
        return _question("supply", [Need("flow table", focal, fatal=True)], cheapest)
    if config.study.focal not in flow.brands:
        return _question("supply", [Need("flow of a brand", focal, fatal=True)], cheapest)
    k, needs = flow.brands.index(config.study.focal), []
    if not np.isfinite(flow.backlog[k]).any():
        needs.append(Need("backlog", focal))
    if not np.isfinite(flow.cancellations[k]).any():
        needs.append(Need("cancellations", focal))
    return _question("supply", needs, cheapest)


def _unseen(config: StudyConfig, known: _Known) -> Question:
    needs = [*known.needs()]
    declared = _declared(config)
    needs += [Need(n.key, n.facts, fatal=n.key == "unmeasured") for n in declared]
    gap_first = bool(known.fixed) or not known.made
    return _question("unseen", needs, _more_models(known) if gap_first else Study("declare", None))


def _after_gap(name: str, known: _Known) -> Question:
    return _question(name, list(known.needs()), _more_models(known))

"""Questions beside the market: printed figures, events, experiments, what people say, months to come, claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from halfstep.data.cells.dates import read_span
from halfstep.data.study import Loaded

__all__ = ["Facts", "Need", "Question", "Status", "Study", "beside", "printed", "question"]

Facts = tuple[tuple[str, str | float | int], ...]
Status = Literal["now", "partly", "needs"]


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


def question(name: str, needs: list[Need], cheapest: Study | None = None) -> Question:
    """Return a question: not answered where a need is fatal, partly where there are others."""
    status: Status = "needs" if any(n.fatal for n in needs) else "partly" if needs else "now"
    return Question(name, status, tuple(needs), cheapest if status == "needs" else None)


def beside(loaded: Loaded) -> tuple[Question, ...]:
    """Return the questions that need no table of models."""
    return (_event(loaded), _experiment(loaded), _voice(loaded), _ramp(loaded), _claims(loaded))


def printed(loaded: Loaded) -> Question:
    """Return whether printed figures can be held together: figures, and some that were known by then."""
    cheapest = Study("press figures", 0, (("focal", loaded.config.study.focal),))
    if loaded.press is None:
        return question("printed", [Need("press table", fatal=True)], cheapest)
    if not loaded.press.figures:
        return question(
            "printed", [Need("press figures known by then", (("as_of", loaded.config.study.as_of),), True)], cheapest
        )
    return question("printed", [])


def _event(loaded: Loaded) -> Question:
    """Return whether an event's cost can be looked for: an outcome with periods before it, and somebody beside it."""
    held = {outcome.id: outcome for outcome in loaded.outcomes}
    asked = [(event, held[name]) for event in loaded.config.events for name in event.outcomes if name in held]
    focal = (("focal", loaded.config.study.focal),)
    if not asked:
        way = Study("outcome table", 1, focal) if loaded.sold is None and not held else Study("event", None)
        return question("event", [Need("event", fatal=True)], way)
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
    return question("event", [Need(n.key, n.facts, fatal=none) for n in needs], Study("outcome table", 1, focal))


def _experiment(loaded: Loaded) -> Question:
    """Return whether a choice experiment tells the halves apart with reach held equal."""
    study, choice, choices = loaded.config.study, loaded.config.choice, loaded.choices
    pair = (("focal", study.focal), ("benchmark", study.benchmarks[0]))
    cheapest = Study("choice experiment", 3, pair)
    if choices is None:
        return question("experiment", [Need("choice table", pair, fatal=True)], cheapest)
    shown, people = set(choices.frame["brand"].unique()), choices.frame["respondent"].n_unique()
    needs = []
    if not {study.focal, study.benchmarks[0]} <= shown:
        needs.append(Need("names shown", pair, fatal=not choice.attributes))
    if not choice.attributes:
        needs.append(Need("attributes shown"))
    if people < choice.min_respondents:
        needs.append(Need("more respondents", (("has", people), ("least", choice.min_respondents))))
    return question("experiment", needs, cheapest)


def _voice(loaded: Loaded) -> Question:
    """Return whether what people say can be counted with its error: texts, somebody they are about, labels drawn at random."""
    config, labels = loaded.config, loaded.labels
    focal = (("focal", config.study.focal),)
    cheapest = Study("table of utterances", 1, focal)
    if loaded.utterances is None:
        return question("voice", [Need("table of utterances", focal, fatal=True)], cheapest)
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
    return question("voice", needs, Study("voice section", None))


def _ramp(loaded: Loaded) -> Question:
    """Return whether a maker's months to come can be foretold: its months, and books where a result is asked for."""
    config = loaded.config
    maker = config.ramp.maker or config.study.focal
    facts = (("focal", maker),)
    cheapest = Study("table of months", 1, facts)
    if loaded.ramp is None or maker not in loaded.ramp.makers:
        return question("ramp", [Need("table of months", facts, fatal=True)], cheapest)
    needs = [Need("other makers", facts)] if loaded.ramps is None else []
    metrics = set() if loaded.press is None else {f.metric for f in loaded.press.figures if f.entity == maker}
    needs += [] if "orders" in metrics else [Need("orders and backlog", facts)]
    asked = any(ask.what == "result" for ask in config.ramp.asks)
    needs += [Need("quarterly books", facts)] if asked and config.ramp.result not in metrics else []
    return question("ramp", needs, cheapest)


def _claims(loaded: Loaded) -> Question:
    """Return whether what a source says can be held against figures: claims, and what each needs to be true."""
    config = loaded.config
    if loaded.claims is None:
        return question("claims", [Need("table of claims", fatal=True)], Study("table of claims", 0))
    bound = {said.claim for said in config.docket.says} | {f.claim for f in config.docket.forecasts}
    unbound = [c.id for c in loaded.claims.claims if c.id not in bound]
    fatal = len(unbound) == len(loaded.claims.claims)
    needs = (
        [Need("what claims need", (("n", len(unbound)), ("of", len(loaded.claims.claims))), fatal=fatal)]
        if unbound
        else []
    )
    return question("claims", needs, Study("docket section", None))

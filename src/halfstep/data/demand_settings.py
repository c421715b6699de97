"""What `[demand]` and `[demand.random]` must satisfy by themselves, before any table is looked at."""

from __future__ import annotations

from collections.abc import Iterator

from halfstep.core.check import Fault
from halfstep.core.config import RandomTastes, StudyConfig, Taste
from halfstep.core.config_demand import NODES

__all__ = ["STUDY", "check_demand"]

STUDY = "study.toml"
_MOST = 1_000_000
"""Nodes of a product rule beyond which no market can be worked through."""
_FINEST = {"product": 100, "sparse": 15}
"""Largest size of a rule: beyond it weights fall below what a number can hold, or no nested rule is known."""


def check_demand(config: StudyConfig) -> Iterator[Fault]:
    """Yield what the demand sections, the size of a market and the columns of buyers may not be."""
    columns, demand = config.columns, config.demand
    if config.market_columns is not None and config.market_columns.size and columns.quantity_kind == "share":
        what = "a size has no meaning here: the quantity already is a share of all possible buyers"
        yield _fault("market_columns.size", what, "take the key out, or give units")
    yield from _buyers(config)
    if demand is None:
        return
    taken = {column: f"the attribute {a.id!r}" for a in config.attributes for column in a.columns}
    taken |= dict.fromkeys(columns.other_prices.values(), "a price")
    taken |= {columns.quantity: "the quantity", columns.price: "the price"}
    for i, column in enumerate(demand.cost):
        if column in taken:
            what = f"a cost shifter may not be an attribute, the price or the quantity; {column!r} is {taken[column]}"
            yield _fault(f"demand.cost.{i}", what, "name a column that moves cost and that buyers do not value")
        elif column in demand.cost[:i]:
            yield _fault(f"demand.cost.{i}", f"the cost shifter {column!r} is named twice", "name each once")
    if demand.nest in (columns.price, columns.quantity, *columns.other_prices.values()):
        what = f"a nest may not be made of the price or the quantity; {demand.nest!r} is {taken[demand.nest]}"
        yield _fault("demand.nest", what, "name a column of product classes")
    if demand.zero_shares == "laplace" and columns.quantity_kind == "share":
        what = "the rule of succession counts units; the quantity is a share"
        yield _fault("demand.zero_shares", what, "write 'leave_out', or give units")
    twice = sorted({name for name in demand.instruments if demand.instruments.count(name) > 1})
    if twice:
        yield _fault("demand.instruments", f"{', '.join(twice)} is named twice", "name each once")
    if demand.random is not None:
        yield from _random(config, demand.random)


def _buyers(config: StudyConfig) -> Iterator[Fault]:
    """Yield columns of the buyers table that would be two things at once."""
    given = config.buyer_columns
    if given is None:
        return
    taken = {column: key for key in ("period", "place", "weight") if (column := getattr(given, key)) is not None}
    for name, column in given.demographics.items():
        if column in taken:
            what = f"the column {column!r} is named twice: here and as {taken[column]}"
            yield _fault(f"buyer_columns.demographics.{name}", what, "name each column once")
        taken[column] = name


def _random(config: StudyConfig, random: RandomTastes) -> Iterator[Fault]:
    section, ids = "demand.random", [attribute.id for attribute in config.attributes]
    for i, taste in enumerate(random.tastes):
        yield from _taste(f"{section}.tastes.{i}", taste, ids, [t.of for t in random.tastes[:i]])
        for name in taste.by:
            yield from _demographic(config, f"{section}.tastes.{i}.by", name)
    for word in sorted({"constant", "price"} & set(ids)):
        what = f"{word!r} is an attribute's id and, beside [{section}], has a meaning of its own"
        yield _fault("attributes", what, "give the attribute another id")
    if random.income is not None:
        yield from _demographic(config, f"{section}.income", random.income)
    elif not random.tastes:
        what = "expected a taste that differs between buyers; none is named"
        yield _fault(section, what, f"add [[{section}.tastes]] or income, or take the section out")
    if random.correlated and random.spreads < 2:
        what = f"expected two tastes with a spread at least; there are {random.spreads}"
        yield _fault(f"{section}.correlated", what, "take the key out, or add a taste")
    if random.nodes == "halton" and random.points % 2:
        what = f"expected an even number: draws come in pairs; got {random.size}"
        yield _fault(f"{section}.size", what, f"write {random.points + 1}")
    elif random.points > (finest := _FINEST.get(random.nodes, random.points)):
        what = f"expected at most {finest} ({'points a dimension' if random.nodes == 'product' else 'level'}); got {random.size}"
        yield _fault(f"{section}.size", what, f"write {finest} or less; {NODES[random.nodes]} is usual")
    elif random.nodes == "product" and random.points**random.spreads > _MOST:
        what = f"{random.points} points in {random.spreads} dimensions are more than {_MOST} nodes"
        yield _fault(f"{section}.size", what, "write fewer points, or nodes = 'sparse' or 'halton'")
    yield from _supply(config, random, ids)


def _taste(key: str, taste: Taste, ids: list[str], before: list[str]) -> Iterator[Fault]:
    if taste.of not in ("constant", "price", *ids):
        what = f"expected 'constant', 'price' or an attribute id ({', '.join(ids)}); got {taste.of!r}"
        yield _fault(f"{key}.of", what, "name one of them")
    elif taste.of in before:
        yield _fault(f"{key}.of", f"{taste.of!r} has two tastes", "put them into one")
    if not taste.spread and not taste.by:
        what = "a taste without spread that no demographic shifts is the same for all buyers"
        yield _fault(key, what, "take it out, or name demographics in 'by'")
    if len(set(taste.by)) < len(taste.by):
        yield _fault(f"{key}.by", "a demographic is named twice", "name each once")
    if taste.distribution != "normal" and taste.of not in ("constant", "price"):
        what = (
            f"only the taste for price can keep a sign; the mean of that for {taste.of!r} is estimated with the others"
        )
        yield _fault(f"{key}.distribution", what, "write 'normal'")
    elif taste.distribution != "normal" and taste.of == "constant":
        what = "the taste for buying at all has no unit and no sign"
        yield _fault(f"{key}.distribution", what, "write 'normal'")
    ends = (taste.low, taste.high)
    if taste.distribution != "bounded":
        if ends != (None, None):
            what = f"ends are those of a bounded taste; this one is {taste.distribution}"
            yield _fault(key, what, "write distribution = 'bounded', or take low and high out")
    elif taste.low is None or taste.high is None or not taste.low < taste.high:
        what = f"expected a low end below a high end; got low {taste.low}, high {taste.high}"
        yield _fault(key, what, "give both, in utils per unit of what the taste is for")
    elif taste.of == "price" and taste.high > 0:
        what = f"expected a taste for price of zero or less: a higher price is a loss; got high {taste.high:g}"
        yield _fault(f"{key}.high", what, "write 0, or a negative number")


def _demographic(config: StudyConfig, key: str, name: str) -> Iterator[Fault]:
    given = config.buyer_columns
    if given is None:
        what = f"expected a buyers table with {name!r}; none is named"
        yield _fault(key, what, "add buyers to [tables], and [buyer_columns] demographics")
    elif name not in given.demographics:
        what = f"expected one of [buyer_columns] demographics ({', '.join(given.demographics)}); got {name!r}"
        yield _fault(key, what, "name one of them, or add its column there")


def _supply(config: StudyConfig, random: RandomTastes, ids: list[str]) -> Iterator[Fault]:
    key, named = "demand.random.cost_attributes", random.cost_attributes
    for i, name in enumerate(named):
        if name not in ids:
            yield _fault(f"{key}.{i}", f"expected an attribute id ({', '.join(ids)}); got {name!r}", "name one of them")
        elif name in named[:i]:
            yield _fault(f"{key}.{i}", f"{name!r} is named twice", "name each once")
    if named and random.supply == "none":
        what = "attributes of cost are named, but the study has no supply side"
        yield _fault(key, what, "write supply = 'linear' or 'log', or take this key out")
    if random.supply != "none" and not named and config.demand is not None and not config.demand.cost:
        what = "expected something that marginal cost depends on; nothing is named"
        yield _fault(key, what, "name attributes here, or cost shifters in [demand] cost")


def _fault(key: str, what: str, mend: str) -> Fault:
    return Fault(table=STUDY, column=key, what=what, mend=mend)

"""What a study of some tables could ask: brands, money, bands, dates; each proposed with its reason, or left open."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from halfstep.core.check import Fault
from halfstep.data.cells.dates import read_span
from halfstep.data.cells.quantities import currency, half_width
from halfstep.data.propose.headers import BASES, OUTCOMES, Money, money
from halfstep.data.propose.mapping import Open, TableMap, map_table
from halfstep.data.propose.profile import Profile
from halfstep.data.read.tables import Table

__all__ = ["BrandFacts", "Facts", "Proposal", "propose"]

Facts = tuple[tuple[str, str | float | int], ...]

MIN_MODELS = 3
"""Models of a brand in a year below which it is not proposed where others have more."""
UNSEEN = 1.0
"""What the table lacks is proposed to be worth at most as much as the strongest attribute: with no bound nothing would be
decided, and with nothing declared the table would pass for complete."""
QUANTILES = (0.25, 0.5, 0.75, 0.9)
"""Of prices: the edges of the bands that are proposed, rounded."""
STEPS = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
METRICS = {
    "share": "share|market share|share in band|band share|份额|市占率|占有率|市场份额",
    "mix": "mix|sales mix|销售结构|内部占比",
    "band size": "band size|size of the band|市场容量|价位段规模",
    "units": "units|shipments|sales|volume|registrations|deliveries|销量|出货量|交付量|上险量|台数",
    "revenue": "revenue|turnover|sales value|营收|收入|销售额",
    "margin": "margin|gross margin|毛利率",
}
WHOLE = "market|total|all|整体|全市场|市场|行业|大盘|合计|总计"


@dataclass(frozen=True, slots=True)
class BrandFacts:
    """A brand over the last year of the table: distinct models, mean price, value sold."""

    name: str
    models: int
    price: float
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """Everything that a study.toml needs, and how sure it is.

    Attributes
    ----------
    maps
        Name of a table in `[tables]` -> what it was taken for.
    focal, benchmarks
        Brands; empty where they cannot be known.
    money
        Money unit of the prices; None where the table does not say.
    as_of
        Last day of the last period, or the day on which the last row became known.
    basis, outcome
        `columns.price_basis` and `columns.outcome`.
    brands
        Of a sales table, the dearest first.
    edges
        Of price bands; empty where prices do not differ.
    unseen
        `study.unseen_quality_max`.
    aliases
        Spelling in the table -> spelling used.
    frequency
        Periods in a year.
    metrics, market
        Of a press table: its word -> known metric; its word for the whole market.
    guessed
        Key of a setting -> key of the reason, and facts: what was taken without anybody having said so.
    open
        What is to be asked if somebody is there, by key: "focal", "benchmarks", "currency", "unseen", or
        "<file>/<role>".
    faults
        Why no study can be written yet.
    """

    maps: dict[str, TableMap]
    focal: str = ""
    benchmarks: tuple[str, ...] = ()
    money: Money | None = None
    as_of: str = ""
    basis: str = "list"
    outcome: str = "sales"
    brands: tuple[BrandFacts, ...] = ()
    edges: tuple[float, ...] = ()
    unseen: float = UNSEEN
    aliases: tuple[tuple[str, str], ...] = ()
    frequency: int = 1
    metrics: tuple[tuple[str, str], ...] = ()
    market: str = ""
    guessed: tuple[tuple[str, str, Facts], ...] = ()
    open: tuple[Open, ...] = ()
    faults: tuple[Fault, ...] = ()


def propose(
    tables: tuple[Table, ...], answers: Mapping[str, str], before: Mapping[str, TableMap] | None = None
) -> Proposal:
    """Propose a study.

    Parameters
    ----------
    answers
        What was said before, by the keys of `Proposal.open`; benchmarks are parted by line ends. With an answer more the
        rest of the proposal may be another one.
    before
        `Proposal.maps` of a proposal of the same tables: their cells are not looked at again.
    """
    looked = {m.table.file: tuple(m.profiles.values()) for m in (before or {}).values()}
    mapped = [map_table(table, _about(table, answers), looked.get(table.file, ())) for table in tables]
    asked = [
        Open(f"{m.table.file}/{o.role}", o.options, o.why)
        for m in mapped
        for o in m.open
        if f"{m.table.file}/{o.role}" not in answers
    ]
    maps = {m.kind: m for m in mapped}
    faults = [*(fault for m in mapped for fault in m.faults), *_together(mapped)]
    if faults:
        return Proposal(maps, open=tuple(asked), faults=tuple(faults))
    sales = maps.get("sales")
    return _of_press(maps, answers, asked) if sales is None else _of_sales(maps, sales, answers, asked)


def _about(table: Table, answers: Mapping[str, str]) -> dict[str, str]:
    start = f"{table.file}/"
    return {key.removeprefix(start): answer for key, answer in answers.items() if key.startswith(start)}


def _together(mapped: list[TableMap]) -> Iterator[Fault]:
    """Yield two tables of one kind, and tables beside which there is no sales table."""
    for kind, count in Counter(m.kind for m in mapped if m.kind).items():
        if count > 1:
            files = [m.table.file for m in mapped if m.kind == kind]
            what = f"{' and '.join(files)} were both taken for the {kind.replace('_', ' ')} table"
            yield Fault(table=files[-1], what=what, mend="give one of them, or put their rows into one file")
    kinds = {m.kind for m in mapped}
    if mapped and "" not in kinds and not kinds & {"sales", "press"}:
        what = f"expected a sales table or a table of press figures; got {', '.join(sorted(kinds))} alone"
        mend = "add one with --from: period, brand, model, price, units; or one printed figure a row"
        yield Fault(table=mapped[0].table.file, what=what, mend=mend)


def _of_sales(maps: dict[str, TableMap], sales: TableMap, answers: Mapping[str, str], asked: list[Open]) -> Proposal:
    guessed: list[tuple[str, str, Facts]] = []
    price, quantity, period = (_sure(sales, role) for role in ("price", "quantity", "period"))
    aliases = _aliases(_sure(sales, "brand"))
    brands = _brands(sales, dict(aliases))
    if len(brands) < 2:
        what = f"expected two brands or more; got {', '.join(b.name for b in brands) or 'none'}"
        fault = Fault(table=sales.table.file, what=what, mend="add the rows of the brands it is to be compared with")
        return Proposal(maps, open=tuple(asked), faults=(fault,))
    focal, benchmarks = _who(brands, answers, asked, guessed)
    unit = _money(price, answers, asked, guessed)
    unseen = _unseen(answers, asked, guessed)
    basis, outcome = price.header.says(BASES), quantity.header.says(OUTCOMES)
    if not basis:
        guessed.append(("price_basis", "draft.basis unsaid", ()))
    periods = period.periods()
    edges = _edges(price.known[price.known > 0])
    if edges:
        guessed.append(("edges", "draft.edges", ()))
    if not sales.attributes:
        what = "no column of figures differs among the models of one brand and period"
        mend = "add attributes that buyers pay for, measured alike for all models: power, capacity, range, weight"
        fault = Fault(table=sales.table.file, what=what, mend=mend)
        return Proposal(maps, focal, benchmarks, open=tuple(asked), faults=(fault,))
    _, market, metrics = _spoken_of(maps["press"]) if "press" in maps else ([], "", ())
    return Proposal(
        maps, focal, benchmarks, unit, max(_as_of(maps[kind]) for kind in ("sales", "press") if kind in maps), basis or "list", outcome or "sales", brands, edges, unseen, aliases,
        max(p.frequency for p in periods), metrics, market, tuple(guessed), tuple(asked),
    )  # fmt: skip


def _sure(table: TableMap, role: str) -> Profile:
    found = table.of(role)
    assert found is not None, role
    return found


def _aliases(brand: Profile) -> tuple[tuple[str, str], ...]:
    """Return spellings of one brand that differ in case, width or blanks only; the commonest is kept."""
    counts: dict[str, int] = dict(brand.texts.drop_nulls().value_counts().iter_rows())
    groups: dict[str, list[str]] = {}
    for name in sorted(counts, key=lambda n: (-counts[n], n)):
        groups.setdefault("".join(half_width(name).casefold().split()), []).append(name)
    return tuple((other, same[0]) for same in groups.values() for other in same[1:])


def _brands(sales: TableMap, aliases: dict[str, str]) -> tuple[BrandFacts, ...]:
    """Return the brands of the last year, the dearest first; those of earlier years follow."""
    brand, price, quantity = (_sure(sales, role) for role in ("brand", "price", "quantity"))
    model = sales.of("cluster") or _sure(sales, "model")
    frame = pl.DataFrame({
        "brand": brand.texts.replace(aliases), "model": model.texts, "period": _sure(sales, "period").texts,
        "price": price.values, "quantity": quantity.values,
    }).drop_nulls("brand").filter(pl.col("price").is_finite() & (pl.col("price") > 0))  # fmt: skip
    recent = _recent(_sure(sales, "period"))
    out: dict[str, BrandFacts] = {}
    for rows in (frame.filter(pl.col("period").is_in(recent)), frame):
        grouped = rows.group_by("brand").agg(
            pl.col("model").n_unique().alias("models"),
            pl.col("price").log().mean().exp().alias("mean"),
            (pl.col("price") * pl.col("quantity").fill_nan(0.0)).sum().alias("value"),
        )
        for name, models, mean, value in grouped.sort("mean", "brand", descending=[True, False]).iter_rows():
            out.setdefault(name, BrandFacts(name, models, mean, value))
    return tuple(out.values())


def _recent(period: Profile) -> list[str]:
    """Return the cells that name a period of the last year."""
    cells = period.texts.unique().drop_nulls().to_list()
    last = max((span.last_day for cell in cells if (span := read_span(cell)) is not None), default=None)
    if last is None:
        return cells
    found = ((cell, read_span(cell)) for cell in cells)
    return [cell for cell, span in found if span is not None and (last - span.last_day).days < 366]


def _who(
    brands: tuple[BrandFacts, ...], answers: Mapping[str, str], asked: list[Open], guessed: list[tuple[str, str, Facts]]
) -> tuple[str, tuple[str, ...]]:
    """Return focal brand and benchmarks: as answered, or the dearest, and the one that sells most of the others."""
    enough = [b for b in brands if b.models >= MIN_MODELS] or list(brands)
    focal, named = answers.get("focal", ""), _names(answers)
    if not named:
        dearest = next(b for b in (*enough, *brands) if b.name != focal)
        guessed.append(("benchmarks", "draft.dearest", (("price", _short(dearest.price)),)))
        named = (dearest.name,)
    if not focal:
        most = max(
            [b for b in enough if b.name not in named] or [b for b in brands if b.name not in named],
            key=lambda b: b.value,
        )
        focal = most.name
        guessed.append(("focal", "draft.sells most", ()))
        others = (b.name for b in brands if b.name not in (focal, *_names(answers)))
        asked.append(Open("focal", (focal, *others), "draft.sells most"))
    if not _names(answers):
        others = (b.name for b in brands if b.name not in (*named, answers.get("focal", "")))
        asked.append(Open("benchmarks", (*named, *others), "draft.dearest"))
    return focal, named


def _names(answers: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in answers.get("benchmarks", "").split("\n") if name)


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def _money(
    price: Profile, answers: Mapping[str, str], asked: list[Open], guessed: list[tuple[str, str, Facts]]
) -> Money | None:
    said = money(price.header.unit) or money(price.mark)
    if "currency" in answers:
        return money(answers["currency"]) or Money(answers["currency"], answers["currency"])
    if said is None:
        asked.append(
            Open("currency", ("", "元", "万元", "USD", "thousand USD", "EUR", "thousand EUR"), "draft.no currency")
        )
        guessed.append(("currency", "draft.no currency", ()))
    return said


def _unseen(answers: Mapping[str, str], asked: list[Open], guessed: list[tuple[str, str, Facts]]) -> float:
    if "unseen" in answers:
        return float(answers["unseen"])
    asked.append(Open("unseen", (f"{UNSEEN:g}", "0.5", "2"), "draft.unseen"))
    guessed.append(("unseen_quality_max", "draft.unseen", ()))
    return UNSEEN


def _as_of(table: TableMap) -> str:
    """Return the last day of the last period, or that on which the last row became known if that is later."""
    kinds = table.of("kind")
    plain = None if kinds is None else kinds.texts.str.contains("(?i)target|forecast|目标|预测|指引").fill_null(False)
    days = []
    for role in ("period", "first_known"):
        column = table.of(role)
        if column is not None:
            texts = column.texts if plain is None or role == "first_known" else column.texts.filter(~plain)
            days += [span.last_day for cell in texts.unique().drop_nulls() if (span := read_span(cell)) is not None]
    return max(days).isoformat() if days else ""


def _edges(prices: npt.NDArray[np.float64]) -> tuple[float, ...]:
    """Return round prices near the quartiles and the last tenth."""
    if not len(prices):
        return ()
    near = sorted({_round(float(q)) for q in np.quantile(prices, QUANTILES)})
    return tuple(edge for edge in near if prices.min() < edge < prices.max())


def _round(value: float) -> float:
    """Return the nearest round number, in logarithms.

    Examples
    --------
    >>> _round(23.4), _round(187000.0), _round(0.31)
    (25.0, 200000.0, 0.3)
    """
    power = 10.0 ** math.floor(math.log10(value))
    best = min(STEPS, key=lambda step: abs(math.log(step * power / value)))
    return float(f"{best * power:.6g}")


def _of_press(maps: dict[str, TableMap], answers: Mapping[str, str], asked: list[Open]) -> Proposal:
    """Propose a study on printed figures alone: nothing in them says which brand is asked about."""
    press, guessed = maps["press"], list[tuple[str, str, Facts]]()
    names, market, metrics = _spoken_of(press)
    focal = answers.get("focal", "")
    named = _names(answers)
    if not focal and names:
        focal = next((name for name in names if name not in named), "")
        guessed.append(("focal", "draft.most figures", ()))
        asked.append(Open("focal", (focal, *(name for name in names if name != focal)), "draft.most figures"))
    if not named:
        named = tuple(name for name in names if name != focal)[:1]
        guessed.append(("benchmarks", "draft.next figures", ()))
        asked.append(Open("benchmarks", tuple(name for name in names if name != focal), "draft.next figures"))
    unit = _press_money(press)
    if unit is None:
        guessed.append(("currency", "draft.no currency", ()))
    faults: tuple[Fault, ...] = ()
    if not focal or not named:
        what = f"expected a brand and a benchmark; the table speaks of {', '.join(names) or 'nobody'}"
        mend = "name them with --focal and --benchmark"
        faults = (Fault(table=press.table.file, column=press.roles["entity"], what=what, mend=mend),)
    return Proposal(
        maps, focal, named, unit, _as_of(press), metrics=metrics, market=market, guessed=tuple(guessed),
        open=tuple(asked), faults=faults,
    )  # fmt: skip


def _spoken_of(press: TableMap) -> tuple[list[str], str, tuple[tuple[str, str], ...]]:
    """Return entities by how often they occur, the word for the whole market, and words of known metrics."""
    counted = _sure(press, "entity").texts.drop_nulls().value_counts(name="rows").sort("rows", descending=True)
    names = [str(name) for name in counted[counted.columns[0]]]
    market = next((name for name in names if name.casefold() in WHOLE.split("|")), "")
    words = sorted(set(_sure(press, "metric").texts.drop_nulls()))
    metrics = tuple((word, known) for word in words if (known := _metric(word)) and known != word)
    return [name for name in names if name != market], market, metrics


def _metric(word: str) -> str:
    plain = " ".join(half_width(word).casefold().replace("_", " ").split())
    return next((known for known, words in METRICS.items() if plain in words.split("|")), "")


def _press_money(press: TableMap) -> Money | None:
    """Return the money of most figures that are in money, in single units."""
    unit = press.of("unit")
    if unit is None:
        return None
    codes = (currency(part) for cell in unit.texts.drop_nulls() for part in str(cell).replace("_", " ").split())
    most = Counter(code for code in codes if code).most_common(1)
    return money(most[0][0]) if most else None

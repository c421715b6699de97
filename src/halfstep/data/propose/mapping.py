"""Which kind of table it is and which column is what: by headers in Chinese and English, and by cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from halfstep.core.check import Fault
from halfstep.data.cells.dates import read_span
from halfstep.data.propose.attributes import Measured, Unused, measured
from halfstep.data.propose.profile import Profile, profiles
from halfstep.data.propose.roles import FITS, Pick, fit, general_picks, holds, sales_picks
from halfstep.data.read.tables import Table

__all__ = ["KINDS", "Column", "Kind", "Open", "TableMap", "map_table"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table: roles that it needs, of which at least one must be there, and that it may have."""

    needed: tuple[str, ...]
    one_of: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role, the needed ones first."""
        return (*self.needed, *self.one_of, *self.optional)


KINDS = {
    "sales": Kind(("period", "brand", "model", "price", "quantity"), optional=("place", "cluster", "first_known")),
    "press": Kind(
        ("entity", "metric", "value", "period"),
        optional=("unit", "band", "perimeter", "base", "place", "source", "url", "first_known", "kind", "note"),
    ),
    "reach": Kind(
        ("brand",), ("awareness", "consideration", "outlets", "variants"), ("period", "place", "respondents")
    ),
    "flow": Kind(("brand", "period"), ("orders", "cancellations", "backlog", "capacity", "deliveries")),
    "second_choices": Kind(("bought", "second", "count"), optional=("period",)),
    "markets": Kind(("period",), ("deflator", "size"), ("place",)),
}
"""Name of a table in `[tables]` -> what it is made of."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column and what it is taken for.

    Attributes
    ----------
    role
        Key of the table's section in study.toml, "attribute", or "" where the column is left out.
    why
        Key of the reason.
    like
        Another column that the reason speaks of, or "".
    example
        A cell.
    sure
        Whether nothing else is as likely; where it is False the column is marked as guessed.
    """

    name: str
    role: str
    why: str
    example: str
    sure: bool = True
    like: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """Something that a table leaves open.

    Attributes
    ----------
    role
        The role that several columns may have, or "kind".
    options
        What may be meant, the guess first; "" is none of them.
    why
        Key of the reason of the guess.
    """

    role: str
    options: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True, eq=False)
class TableMap:
    """What a table was taken for.

    Attributes
    ----------
    kind
        A key of `KINDS`; "" where it fits none.
    columns
        Every column, in the order of the file.
    open
        What is to be asked, if somebody is there to ask.
    attributes
        Of a sales table: what measures the product.
    profiles
        Column -> what its cells are like.
    faults
        Why no study can be made of it yet.
    """

    table: Table
    kind: str
    columns: tuple[Column, ...]
    open: tuple[Open, ...]
    attributes: tuple[Measured, ...]
    profiles: dict[str, Profile]
    faults: tuple[Fault, ...]

    @property
    def roles(self) -> dict[str, str]:
        """Role -> column, attributes apart."""
        return {column.role: column.name for column in self.columns if column.role not in ("", "attribute")}

    def of(self, role: str) -> Profile | None:
        """Return the profile of the column that has a role."""
        name = self.roles.get(role)
        return None if name is None else self.profiles[name]


def map_table(table: Table, given: Mapping[str, str], looked: tuple[Profile, ...] = ()) -> TableMap:
    """Guess what a table is and which column is what.

    Parameters
    ----------
    given
        What was answered before: "kind", or a role -> its column.
    looked
        Profiles of the columns, if they are there already.
    """
    seen = {profile.name: profile for profile in looked or profiles(table)}
    columns = list(seen.values())
    kind = given.get("kind") or _kind(columns)
    if not kind:
        left = tuple(Column(p.name, "", "unused.no kind", p.example) for p in columns)
        asked = (Open("kind", tuple(KINDS), "open.kind"),)
        return TableMap(table, "", left, asked, (), seen, (_unknown(table),))
    spec = KINDS[kind]
    named = {role: seen[name] for role, name in given.items() if role in spec.roles and name in seen}
    picks = sales_picks(columns, named) if kind == "sales" else general_picks(spec.roles, columns, named)
    rest = [column for column in columns if all(column is not pick.column for pick in picks.values())]
    found: list[Measured | Unused] = []
    if kind == "sales" and {"brand", "period", "price"} <= set(picks):
        market = tuple(picks[role].column for role in ("period", "place") if role in picks)
        found = measured(rest, picks["brand"].column, market, picks["price"].column)
    return TableMap(
        table,
        kind,
        tuple(_columns(columns, picks, found)),
        tuple(_open(spec, picks, columns, given)),
        tuple(one for one in found if isinstance(one, Measured)),
        seen,
        tuple(_lacking(table, spec, picks, columns)),
    )


def _kind(columns: list[Profile]) -> str:
    """Return the kind of table that the headers speak of."""

    def said(*roles: str) -> int:
        return sum(any(fit(column, role) >= FITS for column in columns) for role in roles)

    if said("bought", "second") == 2:
        return "second_choices"
    if said("metric", "value") == 2:
        return "press"
    if said("price") and said("quantity", "share", "model"):
        return "sales"
    if said("brand") and said("awareness", "consideration", "outlets", "respondents") and not said("model"):
        return "reach"
    if said("brand", "period") == 2 and not said("model") and said("orders", "cancellations", "backlog", "capacity"):
        return "flow"
    if said("period") and said("deflator", "size") and not said("brand"):
        return "markets"
    words = sum(column.numeric < 0.5 and column.distinct > 1 for column in columns)
    figures = sum(column.numeric >= 0.8 and column.dated < 0.9 for column in columns)
    return "sales" if (words >= 2 and figures >= 2) or said("brand", "model", "quantity") >= 2 else ""


def _columns(columns: list[Profile], picks: Mapping[str, Pick], found: list[Measured | Unused]) -> Iterator[Column]:
    roles = {pick.column.name: (role, pick) for role, pick in picks.items()}
    others = {one.column.name: one for one in found}
    for column in columns:
        other = others.get(column.name)
        if column.name in roles:
            role, pick = roles[column.name]
            yield Column(column.name, role, pick.why, column.example, sure=not pick.rivals)
        elif isinstance(other, Measured):
            yield Column(column.name, "attribute", f"attribute.{other.transform}", column.example)
        else:
            why, like = (other.why, other.like) if other is not None else ("unused.not asked for", "")
            yield Column(column.name, "", why, column.example, like=like)


def _open(spec: Kind, picks: Mapping[str, Pick], columns: list[Profile], given: Mapping[str, str]) -> Iterator[Open]:
    """Yield needed roles that several columns may have, and those that no header says."""
    taken = [pick.column for pick in picks.values()]
    for role in spec.needed:
        if role in given:
            continue
        if role not in picks:
            free = (c.name for c in columns if all(c is not other for other in taken) and holds(c, role))
            yield Open(role, ("", *free), "open.lacking")
        elif picks[role].rivals:
            names = (picks[role].column.name, *(rival.name for rival in picks[role].rivals))
            yield Open(role, names, picks[role].why)


def _unknown(table: Table) -> Fault:
    names = ", ".join(name for name in table.frame.columns[1:])
    return Fault(
        table=table.file,
        what=f"expected a table of sales, press figures, reach, orders, second choices or markets; its columns are {names}",
        mend="name the columns after what they hold (brand, model, month, price, units; 品牌, 车型, 月份, 价格, 销量); "
        "for the export of a choice experiment write the study by hand, as docs/choice.md shows",
    )


def _lacking(table: Table, spec: Kind, picks: Mapping[str, Pick], columns: list[Profile]) -> Iterator[Fault]:
    """Yield needed roles that no column has, with what may be the matter."""
    missing = [role for role in spec.needed if role not in picks]
    if spec.one_of and not set(spec.one_of) & set(picks):
        missing.append(" or ".join(spec.one_of))
    for role in missing:
        yield Fault(
            table=table.file,
            what=f"no column was found for: {role}",
            mend=_advice(role, picks, columns),
        )
    period = picks.get("period")
    apart = [c for c in columns if c.whole and c.header.fit("period") >= FITS and set(c.known) <= set(range(1, 13))]
    if period is not None and apart and {p.frequency for p in period.column.periods()} == {1}:
        yield Fault(
            table=table.file,
            column=apart[0].name,
            what=f"year and part of the year stand in two columns ({period.column.name}, {apart[0].name})",
            mend="make one column of them: 2024-01 for a month, 2024-Q1 for a quarter",
        )


def _advice(role: str, picks: Mapping[str, Pick], columns: list[Profile]) -> str:
    """Return what to do about a role that no column has."""
    periods = [c.name for c in columns if read_span(c.name) is not None]
    if len(periods) > 2:
        return f"periods stand side by side ({', '.join(periods[:3])}, ...): give one row for each model and period"
    if role == "price" and any(c.header.fit("result") >= FITS for c in columns) and "quantity" in picks:
        return "there are sales in money and units: add a column of the price, money over units"
    words = {
        "period": "year, quarter or month of each row",
        "model": "model or trim of each row: brand totals cannot be split",
    }
    return f"add a column: {words.get(role, role)}; or give its header a plainer name"

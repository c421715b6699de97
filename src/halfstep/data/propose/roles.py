"""Which column has which role: headers first, then what the cells can be, then what makes rows unique."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from halfstep.data.propose.headers import BASES, OUTCOMES
from halfstep.data.propose.profile import Profile

__all__ = ["FITS", "Pick", "fit", "general_picks", "holds", "sales_picks"]

WORDS = {"entity": ("entity", "brand"), "cluster": ("series",), "count": ("count", "quantity")}
"""Roles whose headers go by other words too."""
FIGURES = {
    "price", "quantity", "share", "awareness", "consideration", "outlets", "variants", "respondents", "orders",
    "cancellations", "backlog", "capacity", "deliveries", "count", "deflator", "size", "value", "result", "cost",
}  # fmt: skip
DATES = {"period", "first_known"}
ANYTHING = {"model", "band", "unit", "base", "note", "id", "perimeter"}
FITS = 0.7
"""A header says a role from here on."""
CLEAR = 0.15
"""By so much the best header must lead the next for nothing to be asked."""
SPREAD = 0.7
"""Standard deviation over mean from which whole numbers without a telling header may be sales."""
PAID_FIRST = ("transaction", "after_subsidy", "list", "")
COUNTED_FIRST = ("registrations", "", "deliveries", "orders")


@dataclass(frozen=True, slots=True, eq=False)
class Pick:
    """A role and its column.

    Attributes
    ----------
    rivals
        Other columns that may have the role just as well.
    why
        Key of the reason.
    """

    column: Profile
    why: str
    rivals: tuple[Profile, ...] = ()


def fit(column: Profile, role: str) -> float:
    """Return how well a header says a role; 0 where the cells cannot be that."""
    said = max(column.header.fit(word) for word in WORDS.get(role, (role,)))
    return said if said and holds(column, role) else 0.0


def holds(column: Profile, role: str) -> bool:
    """Whether the cells of a column can be what a role asks for."""
    if column.filled == 0:
        return False
    if role in DATES:
        return column.dated >= 0.9
    if role in FIGURES:
        return column.numeric >= 0.8
    return role in ANYTHING or column.numeric < 0.5


def general_picks(roles: tuple[str, ...], columns: list[Profile], given: Mapping[str, Profile]) -> dict[str, Pick]:
    """Give each role the column whose header says it best, the clearest first; no column gets two."""
    picks = {role: Pick(column, "role.given") for role, column in given.items() if role in roles}
    found = sorted(
        (-fit(column, role), i, j)
        for i, role in enumerate(roles)
        for j, column in enumerate(columns)
        if fit(column, role) >= FITS
    )
    for _, i, j in found:
        if roles[i] not in picks and columns[j] not in _taken(picks):
            picks[roles[i]] = Pick(columns[j], "role.header")
    return {role: _with_rivals(role, pick, columns, picks) for role, pick in picks.items()}


def sales_picks(columns: list[Profile], given: Mapping[str, Profile]) -> dict[str, Pick]:
    """Return the roles of a sales table.

    Of several prices the paid one is taken; of several counts registrations, then plain sales; of several dates the finest.
    The model is the first column with which a row is unique within period, brand and, if that takes it, place.
    """
    picks = {role: Pick(column, "role.given") for role, column in given.items()}
    for role, find in (("period", _period), ("brand", _brand), ("price", _price), ("quantity", _quantity)):
        if role not in picks:
            pick = find([c for c in columns if c not in _taken(picks)])
            if pick is not None:
                picks[role] = pick
    free = [c for c in columns if c not in _taken(picks)]
    known = [c for c in free if fit(c, "first_known") >= FITS]
    if known and "first_known" not in picks:
        picks["first_known"] = Pick(known[0], "role.header")
    return picks | _models([c for c in columns if c not in _taken(picks)], picks)


def _taken(picks: Mapping[str, Pick]) -> list[Profile]:
    return [pick.column for pick in picks.values()]


def _with_rivals(role: str, pick: Pick, columns: list[Profile], picks: Mapping[str, Pick]) -> Pick:
    if pick.why == "role.given":
        return pick
    near = fit(pick.column, role) - CLEAR
    rivals = (c for c in columns if c not in _taken(picks) and fit(c, role) >= max(near, FITS))
    return Pick(pick.column, pick.why, tuple(rivals))


def _said(role: str, columns: list[Profile]) -> list[Profile]:
    return [column for column in columns if fit(column, role) >= FITS]


def _period(columns: list[Profile]) -> Pick | None:
    said = [c for c in _said("period", columns) if c.paced >= 0.9 and fit(c, "first_known") < fit(c, "period")]
    said = [c for c in said if not _about_the_model(c)]
    if said:
        best = max(said, key=lambda c: (fit(c, "period"), c.distinct))
        same = (c for c in said if c is not best and fit(c, "period") > fit(best, "period") - CLEAR)
        return Pick(best, "role.header", tuple(c for c in same if c.distinct >= best.distinct))
    dated = [c for c in columns if c.paced == 1 and c.filled == 1 and not _about_the_model(c)]
    return Pick(min(dated, key=lambda c: c.distinct), "role.dates") if dated else None


def _about_the_model(column: Profile) -> bool:
    """Whether a date is that of a launch or of a source, and not that of the sales."""
    return bool(column.header.fit("launch") or column.header.fit("source"))


def _brand(columns: list[Profile]) -> Pick | None:
    said = _said("brand", columns)
    if said:
        best = max(said, key=lambda c: fit(c, "brand"))
        near = fit(best, "brand") - CLEAR
        return Pick(best, "role.header", tuple(c for c in said if c is not best and fit(c, "brand") >= near))
    words = [
        c for c in _words(columns) if 1 < c.distinct <= len(c.texts) / 2 and not any(_is(c, r) for r in _NOT_BRAND)
    ]
    return _by_cells(sorted(words, key=lambda c: c.distinct), "role.few names")


_NOT_BRAND = ("model", "series", "place", "source", "url", "note", "unit", "id")


def _is(column: Profile, role: str) -> bool:
    return column.header.fit(role) >= FITS


def _words(columns: list[Profile]) -> list[Profile]:
    return [c for c in columns if c.numeric < 0.5 and c.dated < 0.5 and c.filled > 0.9]


def _by_cells(candidates: list[Profile], why: str) -> Pick | None:
    return Pick(candidates[0], why, tuple(candidates[1:])) if candidates else None


def _figures(columns: list[Profile], unlike: tuple[str, ...]) -> list[Profile]:
    """Return columns of figures above zero or zero that no header says to be something else."""
    plain = [c for c in columns if c.numeric >= 0.9 and c.dated < 0.9 and c.filled > 0.9 and len(c.known)]
    return [c for c in plain if float(c.known.min()) >= 0 and not any(_is(c, role) for role in unlike)]


def _price(columns: list[Profile]) -> Pick | None:
    said = [c for c in _said("price", columns) if not _is(c, "result")]
    if said:
        return _first(said, BASES, PAID_FIRST, "role.paid price")
    marked = [c for c in _figures(columns, ("result", "quantity", "id")) if c.positive and c.mark]
    return _by_cells(marked, "role.money")


def _first(said: list[Profile], groups: dict[str, str], order: tuple[str, ...], why: str) -> Pick:
    """Return the first by what its header says it is, of the columns that are about as well filled as the fullest."""
    most = max(c.filled for c in said)
    full = sorted((c for c in said if c.filled > most - 0.1), key=lambda c: order.index(c.header.says(groups)))
    alike = len({c.header.says(groups) for c in full}) == 1
    return Pick(
        full[0], "role.header" if len(full) == 1 else "role.first of several" if alike else why, tuple(full[1:])
    )


def _quantity(columns: list[Profile]) -> Pick | None:
    said = [c for c in _said("quantity", columns) if not _is(c, "result")]
    if said:
        return _first([c for c in said if c.whole] or said, OUTCOMES, COUNTED_FIRST, "role.counted")
    shares = _said("share", columns)
    if shares:
        return Pick(shares[0], "role.share", tuple(shares[1:]))
    counts = [c for c in _figures(columns, ("result", "price", "id")) if c.whole and _spread(c) >= SPREAD]
    return _by_cells(sorted(counts, key=lambda c: -_spread(c)), "role.counts")


def _spread(column: Profile) -> float:
    return float(column.known.std() / max(float(column.known.mean()), 1e-300))


def _models(columns: list[Profile], picks: Mapping[str, Pick]) -> dict[str, Pick]:
    """Return model, cluster and place."""
    given = {role: picks[role].column for role in ("model", "place") if role in picks}
    places = [c for c in _said("place", columns) if c.distinct > 1 and c.filled == 1]
    models = sorted((c for c in columns if _model(c) >= FITS), key=lambda c: -_model(c))
    if not models:
        models = sorted((c for c in _words(columns) if not _is(c, "place")), key=lambda c: -c.distinct)
    named, why = list(models), "role.header" if models and _model(models[0]) >= FITS else "role.names"
    models += [c for c in columns if c not in models and _is(c, "id")]  # a row of one model and year may have but an id
    keys = [picks[role].column for role in ("period", "brand") if role in picks]
    tries = [given["model"]] if "model" in given else models
    for column in tries:
        for place in [given["place"]] if "place" in given else [None, *(p for p in places if p is not column)]:
            if _unique([*keys, column, *([] if place is None else [place])]):
                return _model_picks(column, place, named, why, picks)
    if not tries:
        return {}
    most = max(named or tries, key=lambda c: c.distinct)
    place = given.get("place") or (places[0] if places and places[0] is not most else None)
    return _model_picks(given.get("model", most), place, named, "role.not unique", picks)


def _model(column: Profile) -> float:
    return max(fit(column, "model"), 0.9 * fit(column, "cluster"))


def _model_picks(
    model: Profile, place: Profile | None, named: list[Profile], why: str, picks: Mapping[str, Pick]
) -> dict[str, Pick]:
    rest = [c for c in named if c is not model and c is not place]
    coarser = [c for c in rest if c.filled == 1 and 1 < c.distinct < model.distinct and _nested(model, c, picks)]
    out = {
        "model": Pick(model, "role.unique" if model not in named else why, () if why == "role.header" else tuple(rest))
    }
    if place is not None:
        out["place"] = Pick(place, "role.places")
    said = [c for c in coarser if _model(c) >= FITS]
    if said and "cluster" not in picks:
        out["cluster"] = Pick(max(said, key=lambda c: c.distinct), "role.coarser")
    return {role: pick for role, pick in out.items() if role not in picks}


def _unique(columns: list[Profile]) -> bool:
    """Whether no two rows agree in all of these columns."""
    frame = pl.DataFrame({str(i): column.texts for i, column in enumerate(columns)}).drop_nulls()
    return frame.height > 0 and not frame.is_duplicated().any()


def _nested(inner: Profile, outer: Profile, picks: Mapping[str, Pick]) -> bool:
    """Whether each value of a column goes with one value of the other, within a brand."""
    columns = {"i": inner.texts, "o": outer.texts}
    if "brand" in picks:
        columns["b"] = picks["brand"].column.texts
    pairs = pl.DataFrame(columns).drop_nulls().unique()
    return not pairs.select(pl.exclude("o")).is_duplicated().any()

"""Small dockets, built as records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from halfstep.core.answer import Answer, ClaimVerdict, EventVerdict, ForecastVerdict
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Origin, Point, Refusal, Tier
from halfstep.core.text import Text
from halfstep.data.cells.dates import read_span
from halfstep.data.claims import Claim, Claims
from halfstep.data.press import Band, Figure, Press, read_band
from halfstep.docket.room import ROOM
from halfstep.market.inputs import Inputs

AS_OF = "2025-12-31"


def figure(
    entity: str, metric: str, ends: tuple[float, float], period: str = "2024", *, row: int = 2, **more: str
) -> Figure:
    """Return a printed figure; `more` are the words of its other columns."""
    span = read_span(period)
    band = read_band(more.pop("band", ""))
    assert span is not None and band is not None
    unit = more.pop("unit", "share" if metric == "share" else "units")
    words = {"hedge": "exact", "perimeter": "", "base": "", "place": "", "source": "S", "kind": "fact"} | more
    return Figure(
        row=row, entity=entity, metric=metric, text=f"{ends[0]:g}-{ends[1]:g}", lo=ends[0], hi=ends[1],
        value=min(sum(ends) / 2, 1e12), unit=unit, span=span, band=band, **words,
    )  # fmt: skip


def share(entity: str, lo: float, hi: float, source: str = "S", row: int = 2) -> Figure:
    return figure(entity, "share", (lo, hi), row=row, source=source)


def claim(name: str, kind: str = "fact", hedge: str = "none", needs: str = "", base: str = "") -> Claim:
    return Claim(1, name, Text(en=name, zh=name), "1", "author", kind, base, hedge, "C", "2025-06-01", needs, "")


def settings(
    docket: Mapping[str, object], as_of: str = AS_OF, press: Mapping[str, object] | None = None
) -> StudyConfig:
    study = {
        "title": "invented", "focal": "A", "benchmarks": ["B"], "currency": "coins", "as_of": as_of, "margin": 0.03,
        "margin_reason": "invented",
    }  # fmt: skip
    parts = {"study": study, "tables": {"press": "p.csv", "claims": "c.csv"}, "docket": docket, "press": press or {}}
    return StudyConfig.model_validate(parts)


def run(
    docket: Mapping[str, object],
    claims: Sequence[Claim] = (),
    figures: Sequence[Figure] = (),
    upstream: Mapping[str, Answer] | None = None,
    as_of: str = AS_OF,
    press: Mapping[str, object] | None = None,
) -> Answer:
    """Run the room on figures whose rows are counted from 2 where they are all given as 2."""
    numbered = [f if f.row != 2 else _row(f, k) for k, f in enumerate(figures, start=2)]
    inputs = Inputs(
        settings(docket, as_of, press), None, press=Press("p.csv", tuple(numbered), {}, ()),
        claims=Claims("c.csv", tuple(claims)) if claims else None,
    )  # fmt: skip
    return ROOM.run(inputs, upstream or {}, np.random.default_rng(0))


def _row(figure: Figure, row: int) -> Figure:
    from dataclasses import replace

    return replace(figure, row=row)


def verdict(found: Answer, name: str = "c") -> ClaimVerdict:
    (one,) = [v for v in found.claims if v.id == name]
    return one


def label(found: Answer, name: str = "c") -> str:
    return verdict(found, name).label


def forecast(found: Answer, name: str = "f") -> ForecastVerdict:
    (one,) = [v for v in found.forecasts if v.id == name]
    return one


def origin(room: str) -> Origin:
    return Origin(room=room, method="m", table="t.csv", rows="2", rows_used=1)


def point(
    name: str, lo: float, hi: float, room: str = "events", tier: Tier = Tier.COMPANY, unit: str = "share"
) -> Point:
    return Point(
        id=name, what="w", value=(lo + hi) / 2, lo=lo, hi=hi, level=1.0 if lo == hi else 0.9, unit=unit, n=9, tier=tier,
        origin=origin(room),
    )  # fmt: skip


def refusal(name: str, room: str = "events") -> Refusal:
    return Refusal(id=name, what="w", why="because", needs=("orders",), origin=origin(room))


def event(name: str, label: str, estimate: str) -> EventVerdict:
    return EventVerdict(
        id=name, event="e", outcome="o", entity="A", period="2025", label=label, estimate=estimate, estimator="x", level=0.9,
        p=None, floor=None, size=None, detectable=None, margin=None, units=1, dates=1, placebos=1, first="2025", last="2025",
        before=9, reason="r", needs=("orders",) if label in ("cannot tell", "refused") else (),
    )  # fmt: skip


def whys(found: Answer) -> list[str]:
    return [check.why for check in found.checks]


def of(entity: str, metric: str = "share", **more: object) -> dict[str, object]:
    return {"entity": entity, "metric": metric, **more}


def quantity(name: str = "q", **look: object) -> dict[str, object]:
    return {"id": name, "label": name, **look}


def says(region: Mapping[str, object], claim: str = "c", quantity: str = "q") -> dict[str, object]:
    return {"claim": claim, "quantity": quantity, **region}


ALL_PRICES = Band()

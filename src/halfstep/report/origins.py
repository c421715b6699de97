"""Where each printed number comes from, as one block of data that the page's drawer reads."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from halfstep.core.answer import Verdict
from halfstep.core.check import Check
from halfstep.core.estimate import Bound, Origin, Point
from halfstep.core.series import Series
from halfstep.report.finding import Need, Term
from halfstep.report.index import Index
from halfstep.report.numbers import probability
from halfstep.report.say import Speaker
from halfstep.report.words import LANGUAGES, known, word

__all__ = ["Origins"]

HEADS = (
    "id", "value", "interval", "level", "unit", "n", "freedom", "tier", "method", "table", "rows", "rows used", "assumptions", "exact", "set",
    "origin", "close", "p short", "p met", "p ahead", "family",
)  # fmt: skip


@dataclass(slots=True)
class Origins:
    """Collects the records that a page refers to; texts and origins are held once.

    Attributes
    ----------
    speakers
        One per language, in the order of `LANGUAGES`.
    """

    index: Index
    speakers: tuple[Speaker, ...]
    keys: dict[str, int] = field(default_factory=dict)
    records: list[dict[str, Any]] = field(default_factory=list)
    shared: dict[Origin, int] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)

    def key(self, ref: str) -> int | None:
        """Return the number of a reference, None where no record stands behind it."""
        if ref not in self.keys:
            record = self._record(ref)
            if record is None:
                return None
            self.keys[ref] = len(self.records)
            self.records.append(record)
        return self.keys[ref]

    def block(self) -> dict[str, Any]:
        """Return everything that the drawer needs."""
        heads = {head: [word(f"ui.{head}", lang) for lang in LANGUAGES] for head in HEADS}
        origins = [
            {
                "method": self._word(f"method.{o.method}"), "table": o.table, "rows": o.rows, "used": o.rows_used,
                "assume": [self._word(f"assume.{a}") for a in o.assumptions],
            }
            for o in self.shared
        ]  # fmt: skip
        return {"heads": heads, "words": self.words, "origins": origins, "records": self.records}

    def _record(self, ref: str) -> dict[str, Any] | None:
        estimate = self.index.estimates.get(ref)
        if isinstance(estimate, Point | Bound):
            return self._estimate(estimate)
        verdict = self.index.verdicts.get(ref)
        if verdict is not None:
            return self._verdict(verdict)
        name, *label = ref.split("|")
        series = self.index.series.get(name)
        if series is not None and tuple(label) in series.index:
            return self._point_of(series, tuple(label), ref)
        check = self.index.check(name)
        return None if check is None or len(label) != 1 else self._fact(check, label[0])

    def _fact(self, check: Check, name: str) -> dict[str, Any] | None:
        """Return a figure that a check quotes, with the origin of the records it speaks about."""
        origin, value = self.index.origin_of_check(check), dict(check.facts).get(name)
        if origin is None or value is None or isinstance(value, str):
            return None
        own = f"fact.{check.id.partition('.')[0]} {name}"
        return {
            "id": f"{check.id}|{name}", "what": self._word(own if known(own) else f"fact.{name}"), "value": _short(float(value)), "origin": self._origin(origin),
        }  # fmt: skip

    def _estimate(self, record: Point | Bound) -> dict[str, Any]:
        found = self._common(record.id, record.what, record.unit, record)
        found |= {"lo": _short(record.lo), "hi": _short(record.hi), "n": record.n}
        if isinstance(record, Point):
            found["value"] = _short(record.value)
            found["level"] = record.level
            if record.freedom is not None:
                found["freedom"] = _short(record.freedom)
        return found

    def _point_of(self, series: Series, label: tuple[str, ...], ref: str) -> dict[str, Any]:
        k = series.index.index(label)
        found = self._common(ref, series.what, series.unit, series)
        found |= {
            "value": _short(float(series.value[k])),
            "lo": _short(float(series.lo[k])),
            "hi": _short(float(series.hi[k])),
        }
        found |= {"n": int(series.n[k]), "level": series.level}
        if series.freedom is not None:
            found["freedom"] = _short(float(series.freedom[k]))
        return found

    def _verdict(self, verdict: Verdict) -> dict[str, Any]:
        found: dict[str, Any] = {
            "id": verdict.id,
            "what": self._word(f"label.{verdict.label}"),
            "family": verdict.family,
        }
        for name in ("p_short", "p_met", "p_ahead"):
            value = getattr(verdict, name)
            if value is not None:
                found[name] = probability(value)
        estimate = self.index.estimates.get(verdict.estimate)
        return found if estimate is None else found | {"origin": self._origin(estimate.origin)}

    def _common(self, name: str, what: str, unit: str, record: Point | Bound | Series) -> dict[str, Any]:
        return {
            "id": name, "what": self._what(what), "unit": self._unit(unit), "tier": self._word(f"tier.{int(record.tier)}"),
            "origin": self._origin(record.origin),
        }  # fmt: skip

    def _origin(self, origin: Origin) -> int:
        return self.shared.setdefault(origin, len(self.shared))

    def _word(self, key: str) -> str:
        self.words.setdefault(key, [speaker.text(Term(key)) for speaker in self.speakers])
        return key

    def _what(self, what: str) -> str:
        self.words.setdefault(what, [speaker.text(Need("what", what)) for speaker in self.speakers])
        return what

    def _unit(self, unit: str) -> str:
        key = f"unit.{unit}"
        if key not in self.words:
            money = self.index.unit(unit) == "money"
            self.words[key] = [
                s.pick(s.config.study.currency) if money else word(f"ui.unit {unit}", s.lang) for s in self.speakers
            ]
        return key


def _short(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.6g}".replace("-", "−")

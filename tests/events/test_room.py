"""The events room at its edges: clear words, and nothing lost."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
import pytest

from halfstep.core.answer import Answer, EventVerdict
from halfstep.core.estimate import Point, Refusal
from halfstep.study import run

Array = npt.NDArray[np.float64]
MONTHS = 40
EVENT = 30


def month(t: int) -> str:
    return f"{2022 + t // 12}-{t % 12 + 1:02d}"


def panel(brands: int = 12, seed: int = 1, **changes: Array) -> dict[str, Array]:
    rng = np.random.default_rng(seed)
    common = np.cumsum(rng.normal(0, 0.02, MONTHS))
    found = {
        f"B{b}": np.exp(7 + 0.1 * b + common + np.cumsum(rng.normal(0, 0.01, MONTHS)) + rng.normal(0, 0.02, MONTHS))
        for b in range(brands)
    }
    return found | changes


def answer(
    folder: Path, made: dict[str, Array], *, period: str = month(EVENT), more: str = "", outcome: str = ""
) -> Answer:
    folder.mkdir(exist_ok=True)
    rows = [(month(t), name, float(v)) for name, path in made.items() for t, v in enumerate(path) if not np.isnan(v)]
    pl.DataFrame(rows, schema=["month", "brand", "units"], orient="row").write_csv(folder / "o.csv")
    (folder / "study.toml").write_text(
        '[study]\ntitle = "t"\nfocal = "B0"\nbenchmarks = ["B1"]\ncurrency = "EUR"\nas_of = "2030-12-31"\nmargin = 0.03\n'
        'margin_reason = "r"\n[tables]\noutcomes = "o.csv"\n'
        '[outcome_columns]\nperiod = "month"\nentity = "brand"\nvalue = "units"\n'
        f'[[outcomes]]\nid = "o"\nlabel = "o"\nkind = "sales"\n{outcome}\n'
        f'[[events]]\nid = "e"\nperiod = "{period}"\nbrand = "B0"\nlabel = "e"\nsource = "s"\noutcomes = ["o"]\n{more}\n',
        encoding="utf-8",
    )
    return run(folder, only=("events",)).answers["events"]


def only(found: Answer) -> EventVerdict:
    (verdict,) = found.events
    return verdict


def facts(found: Answer, name: str) -> dict[str, str | float | int]:
    return dict(next(c for c in found.checks if c.id == f"event.e.o.{name}").facts)


def average(found: Answer) -> Point | Refusal:
    (point,) = [e for e in found.estimates if e.id == "event.e.o.average"]
    assert isinstance(point, Point | Refusal)
    return point


def fall(path: Array, size: float) -> Array:
    return np.where(np.arange(MONTHS) >= EVENT, path * (1 - size), path)


def test_an_event_outside_the_sample_is_refused_with_the_sample(tmp_path: Path) -> None:
    found = answer(tmp_path, panel(), period="2031-05")
    assert (only(found).label, only(found).reason) == ("refused", "outside the sample")
    refusal = average(found)
    assert isinstance(refusal, Refusal) and dict(refusal.facts) == {"first": "2022-01", "last": "2025-04"}


def test_an_event_at_the_very_beginning_has_nothing_before_it(tmp_path: Path) -> None:
    found = answer(tmp_path, panel(), period="2022-02")
    assert (only(found).label, only(found).reason) == ("refused", "too few periods before")


def test_a_series_with_noughts_is_not_put_on_a_relative_scale(tmp_path: Path) -> None:
    made = panel()
    gone = made | {"B0": np.where(np.arange(MONTHS) >= EVENT, 0.0, made["B0"])}
    found = answer(tmp_path / "a", gone)
    assert (only(found).label, only(found).reason) == ("refused", "zeros")
    absolute = answer(tmp_path / "b", gone, outcome='scale = "absolute"')
    assert only(absolute).label == "fell"


def test_missing_cells_are_told_and_nothing_is_filled_in(tmp_path: Path) -> None:
    made = panel()
    made["B0"][[3, 33]] = np.nan
    made["B4"][5:25] = np.nan
    made["B7"][9] = np.nan
    made["B5"][:] = 0.0
    found = answer(tmp_path, made)
    assert facts(found, "missing")["list"] == f"{month(3)}, {month(9)}, {month(33)}"  # one month goes, not B7
    assert facts(found, "donors.blank cells")["list"] == "B4"
    assert facts(found, "donors.zeros")["list"] == "B5"  # a nought has no logarithm
    assert only(found).units == 9
    observed = next(s for s in found.series if s.id == "event.e.o.observed")
    assert len(observed.index) == MONTHS - 3 and not np.isnan(observed.value).any()


def test_a_copy_of_the_entity_is_no_donor(tmp_path: Path) -> None:
    made = panel()
    made["B7"] = 3 * made["B0"]
    assert facts(answer(tmp_path, made), "donors.copy of the treated unit")["list"] == "B7"


def test_a_brand_with_an_event_of_its_own_is_no_donor_and_one_that_moved_is_named(tmp_path: Path) -> None:
    made = panel()
    made["B0"] = fall(made["B0"], 0.3)
    made["B3"] = fall(made["B3"], 0.6)
    own = f'[[events]]\nperiod = "{month(EVENT + 1)}"\nbrand = "B3"\nlabel = "theirs"\nsource = "s"\n'
    told = answer(tmp_path / "told", made, more=own)
    assert facts(told, "donors.an event of its own")["list"] == "B3"
    silent = answer(tmp_path / "silent", made)
    assert [c.id for c in silent.checks if c.why == "event donor moved"] == ["event.e.o.donor.B3"]
    assert only(told).label == "fell"


def test_one_series_alone_is_judged_by_its_own_earlier_dates(tmp_path: Path) -> None:
    made = {"B0": fall(panel()["B0"], 0.5), "B1": np.full(MONTHS, np.nan)}
    found = answer(tmp_path, made, more="horizon = 3")
    verdict = only(found)
    assert verdict.units == 0 and verdict.dates >= 3
    if verdict.label == "cannot tell":
        assert "a control group" in verdict.needs
    assert {e.id.rpartition(".")[2] for e in found.estimates if ".by." in e.id} <= {"structural series", "segmented"}


def test_too_few_placebos_give_no_interval_but_a_word(tmp_path: Path) -> None:
    made = {name: path[-14:] for name, path in panel(3).items()}
    rows = {name: np.concatenate([np.full(MONTHS - 14, np.nan), path]) for name, path in made.items()}
    verdict = only(answer(tmp_path, rows))
    assert verdict.label in ("cannot tell", "fell", "rose") and (verdict.p is None) == (verdict.estimator == "")


def test_a_uncertain_date_begins_with_the_earliest_day(tmp_path: Path) -> None:
    sure = answer(tmp_path / "a", panel(), period=f"{month(EVENT)}-02")
    vague = answer(tmp_path / "b", panel(), period=f"{month(EVENT)}-02", more="within = 5")
    assert only(sure).first == month(EVENT)
    assert only(vague).first == month(EVENT - 1)


def test_related_entities_are_no_donors_and_looked_at(tmp_path: Path) -> None:
    made = panel()
    made["B0"], made["B1"] = fall(made["B0"], 0.4), fall(made["B1"], 0.4)
    found = answer(tmp_path, made, more='related = { siblings = ["B1"] }')
    spill = next(e for e in found.estimates if e.id == "event.e.o.spill.B1")
    assert isinstance(spill, Point) and spill.hi < 0
    assert facts(found, "donors.siblings")["list"] == "B1"


def test_money_is_lost_units_times_the_margin_and_its_range(tmp_path: Path) -> None:
    made = panel()
    made["B0"] = fall(made["B0"], 0.4)
    bare = answer(tmp_path / "bare", made)
    assert [e.id for e in bare.estimates if isinstance(e, Refusal)] == ["event.e.o.cost"]
    told = answer(
        tmp_path / "told", made, more='[shocks]\nunit_margin = [10, 20]\nunit_margin_source = "s"\nhorizons = [3]'
    )
    bounds = {e.id: e for e in told.estimates if e.id.startswith("event.e.o.cost.")}
    assert set(bounds) == {"event.e.o.cost.3", "event.e.o.cost.10"}
    total = next(e for e in told.estimates if e.id == "event.e.o.total")
    whole = bounds["event.e.o.cost.10"]
    assert isinstance(total, Point) and not isinstance(whole, Refusal)
    assert whole.lo == pytest.approx(-total.hi * 10) and whole.hi == pytest.approx(-total.lo * 20)


@pytest.mark.parametrize("scale", [1.0, 1000.0])
def test_the_unit_of_the_table_does_not_matter(tmp_path: Path, scale: float) -> None:
    made = {name: scale * path for name, path in panel().items()}
    made["B0"] = fall(made["B0"], 0.2)
    base = panel()
    base["B0"] = fall(base["B0"], 0.2)
    one, other = average(answer(tmp_path / "a", base)), average(answer(tmp_path / "b", made))
    assert isinstance(one, Point) and isinstance(other, Point)
    assert (one.lo, one.value, one.hi) == pytest.approx((other.lo, other.value, other.hi), rel=1e-6)


def test_the_same_study_gives_the_same_answer(tmp_path: Path) -> None:
    one, other = answer(tmp_path / "a", panel()), answer(tmp_path / "b", panel())
    assert only(one) == only(other)


def test_days_are_read_and_weekdays_taken_out(tmp_path: Path) -> None:
    days = [date(2025, 1, 6) + timedelta(days=t) for t in range(84)]
    rng = np.random.default_rng(3)
    rows = []
    for b in range(8):
        week = 0.3 * rng.normal(size=7)
        path = np.exp(6 + np.array([week[d.weekday()] for d in days]) + rng.normal(0, 0.03, 84))
        rows += [(d.isoformat(), f"B{b}", float(v)) for d, v in zip(days, path, strict=True)]
    pl.DataFrame(rows, schema=["day", "brand", "units"], orient="row").write_csv(tmp_path / "o.csv")
    (tmp_path / "study.toml").write_text(
        '[study]\ntitle = "t"\nfocal = "B0"\nbenchmarks = ["B1"]\ncurrency = "EUR"\nas_of = "2030-12-31"\nmargin = 0.03\n'
        'margin_reason = "r"\n[tables]\noutcomes = "o.csv"\n[outcome_columns]\nperiod = "day"\nentity = "brand"\nvalue = "units"\n'
        '[[outcomes]]\nid = "o"\nlabel = "o"\nkind = "attention"\nseason = "year"\n'
        '[[events]]\nid = "e"\nperiod = "2025-03-10"\nbrand = "B0"\nlabel = "e"\nsource = "s"\noutcomes = ["o"]\nhorizon = 7\n',
        encoding="utf-8",
    )
    found = run(tmp_path, only=("events",)).answers["events"]
    assert facts(found, "season")["n"] == 7
    assert only(found).label == "cannot tell" and (only(found).detectable or 1) < 0.2

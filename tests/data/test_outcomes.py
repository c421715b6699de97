"""Outcomes in which events may show: read whole, any kind of period, nothing missing filled in, every fault where it is."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from halfstep.core.check import Fault
from halfstep.core.errors import StudyFaultsError
from halfstep.data.cells.dates import within_period
from halfstep.data.outcomes import Outcomes
from halfstep.data.study import Loaded, load
from halfstep.market.inputs import prepare
from halfstep.report.words import known
from tests.invented import SETTINGS, market, write

COLUMNS = {"period": "when", "entity": "who", "value": "n"}
OUTCOME: dict[str, Any] = {"id": "orders", "label": "Orders", "kind": "orders"}
EVENT: dict[str, Any] = {
    "id": "crash", "period": "2025-02", "brand": "A", "label": "x", "source": "s", "outcomes": ["orders"],
}  # fmt: skip
ROWS = ["2025-01,A,1", "2025-02,A,2", "2025-03,A,3", "2025-01,B,10", "2025-03,B,30"]
ROOT = Path(__file__).parents[2]


def alone(
    folder: Path,
    table: list[str] | str | bytes | pl.DataFrame,
    changes: dict[str, Any] | None = None,
    head: str = "when,who,n",
) -> Path:
    """A study of outcomes only: no sales, no press."""
    body = "\n".join([head, *table]) + "\n" if isinstance(table, list) else table
    base: dict[str, Any] = dict.fromkeys(k for k in SETTINGS if k not in ("study", "tables"))
    base |= {"tables": {"sales": None}, "outcome_columns": COLUMNS, "outcomes": [OUTCOME]}
    return write(folder, None, base | (changes or {}), {"outcomes": body})


def only(folder: Path) -> Outcomes:
    (found,) = load(folder).outcomes
    return found


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder)
    assert all(fault.table and fault.what and fault.mend for fault in caught.value.faults)
    return caught.value.faults


def fault(folder: Path) -> Fault:
    (found,) = faults(folder)
    return found


def of(found: Outcomes, entity: str) -> list[float | None]:
    return [None if np.isnan(v) else float(v) for v in found.value[found.entities.index(entity)]]


def test_a_study_may_have_outcomes_only(tmp_path: Path) -> None:
    loaded = load(alone(tmp_path, ROWS))
    found = only(tmp_path)
    assert (loaded.sold, loaded.press) == (None, None)
    assert (found.id, found.kind, found.step, found.file) == ("orders", "orders", "month", "outcomes.csv")
    assert found.entities == ("A", "B")
    assert found.periods == ("2025-01", "2025-02", "2025-03")
    assert found.first_days[1] == date(2025, 2, 1) and found.last_days[1] == date(2025, 2, 28)
    assert of(found, "A") == [1, 2, 3]
    assert of(found, "B") == [10, None, 30]
    assert found.rows == {"A": (2, 3, 4), "B": (5, 6)}
    assert [outcome.id for outcome in prepare(loaded).outcomes] == ["orders"]


def test_a_study_needs_one_of_five_tables(tmp_path: Path) -> None:
    path = alone(
        tmp_path, ROWS, {"outcome_columns": None, "outcomes": None, "tables": {"sales": None, "reach": "r.csv"}}
    )
    text = (path / "study.toml").read_text().replace('"outcomes" = "outcomes.csv"', "")
    (path / "study.toml").write_text(text)
    assert any("of outcomes, of choices or of utterances" in f.what for f in faults(path))


@pytest.mark.parametrize(
    ("cells", "step", "keys"),
    [
        (("2025-03-29", "2025-03-30", "2025-04-01"), "day", ("2025-03-29", "2025-03-30", "2025-03-31", "2025-04-01")),
        (("2024-W52", "2025-W01", "2025年第2周"), "week", ("2024-W52", "2025-W01", "2025-W02")),
        (("2025年1月", "Feb-25", "2025-03"), "month", ("2025-01", "2025-02", "2025-03")),
        (("1Q24", "2024Q2", "2024-Q4"), "quarter", ("2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4")),
        (("1986", "1988", "1989年"), "year", ("1986", "1987", "1988", "1989")),
    ],
)
def test_every_kind_of_period_is_read_and_made_consecutive(
    tmp_path: Path, cells: tuple[str, ...], step: str, keys: tuple[str, ...]
) -> None:
    found = only(alone(tmp_path, [f"{cell},A,{i}" for i, cell in enumerate(cells)]))
    assert (found.step, found.periods) == (step, keys)
    assert all(b == a + timedelta(days=1) for a, b in zip(found.last_days[:-1], found.first_days[1:], strict=True))


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        (("2025-03-03", "2025-03-10", "2025-03-24"), ("2025-W10", "2025-W11", "2025-W12", "2025-W13")),
        (("2025-03-09", "2025-03-16"), ("2025-W10", "2025-W11")),
        (("2025-01-01", "2025-02-01", "2025-03-01"), ("2025-01", "2025-02", "2025-03")),
        (("2024-01-31", "2024-02-29"), ("2024-01", "2024-02")),
        (("2024-03-31", "2024-06-30", "2024-09-30"), ("2024-Q1", "2024-Q2", "2024-Q3")),
        (("2023-12-31", "2024-12-31"), ("2023", "2024")),
    ],
)
@pytest.mark.parametrize("parquet", [False, True])
def test_days_one_period_apart_are_periods_and_it_is_said(
    tmp_path: Path, days: tuple[str, ...], keys: tuple[str, ...], parquet: bool
) -> None:
    frame = pl.DataFrame({"when": [date.fromisoformat(d) for d in days], "who": "A", "n": range(len(days))})
    table = {"tables": {"sales": None, "outcomes": "o.parquet"}} if parquet else {}
    loaded = load(alone(tmp_path, frame if parquet else [f"{d},A,1" for d in days], table))
    assert loaded.outcomes[0].periods == keys
    (guess,) = [g for g in loaded.guesses if g.kind == "day_as_period"]
    assert (guess.column, guess.count, dict(guess.facts)["example"]) == ("when", len(days), days[0])
    assert known(f"guess.{guess.kind}")


def test_mixed_kinds_of_period_are_a_fault_with_an_example_of_each(tmp_path: Path) -> None:
    found = fault(alone(tmp_path, ["2025-01,A,1", "2025Q2,A,2"]))
    assert (found.table, found.column) == ("outcomes.csv", "when")
    assert "months (2025-01 in row 2)" in found.what and "quarters (2025-Q2 in row 3)" in found.what


def test_kinds_may_differ_between_outcomes(tmp_path: Path) -> None:
    outcomes = [OUTCOME | {"measure": "o"}, OUTCOME | {"id": "price", "kind": "share price", "measure": "p"}]
    rows = ["2025-01,A,1,o", "2025-01-02,A,3.5,p", "2025-01-03,A,3.6,p"]
    changes = {"outcome_columns": COLUMNS | {"measure": "what"}, "outcomes": outcomes}
    orders, price = load(alone(tmp_path, rows, changes, "when,who,n,what")).outcomes
    assert (orders.step, price.step) == ("month", "day")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("2025H1,A,1", "when", "half a year (2025-H1)"),
        ("soon,A,1", "when", "got 'soon'"),
        (",A,1", "when", "the cell is blank"),
        ("2025-02,,1", "who", "expected a name"),
        ("2025-02,A,many", "n", "expected a plain number"),
        ("2025-02,A,17-18", "n", "a range"),
        ("2025-02,A,-3", "n", "expected zero or more"),
        ("2025-01,A,7", "who", "A 2025-01 occurs 2 times (row 2: value 1; row 3: value 7)"),
    ],
)
def test_faults_of_rows_say_where_and_what(tmp_path: Path, row: str, column: str, words: str) -> None:
    found = fault(alone(tmp_path, ["2025-01,A,1", row]))
    assert (found.table, found.column) == ("outcomes.csv", column)
    assert found.row == (2 if "occurs" in words else 3)
    assert words in found.what


def test_below_zero_is_allowed_on_the_absolute_scale(tmp_path: Path) -> None:
    rows = ["2025-01,A,1", "2025-02,A,-3"]
    assert "scale = 'absolute'" in fault(alone(tmp_path / "a", rows)).mend
    found = only(alone(tmp_path / "b", rows, {"outcomes": [OUTCOME | {"scale": "absolute"}]}))
    assert of(found, "A") == [1, -3]


def test_cells_are_read_as_elsewhere_and_blanks_are_missing(tmp_path: Path) -> None:
    rows = "时间\t品牌\t数量\n2025年1月\t甲\t1.2万\n2025年2月\t甲\t—\n2025年3月\t甲\t１,３00\n"
    columns = {"outcome_columns": {"period": "时间", "entity": "品牌", "value": "数量"}, "study": {"focal": "甲"}}
    found = load(alone(tmp_path, rows.encode("gb18030"), columns))
    assert of(found.outcomes[0], "甲") == [12000, None, 1300]
    assert {"wan", "nan_word", "period_form"} <= {guess.kind for guess in found.guesses}


def test_serial_days_of_a_spreadsheet_stay_days(tmp_path: Path) -> None:
    found = only(alone(tmp_path, ["45658,A,1", "45659,A,2"]))
    assert (found.step, found.periods) == ("day", ("2025-01-01", "2025-01-02"))


def test_places_are_added_up_and_missing_where_one_is_blank(tmp_path: Path) -> None:
    rows = ["2025-01,A,1,de", "2025-01,A,2,fr", "2025-02,A,3,de", "2025-03,A,4,de", "2025-03,A,,fr", "2025-02,B,5,de"]
    changes = {"outcome_columns": COLUMNS | {"place": "where"}}
    found = only(alone(tmp_path, rows, changes, "when,who,n,where"))
    assert of(found, "A") == [3, None, None]
    assert of(found, "B") == [None, 5, None]
    narrow = {"outcomes": [OUTCOME | {"among": {"where": ["de"]}}]}
    assert of(only(alone(tmp_path / "n", rows, changes | narrow, "when,who,n,where")), "A") == [1, 3, 4]


def test_prices_of_several_places_are_not_added_up(tmp_path: Path) -> None:
    rows = ["2025-01,A,1,de", "2025-01,A,2,fr"]
    changes = {"outcome_columns": COLUMNS | {"place": "where"}, "outcomes": [OUTCOME | {"kind": "resale price"}]}
    assert "prices cannot be added up" in fault(alone(tmp_path, rows, changes, "when,who,n,where")).what


def test_aliases_and_subbrands_are_those_of_the_study(tmp_path: Path) -> None:
    rows = ["2025-01,a,1", "2025-01,Sub,2", "2025-02,A,5"]
    brands = {"aliases": {"a": "A"}, "subbrands": {"Sub": "A"}, "subbrands_in": True}
    found = only(alone(tmp_path / "in", rows, {"brands": brands}))
    assert found.entities == ("A",)
    assert of(found, "A") == [3, 5]
    assert only(alone(tmp_path / "out", rows, {"brands": brands | {"subbrands_in": False}})).entities == ("A", "Sub")


def test_a_missing_period_is_blank_for_all_and_said(tmp_path: Path) -> None:
    loaded = load(alone(tmp_path, ["2025-01,A,1", "2025-03,A,3"]))
    assert of(loaded.outcomes[0], "A") == [1, None, 3]
    assert [(g.kind, g.count, dict(g.facts)["periods"]) for g in loaded.guesses] == [("missing_periods", 1, "2025-02")]


def test_what_was_not_known_by_then_is_not_looked_at_and_what_was_revised_is_counted(tmp_path: Path) -> None:
    rows = [
        f"{row},{day}"
        for row, day in zip([*ROWS, "2025-01,A,7"], ["", "", "", "2025-04-09", "", "2025-02-20"], strict=True)
    ]
    rows[0] = "2025-01,A,1,2025-01-31"
    changes = {"outcome_columns": COLUMNS | {"first_known": "known"}}
    folder = alone(tmp_path, rows, changes, "when,who,n,known")
    late, early = only(folder), load(folder, as_of="2025-02-28")
    assert of(late, "A") == [7, 2, 3]
    assert late.left_out == {"revised later": 1}
    assert early.outcomes[0].periods == ("2025-01", "2025-02")
    assert early.outcomes[0].entities == ("A",)
    assert early.left_out == {"outcomes, revised later": 1}
    assert early.later == {"outcomes": 3}
    assert all(known(f"left.{reason}") for reason in early.left_out)
    none = load(folder, as_of="2024-12-31")
    assert none.outcomes[0].periods == ()
    assert prepare(none).outcomes == ()


def test_first_and_last_bound_the_sample(tmp_path: Path) -> None:
    bounds = [OUTCOME | {"first": "2025-02", "last": "2025-02-28"}]
    found = only(alone(tmp_path, ROWS, {"outcomes": bounds, "events": [EVENT | {"brand": "B"}]}))
    assert found.periods == ("2025-02",)
    assert found.entities == ("A", "B"), "the brand of an event stays, though no row of it does"
    assert of(found, "B") == [None]
    assert found.left_out == {"before first period": 2, "after last period": 2}


def test_an_outcome_without_rows_is_told_which_words_occur(tmp_path: Path) -> None:
    changes: dict[str, Any] = {"outcomes": [OUTCOME | {"measure": "order", "among": {"where": ["DE"]}}]}
    changes["outcome_columns"] = COLUMNS | {"measure": "what"}
    rows = ["2025-01,A,1,orders,de", "2025-02,A,1,visits,fr"]
    found = fault(alone(tmp_path, rows, changes, "when,who,n,what,where"))
    assert "what has no order (did you mean 'orders'?); it has: orders, visits" in found.mend
    assert "where has no DE (did you mean 'de'?); it has: de, fr" in found.mend


def test_several_measures_are_not_taken_together(tmp_path: Path) -> None:
    changes = {"outcome_columns": COLUMNS | {"measure": "what"}}
    found = fault(alone(tmp_path, ["2025-01,A,1,orders", "2025-02,A,1,visits"], changes, "when,who,n,what"))
    assert "orders, visits" in found.what


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"outcomes": [OUTCOME, OUTCOME]}, "outcomes", "'orders' occurs twice"),
        ({"events": [EVENT, EVENT]}, "events", "'crash' occurs twice"),
        ({"events": [EVENT | {"outcomes": ["order"]}]}, "events.0.outcomes", "did you mean 'orders'"),
        ({"events": [{k: v for k, v in EVENT.items() if k != "id"}]}, "events.0.id", "has no id"),
        ({"events": [EVENT | {"period": "last May"}]}, "events.0.period", "got 'last May'"),
        ({"events": [EVENT | {"brand": "AA"}]}, "events.0.brand", "did you mean 'A'"),
        ({"events": [EVENT | {"related": {"rivals": ["Z"]}}]}, "events.0.related.rivals", "there are: A, B"),
        ({"outcomes": [OUTCOME | {"donors": ["Z"]}]}, "outcomes.0.donors", "there are: A, B"),
        ({"outcomes": [OUTCOME | {"not_donors": ["Z"]}]}, "outcomes.0.not_donors", "there are: A, B"),
        ({"outcomes": [OUTCOME | {"donors": ["B"], "not_donors": ["B"]}]}, "outcomes.0.not_donors", "as well"),
        ({"outcomes": [OUTCOME | {"table": "sales"}]}, "outcomes.0.table", "add sales to [tables]"),
        ({"outcomes": [OUTCOME | {"measure": "x"}]}, "outcomes.0.measure", "no column of measures"),
        ({"outcomes": [OUTCOME | {"first": "early"}]}, "outcomes.0.first", "got 'early'"),
        ({"outcome_columns": None}, "outcome_columns", "add [outcome_columns]"),
        ({"outcomes": None}, "outcomes", "add [[outcomes]]"),
        ({"shocks": {"unit_margin": [2.0, 1.0]}}, "shocks.unit_margin", "lower end first"),
        ({"study": {"focal": "AAB"}}, "study.focal", "expected an entity"),
        ({"obtain": {"press": "there"}}, "obtain.press", "no such table"),
    ],
)
def test_settings_of_events_are_faults_at_their_key(
    tmp_path: Path, changes: dict[str, Any], key: str, words: str
) -> None:
    found = [f for f in faults(alone(tmp_path, ROWS, changes)) if f.column == key]
    assert len(found) == 1
    assert words in f"{found[0].what} {found[0].mend}"


@pytest.mark.parametrize("key", ["begins", "ends"])
@pytest.mark.parametrize(("when", "right"), [("2025-W14", True), ("2025-03-29", True), ("2025H1", False), ("x", False)])
def test_rivals_are_dated_by_any_period(tmp_path: Path, key: str, when: str, right: bool) -> None:
    rival = {"id": "new", "label": "n", "source": "s", key: when, "moves": {"B": "up"}}
    folder = alone(tmp_path, ROWS, {"events": [EVENT | {"rivals": [rival]}]})
    if right:
        assert load(folder).config.events[0].rivals[0].moves == {"B": "up"}
    else:
        assert fault(folder).column == f"events.0.rivals.0.{key}"


def test_rivals_with_one_id_or_of_unknown_entities_are_faults(tmp_path: Path) -> None:
    rival = {"id": "new", "label": "n", "source": "s", "moves": {"Z": "up"}}
    found = faults(alone(tmp_path, ROWS, {"events": [EVENT | {"rivals": [rival, rival]}]}))
    assert [f.column for f in found] == ["events.0.rivals", "events.0.rivals.0.moves", "events.0.rivals.1.moves"]


def test_an_event_outside_the_sample_is_no_fault(tmp_path: Path) -> None:
    assert load(alone(tmp_path, ROWS, {"events": [EVENT | {"period": "1999-12-31"}]})).outcomes


def test_a_sample_too_long_to_be_true_is_a_fault(tmp_path: Path) -> None:
    found = fault(alone(tmp_path, ["1025-01-02,A,1", "2025-01-02,A,1", "2025-01-03,A,1"]))
    assert "from 1025-01-02 to 2025-01-03" in found.what


def test_outcomes_of_the_sales_table_are_sums_of_its_brands(tmp_path: Path) -> None:
    outcome = OUTCOME | {"kind": "sales", "table": "sales"}
    changes = {"outcomes": [outcome], "events": [EVENT | {"period": "2003-05-17"}]}
    loaded = load(write(tmp_path, market(), changes))
    (found,) = loaded.outcomes
    assert (found.step, found.periods, found.entities) == ("year", tuple(map(str, range(2000, 2006))), tuple("ABCD"))
    sums = market().group_by("year").agg(pl.col("units").filter(pl.col("brand") == "B").sum()).sort("year")["units"]
    assert of(found, "B") == [float(v) for v in sums]
    assert len(found.rows["B"]) == 24
    assert "outcomes, after as_of" not in loaded.left_out
    narrow = changes | {"outcomes": [outcome | {"among": {"model": ["B0"]}}], "events": []}
    assert load(write(tmp_path / "n", market(), narrow)).outcomes[0].entities == ("B",)


def test_an_event_on_an_entity_of_the_outcomes_need_not_be_in_the_sales(tmp_path: Path) -> None:
    changes = {"outcome_columns": COLUMNS, "outcomes": [OUTCOME], "events": [EVENT | {"brand": "Group"}]}
    table = "when,who,n\n2025-01,Group,1\n2025-02,Group,2\n"
    assert load(write(tmp_path, market(), changes, {"outcomes": table})).outcomes[0].entities == ("Group",)


def test_a_file_behind_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"en": "from the registry", "zh": "向登记机构索取"}
    table = "${CASES_HERE}/sub/o.csv"
    folder = alone(tmp_path / "s", ROWS, {"obtain": {"outcomes": told}})
    text = (folder / "study.toml").read_text(encoding="utf-8").replace('"outcomes.csv"', f'"{table}"')
    (folder / "study.toml").write_text(text, encoding="utf-8")
    monkeypatch.delenv("CASES_HERE", raising=False)
    unset = fault(folder)
    assert unset.table == table and "CASES_HERE; it is not set" in unset.what.replace(
        f", with the folder of {table}", ""
    )
    assert "from the registry; 向登记机构索取" in unset.mend
    monkeypatch.setenv("CASES_HERE", str(tmp_path / "data"))
    absent = fault(folder)
    assert table in absent.what and str(tmp_path) not in absent.line()
    assert "from the registry" in absent.mend
    (tmp_path / "data" / "sub").mkdir(parents=True)
    (folder / "outcomes.csv").rename(tmp_path / "data" / "sub" / "o.csv")
    loaded = load(folder)
    assert sorted(loaded.inputs) == [table, "study.toml"]
    (tmp_path / "data" / "sub" / "o.csv").write_bytes(b"")
    assert "registry" not in fault(folder).mend, "a file that is there and broken need not be obtained"


def test_where_a_plain_file_is_obtained_is_said_too(tmp_path: Path) -> None:
    folder = alone(tmp_path, ROWS, {"obtain": {"outcomes": "ask the registry"}})
    (folder / "outcomes.csv").unlink()
    assert fault(folder).mend.endswith("; ask the registry")


def test_events_lie_in_the_period_of_a_path(tmp_path: Path) -> None:
    assert within_period("1986-11-23", 1) == "1986"
    assert within_period("2025-04-30", 4) == "2025-Q2"
    assert within_period("2025-W14", 12) == "2025-03"
    assert within_period("2025", 12) is None
    assert within_period("never", 1) is None


def test_a_million_rows_take_seconds(tmp_path: Path) -> None:
    days, who = pl.date_range(date(2023, 1, 1), date(2025, 9, 26), eager=True).cast(pl.String), range(1000)
    frame = pl.DataFrame({"when": days}).join(pl.DataFrame({"who": [f"E{i}" for i in who]}), how="cross")
    frame = frame.with_columns(n=pl.int_range(pl.len()))
    folder = alone(tmp_path, frame, {"tables": {"sales": None, "outcomes": "o.parquet"}, "study": {"focal": "E1"}})
    assert frame.height == 1_000_000
    began = time.process_time()
    found = only(folder)
    assert time.process_time() - began < 20
    assert found.value.shape == (1000, 1000)
    assert float(found.value[found.entities.index("E7"), 2]) == 2007


def test_the_shipped_studies_load(monkeypatch: pytest.MonkeyPatch) -> None:
    (sales,) = load(ROOT / "studies" / "us-cars").outcomes
    assert (sales.step, sales.periods[0], sales.periods[-1]) == ("year", "1971", "1990")
    audi = of(sales, "Audi")
    assert audi[15] is not None and audi[16] is not None and audi[16] < audi[15]
    monkeypatch.delenv("HALFSTEP_CASES", raising=False)
    found = fault(ROOT / "studies" / "tesla-2025")
    assert "HALFSTEP_CASES" in found.what and "open-ev-charts.org" in found.mend


def test_the_registrations_say_what_was_published_of_them(registrations: Loaded) -> None:
    fell = {}
    for found in registrations.outcomes:
        of_year = {
            y: sum(float(v) for p, v in zip(found.periods, of(found, "Tesla"), strict=True) if p[:4] == y and v)
            for y in ("2024", "2025")
        }
        fell[found.id] = round(100 * (of_year["2025"] / of_year["2024"] - 1))
    published = {"germany": -48, "netherlands": -45, "france": -37, "switzerland": -28, "ireland": 13}
    assert {name: fell[name] for name in published} == published


@pytest.fixture
def registrations(cases: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    monkeypatch.setenv("HALFSTEP_CASES", str(cases))
    if not (cases / "registrations").exists():
        pytest.skip("the registrations are not among the cases")
    return load(ROOT / "studies" / "tesla-2025")


def test_months_are_added_up_to_quarters_and_what_is_in_part_is_left_out() -> None:
    from datetime import date

    import numpy as np

    from halfstep.data.outcomes import Outcomes, gathered

    months = [date(2024, m, 1) for m in range(2, 12)]
    made = Outcomes(
        id="o", kind="orders", file="f", entities=("A", "B"), step="month", periods=tuple(d.isoformat()[:7] for d in months),
        first_days=tuple(months), last_days=tuple(date(2024, d.month, 28) if d.month == 2 else date(2024, d.month, 30) for d in months),
        value=np.array([np.arange(2.0, 12), np.where(np.arange(2, 12) == 5, np.nan, 1.0)]), rows={}, left_out={},
    )  # fmt: skip
    found = gathered(made, "quarter")
    assert found.periods == ("2024-Q2", "2024-Q3")
    assert found.value[0].tolist() == [4 + 5 + 6, 7 + 8 + 9]
    assert np.isnan(found.value[1, 0]) and found.value[1, 1] == 3

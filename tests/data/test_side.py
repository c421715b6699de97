"""The optional tables: read whole and early, every fault where it is, aliases and dates as in the sales table."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import polars as pl
import pytest

from halfstep.core.check import Fault
from halfstep.core.errors import StudyFaultsError
from halfstep.data.side import Side
from halfstep.data.study import load
from halfstep.market.inputs import prepare
from halfstep.study import run
from tests.invented import market, mutated, write

REACH: dict[str, str] = {
    "brand": "b", "period": "t", "awareness": "aware", "consideration": "consider", "outlets": "shops",
    "variants": "kinds", "respondents": "asked",
}  # fmt: skip
FLOW = {name: name for name in ("brand", "period", "orders", "cancellations", "backlog", "capacity", "deliveries")}
SECOND = {"bought": "bought", "second": "second", "count": "people"}
SECTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "reach": ("reach_columns", REACH),
    "flow": ("flow_columns", FLOW),
    "second_choices": ("second_choice_columns", SECOND),
}
HEADS = {
    "reach": "b,t,aware,consider,shops,kinds,asked",
    "flow": "brand,period,orders,cancellations,backlog,capacity,deliveries",
    "second_choices": "bought,second,people",
}
ROWS = {
    "reach": ["A,2000,.5,.4,30,2,200", "B,2000,.9,.7,60,3,200", "A,2001,.6,.4,30,2,200"],
    "flow": ["A,2000,100,10,20,80,70", "A,2001,100,10,30,80,80", "B,2000,5,0,0,,5"],
    "second_choices": ["A,B,30", "A,C,10", "B,A,7"],
}


def study(folder: Path, name: str, rows: list[str] | bytes, changes: dict[str, Any] | None = None) -> Path:
    section, columns = SECTIONS[name]
    table = rows if isinstance(rows, bytes) else "\n".join([HEADS[name], *rows]) + "\n"
    return write(folder, market(), {section: columns} | (changes or {}), {name: table})


def faults(folder: Path) -> tuple[Fault, ...]:
    with pytest.raises(StudyFaultsError) as caught:
        load(folder)
    assert all(fault.table and fault.what and fault.mend for fault in caught.value.faults)
    return caught.value.faults


def side(folder: Path, name: str, as_of: str | None = None) -> Side:
    found = getattr(load(folder, as_of=as_of), name)
    assert isinstance(found, Side)
    return found


@pytest.mark.parametrize("name", SECTIONS)
def test_a_table_is_read_hashed_and_tidied(tmp_path: Path, name: str) -> None:
    loaded = load(study(tmp_path, name, ROWS[name]))
    found = getattr(loaded, name)
    assert found.file == f"{name}.csv"
    assert found.frame["row"].to_list() == [2, 4, 3] if name == "reach" else sorted(found.frame["row"]) == [2, 3, 4]
    assert len(loaded.inputs[f"{name}.csv"]) == 64
    assert [other for other in SECTIONS if getattr(loaded, other) is None] == [o for o in SECTIONS if o != name]


def test_frames_have_every_column_of_their_kind(tmp_path: Path) -> None:
    reach = side(study(tmp_path / "r", "reach", ROWS["reach"]), "reach").frame
    assert reach.filter(pl.col("brand") == "B").row(0) == (3, "B", 2000, "", 0.9, 0.7, 60.0, 3.0, 200.0)
    columns = ["row", "brand", "period", "orders", "cancellations", "backlog", "capacity", "deliveries"]
    flow = side(study(tmp_path / "f", "flow", ROWS["flow"]), "flow").frame
    assert flow.columns == columns
    assert flow["capacity"].to_list() == [80, 80, None]
    second = side(study(tmp_path / "s", "second_choices", ROWS["second_choices"]), "second_choices").frame
    assert second.columns == ["row", "bought", "second", "period", "count"]
    assert second["period"].null_count() == 3


@pytest.mark.parametrize("name", SECTIONS)
def test_a_table_needs_its_section_and_a_section_its_table(tmp_path: Path, name: str) -> None:
    section, columns = SECTIONS[name]
    write(tmp_path / "a", market(), None, {name: "\n".join([HEADS[name], *ROWS[name]])})
    assert [f.column for f in faults(tmp_path / "a")] == [section]
    write(tmp_path / "b", market(), {section: columns})
    assert [f.column for f in faults(tmp_path / "b")] == [f"tables.{name}"]


@pytest.mark.parametrize("name", SECTIONS)
def test_wrong_column_names_get_a_hint(tmp_path: Path, name: str) -> None:
    section, columns = SECTIONS[name]
    key, column = list(columns.items())[-1]
    folder = study(tmp_path, name, ROWS[name], {section: columns | {key: column + "s"}})
    (fault,) = faults(folder)
    assert (fault.table, fault.column) == (f"{name}.csv", column + "s")
    assert f"{section}.{key}" in fault.what
    assert f"did you mean {column!r}" in fault.mend


@pytest.mark.parametrize(
    ("section", "columns"),
    [("reach_columns", {"brand": "b", "period": "t"}), ("flow_columns", {"brand": "brand", "period": "period"})],
)
def test_a_table_without_a_figure_says_nothing(tmp_path: Path, section: str, columns: dict[str, str]) -> None:
    name = section.partition("_")[0]
    (fault,) = faults(study(tmp_path, name, ROWS[name], {section: columns}))
    assert fault.column == section
    assert "name one of" in fault.mend


def test_interviews_about_nothing_are_a_fault(tmp_path: Path) -> None:
    columns = {"brand": "b", "period": "t", "outlets": "shops", "respondents": "asked"}
    (fault,) = faults(study(tmp_path, "reach", ROWS["reach"], {"reach_columns": columns}))
    assert fault.column == "reach_columns.respondents"


CELLS = [
    ("reach", "45", 2, "write .45 for 45 per cent"),
    ("reach", "45-50%", 2, "such as .45"),
    ("reach", "100", 2, "write 1 for 100 per cent"),
    ("reach", "0", 2, "such as .45"),
    ("reach", "-1", 2, "such as .45"),
    ("reach", "many", 2, "such as .45"),
    ("reach", "1e400", 2, "such as .45"),
    ("reach", "0", 4, "correct the figure"),
    ("reach", "-3", 5, "correct the figure"),
    ("reach", "0", 6, "correct the figure"),
    ("reach", "12万", 4, "write digits"),
    ("flow", "-1", 2, "correct the figure"),
    ("flow", "1.2万", 2, "write digits"),
    ("flow", "17-18", 5, "give the exact figure"),
    ("flow", "inf", 6, "write digits"),
    ("second_choices", "-1", 2, "correct the figure"),
    ("second_choices", "", 2, "fill it"),
    ("second_choices", "x", 2, "write digits"),
    ("second_choices", "", 0, "fill it"),
    ("second_choices", " ", 1, "fill it"),
    ("flow", "", 0, "fill it"),
    ("flow", "", 1, "write 1990"),
    ("flow", "2000-Q9", 1, "write 1990"),
    ("reach", "", 0, "fill it"),
    ("reach", "soon", 1, "write 1990"),
]


@pytest.mark.parametrize(("name", "value", "at", "mend"), CELLS)
def test_a_bad_cell_is_one_fault_with_row_and_column(tmp_path: Path, name: str, value: str, at: int, mend: str) -> None:
    cells = ROWS[name][1].split(",")
    cells[at] = value
    (fault,) = faults(study(tmp_path, name, [ROWS[name][0], ",".join(cells), ROWS[name][2]]))
    assert (fault.table, fault.row, fault.column) == (f"{name}.csv", 3, HEADS[name].split(",")[at])
    assert mend in fault.mend
    if value.strip():
        assert repr(value) in fault.what


def test_all_faults_of_all_tables_come_at_once(tmp_path: Path) -> None:
    tables = {name: "\n".join([HEADS[name], *ROWS[name]]) + "\n" for name in SECTIONS}
    tables["reach"] = tables["reach"].replace(".9,", "90,")
    tables["flow"] = tables["flow"].replace("A,2001,100", "A,2001,-100")
    tables["second_choices"] = tables["second_choices"].replace("C,10", "C,ten")
    changes = dict(SECTIONS.values()) | {"columns": {"price": "Prices"}}
    found = {(f.table, f.row, f.column) for f in faults(write(tmp_path, market(), changes, tables))}
    assert found == {
        ("sales.csv", None, "Prices"), ("reach.csv", 3, "aware"), ("flow.csv", 3, "orders"),
        ("second_choices.csv", 3, "people"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "row", "shown"),
    [
        ("reach", "甲,2000,.8,.4,30,2,200", "row 2: brand A, awareness .5"),
        ("flow", "甲,2000,7058,,,,", "row 2: brand A, orders 100"),
        ("second_choices", "甲,B,31", "row 2: bought A, second B, count 30"),
    ],
)
def test_duplicates_are_shown_side_by_side(tmp_path: Path, name: str, row: str, shown: str) -> None:
    changes = {"brands": {"aliases": {"甲": "A"}}}
    (fault,) = faults(study(tmp_path, name, [*ROWS[name], row], changes))
    assert fault.row == 2
    assert shown in fault.what
    assert "row 5: " in fault.what
    assert row.split(",")[2] in fault.what


def test_a_month_in_two_spellings_is_one_month(tmp_path: Path) -> None:
    monthly = market().with_columns(pl.col("year").cast(pl.String) + "-01")
    rows = ["A,2000-1,28000,,,,", "A,2000-01,7058,,,,"]
    table = "\n".join([HEADS["flow"], *rows])
    (fault,) = faults(write(tmp_path, monthly, {"flow_columns": FLOW}, {"flow": table}))
    assert "A 2000-01 occurs 2 times" in fault.what
    assert "orders 28000, cancellations blank" in fault.what


def test_a_blank_period_of_the_reach_table_holds_for_all_and_occurs_once(tmp_path: Path) -> None:
    rows = ["A,,.5,.4,30,2,200", "A,2000,.6,.4,30,2,200"]
    assert side(study(tmp_path / "one", "reach", rows), "reach").frame["period"].to_list() == [None, 2000]
    (fault,) = faults(study(tmp_path / "two", "reach", [*rows, "A,,.7,.4,30,2,200"]))
    assert "A occurs 2 times" in fault.what


@pytest.mark.parametrize("name", SECTIONS)
def test_another_kind_of_period_is_a_fault(tmp_path: Path, name: str) -> None:
    rows = [row.replace("2000", "2000-Q1").replace("2001", "2001-Q1") for row in ROWS[name]]
    changes: dict[str, Any] = {}
    if name == "second_choices":
        rows = ["A,2000-Q1,30"]
        changes = {
            "second_choice_columns": {"bought": "bought", "second": "bought", "period": "second"} | {"count": "people"}
        }
    (fault,) = faults(study(tmp_path, name, rows, changes))
    assert fault.what == "expected years as in the sales table; the column holds quarters"


def test_mixed_periods_are_a_fault(tmp_path: Path) -> None:
    (fault,) = faults(study(tmp_path, "flow", [*ROWS["flow"], "B,2001-Q1,1,1,1,1,1"]))
    assert "mixed" in fault.what


@pytest.mark.parametrize(
    ("name", "rows", "hint"),
    [
        ("reach", ["Ａ,2000,.5,.4,30,2,200", "X,2000,.5,.4,30,2,200"], "the sales table has: A, B, C, D"),
        ("flow", ["a ,2000,1,1,1,1,1"], "'a' may be 'A'"),
        ("second_choices", ["X,Y,3"], "add [brands] aliases"),
    ],
)
def test_a_table_about_other_brands_is_a_fault(tmp_path: Path, name: str, rows: list[str], hint: str) -> None:
    (fault,) = faults(study(tmp_path, name, rows))
    assert "none of its brands" in fault.what
    assert hint in fault.mend


@pytest.mark.parametrize("name", SECTIONS)
def test_brands_that_the_sales_table_lacks_are_allowed(tmp_path: Path, name: str) -> None:
    load(study(tmp_path, name, [row.replace("B", "Elsewhere") for row in ROWS[name]]))


@pytest.mark.parametrize("name", ["reach", "flow"])
def test_a_table_about_other_times_is_a_fault(tmp_path: Path, name: str) -> None:
    (fault,) = faults(study(tmp_path, name, [row.replace(",200", ",190", 1) for row in ROWS[name]]))
    assert "none of its periods" in fault.what


def test_places_of_the_reach_table_are_those_of_the_sales_table(tmp_path: Path) -> None:
    columns = {"reach_columns": {"brand": "b", "place": "p", "awareness": "a"}}
    write(tmp_path / "ok", market(), columns, {"reach": "b,p,a\nA,here,.5\nA,,.4\nB,there,.4\n"})
    assert side(tmp_path / "ok", "reach").frame["place"].to_list() == ["here", "", "there"]
    write(tmp_path / "other", market(), columns, {"reach": "b,p,a\nA,hier,.5\n"})
    (fault,) = faults(tmp_path / "other")
    assert "'hier' may be 'here'" in fault.mend
    write(tmp_path / "none", market(), columns | {"columns": {"place": None}}, {"reach": "b,p,a\nA,here,.5\n"})
    (fault,) = faults(tmp_path / "none")
    assert "the sales table has none" in fault.what


def test_outlets_are_shares_or_counts_not_both(tmp_path: Path) -> None:
    rows = ["A,2000,.5,.4,.8,2,200", "B,2000,.5,.4,45,2,200"]
    (fault,) = faults(study(tmp_path, "reach", rows))
    assert (fault.row, fault.column) == (2, "shops")
    assert "got 0.8 here, 45 in row 3" in fault.what


def test_a_table_in_another_encoding_is_read_and_said(tmp_path: Path) -> None:
    raw = (HEADS["flow"] + "\nA,2000,1,1,1,1,1\n小米,2000,1,1,1,1,1\n").encode("gb18030")
    folder = study(tmp_path, "flow", raw)
    assert side(folder, "flow").frame["brand"].to_list() == ["A", "小米"]
    assert [(g.table, g.kind) for g in load(folder).guesses] == [("flow.csv", "encoding")]


def test_a_bound_is_no_figure(tmp_path: Path) -> None:
    (fault,) = faults(study(tmp_path, "flow", ["A,2000,２８０００,,,,", "A,2001,超过2.8万,,,,"]))
    assert (fault.row, fault.column) == (3, "orders")
    assert "a bound (more than 28,000), not a figure" in fault.what
    assert "press table" in fault.mend


def test_a_parquet_column_of_a_type_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    frame = pl.DataFrame({"brand": ["A"], "period": [2000], "orders": [[1.0]]})
    changes = {
        "flow_columns": {"brand": "brand", "period": "period", "orders": "orders"},
        "tables": {"flow": "flow.parquet"},
    }
    (fault,) = faults(write(tmp_path, market(), changes, {"flow": frame}))
    assert fault.column == "orders"
    load(write(tmp_path, market(), changes, {"flow": frame.with_columns(orders=pl.lit(3))}))


@pytest.mark.parametrize("name", SECTIONS)
def test_damaged_files_bring_answers_or_faults_and_nothing_else(tmp_path: Path, name: str) -> None:
    rng, seen = random.Random(18), Counter[str]()
    folder, base = study(tmp_path, name, ROWS[name]), "\n".join([HEADS[name], *ROWS[name]])
    for _ in range(60):
        (folder / f"{name}.csv").write_bytes(mutated(rng, base))
        try:
            run(folder)
            seen["answered"] += 1
        except StudyFaultsError as error:
            assert all(fault.line() for fault in error.faults)
            seen["faults"] += 1
    assert min(seen["answered"], seen["faults"]) > 0, seen


class TestSubBrands:
    """They count in their brand here where they do in the sales table."""

    def changes(self, inside: bool) -> dict[str, Any]:
        return {"brands": {"subbrands": {"D": "A"}, "subbrands_in": inside}}

    def test_units_are_added_up(self, tmp_path: Path) -> None:
        rows = ["A,2000,100,,,,70", "D,2000,11,1,,,5", "A,2001,100,,,,70"]
        apart = prepare(load(study(tmp_path / "out", "flow", rows, self.changes(False)))).flow
        assert apart is not None
        assert apart.brands == ("A", "D")
        flow = prepare(load(study(tmp_path / "in", "flow", rows, self.changes(True)))).flow
        assert flow is not None
        assert flow.brands == ("A",)
        assert flow.orders.tolist() == [[111.0, 100.0]]
        assert str(flow.cancellations[0, 0]) == "nan"  # unknown of one is unknown of both
        assert flow.rows["A"] == (2, 3, 4)

    def test_second_choices_within_the_brand_are_its_own(self, tmp_path: Path) -> None:
        rows = ["A,D,3", "A,B,5", "D,B,2"]
        found = prepare(load(study(tmp_path, "second_choices", rows, self.changes(True)))).switching
        assert found is not None
        assert found.brands == ("A", "B")
        assert found.counts.tolist() == [[3.0, 7.0], [0.0, 0.0]]

    def test_two_awarenesses_of_one_brand_contradict_each_other(self, tmp_path: Path) -> None:
        rows = ["A,2000,.5,.4,30,2,200", "D,2000,.2,.4,30,2,200"]
        load(study(tmp_path / "out", "reach", rows, self.changes(False)))
        (fault,) = faults(study(tmp_path / "in", "reach", rows, self.changes(True)))
        assert "row 2: brand A" in fault.what
        assert "row 3: brand D" in fault.what


class TestAsOf:
    @pytest.mark.parametrize("name", ["reach", "flow"])
    def test_later_periods_are_left_out(self, tmp_path: Path, name: str) -> None:
        folder = study(tmp_path, name, ROWS[name])
        found = side(folder, name, as_of="2001-12-30")
        assert found.frame["period"].to_list() == [2000, 2000]
        assert found.left_out == 1
        assert side(folder, name, as_of="2001-12-31").left_out == 0

    def test_second_choices_with_a_period(self, tmp_path: Path) -> None:
        columns = {"second_choice_columns": SECOND | {"period": "when"}}
        table = "bought,second,people,when\nA,B,30,2000\nA,B,31,2001\n"
        folder = write(tmp_path, market(), columns, {"second_choices": table})
        assert side(folder, "second_choices", as_of="2000-12-31").frame["count"].to_list() == [30.0]

    def test_nothing_left_is_as_good_as_no_table(self, tmp_path: Path) -> None:
        folder = study(tmp_path, "flow", ["A,2005,1,1,1,1,1"])
        assert prepare(load(folder, as_of="2004-12-31")).flow is None
        assert prepare(load(folder)).flow is not None


class TestDemandColumns:
    def frame(self) -> pl.DataFrame:
        return market().with_columns(
            pl.lit("maker").alias("maker"), (pl.col("year") - 2000.5).alias("rate"), pl.col("length").alias("freight")
        )

    def demand(self, **keys: Any) -> dict[str, Any]:
        return {"demand": {"firm": "maker", "nest": "kind", "cost": ["rate", "freight"]} | keys}

    def test_they_reach_the_panel(self, tmp_path: Path) -> None:
        loaded = load(write(tmp_path, self.frame(), self.demand()))
        assert loaded.sales.frame["firm"].unique().to_list() == ["maker"]
        assert loaded.sales.frame["size"].null_count() == loaded.sales.frame.height
        panel = prepare(loaded).panel
        assert panel.cost.shape == (panel.n, 2)
        assert (panel.cost[:, 0] == panel.period - 2000.5).all()
        assert set(panel.firm.tolist()) == {0}
        assert set(panel.nest.tolist()) == {0, 1}
        taken = panel.take(panel.period == 2001)
        assert taken.cost.shape == (taken.n, 2)
        assert len(taken.firm) == len(taken.nest) == len(taken.size) == len(taken.place) == taken.n

    def test_without_them_a_firm_is_a_brand_and_there_is_one_nest(self, tmp_path: Path) -> None:
        panel = prepare(load(write(tmp_path, self.frame()))).panel
        assert (panel.firm == panel.brand).all()
        assert (panel.nest == 0).all()
        assert panel.cost.shape == (panel.n, 0)
        assert panel.place_names == ("here",)

    @pytest.mark.parametrize(
        ("keys", "column", "text"),
        [
            ({"cost": ["rates"]}, "rates", "demand.cost.0"),
            ({"firm": "makers"}, "makers", "demand.firm"),
            ({"nest": "kinds"}, "kinds", "demand.nest"),
            ({"cost": ["price"]}, "demand.cost.0", "'price' is the price"),
            ({"cost": ["rate", "units"]}, "demand.cost.1", "'units' is the quantity"),
            ({"cost": ["length"]}, "demand.cost.0", "'length' is the attribute 'size'"),
            ({"cost": ["rate", "rate"]}, "demand.cost.1", "named twice"),
            ({"cost": [], "nest": "price"}, "demand.nest", "'price' is the price"),
            ({"instruments": ["local", "local"]}, "demand.instruments", "named twice"),
        ],
    )
    def test_what_they_may_not_be(self, tmp_path: Path, keys: dict[str, Any], column: str, text: str) -> None:
        found = faults(write(tmp_path, self.frame(), self.demand(**keys)))
        assert [f.column for f in found] == [column]
        assert text in found[0].what

    @pytest.mark.parametrize(("column", "value"), [("rate", "dear"), ("rate", "inf"), ("maker", ""), ("kind", " ")])
    def test_cells(self, tmp_path: Path, column: str, value: str) -> None:
        frame = self.frame().select(pl.all().cast(pl.String))
        cells = [value, *frame[column].to_list()[1:]]
        (fault,) = faults(write(tmp_path, frame.with_columns(pl.Series(column, cells)), self.demand()))
        assert (fault.row, fault.column) == (2, column)

    def test_a_blank_cost_is_unknown(self, tmp_path: Path) -> None:
        frame = self.frame().with_columns(
            pl.when(pl.col("model") == "A0").then(None).otherwise(pl.col("rate")).alias("rate")
        )
        panel = prepare(load(write(tmp_path, frame, self.demand()))).panel
        assert int((panel.cost[:, 0] != panel.cost[:, 0]).sum()) == 6

    def test_the_rule_of_succession_needs_units(self, tmp_path: Path) -> None:
        frame = self.frame().with_columns(pl.lit(0.001).alias("units"))
        changes = self.demand(zero_shares="laplace") | {"columns": {"quantity_kind": "share"}}
        (fault,) = faults(write(tmp_path, frame, changes))
        assert fault.column == "demand.zero_shares"


class TestSize:
    COLUMNS: ClassVar[dict[str, Any]] = {"market_columns": {"period": "y", "place": "where", "size": "people"}}

    def study(self, folder: Path, sizes: tuple[str, str], changes: dict[str, Any] | None = None) -> Path:
        table = f"y,where,people\n2000,here,{sizes[0]}\n2001,here,{sizes[1]}\n"
        frame = market(years=[2000, 2001]).with_columns(pl.lit(10).alias("units"))
        return write(folder, frame, self.COLUMNS | (changes or {}), {"markets": table})

    def test_it_is_beside_every_row_of_its_market(self, tmp_path: Path) -> None:
        panel = prepare(load(self.study(tmp_path, ("1000", "2000")))).panel
        assert set(zip(panel.period.tolist(), panel.size.tolist(), strict=True)) == {(2000, 1000.0), (2001, 2000.0)}
        assert (panel.p == prepare(load(self.study(tmp_path / "b", ("500", "500")))).panel.p).all()

    @pytest.mark.parametrize(
        ("size", "text"),
        [("0", "above zero"), ("", "above zero"), ("-5", "above zero"), ("lots", "above zero"),
         ("160", "more possible buyers than units sold; 2001 here has 160 and 160"), ("90", "has 90 and 160")],
    )  # fmt: skip
    def test_faults(self, tmp_path: Path, size: str, text: str) -> None:
        (fault,) = faults(self.study(tmp_path, ("1000", size)))
        assert (fault.table, fault.row, fault.column) == ("markets.csv", 3, "people")
        assert text in fault.what

    def test_it_has_no_meaning_beside_shares(self, tmp_path: Path) -> None:
        changes = {"columns": {"quantity_kind": "share"}}
        folder = self.study(tmp_path, ("1000", "1000"), changes)
        market(years=[2000, 2001]).with_columns(pl.lit(0.01).alias("units")).write_csv(folder / "sales.csv")
        (fault,) = faults(folder)
        assert fault.column == "market_columns.size"
        assert "no meaning" in fault.what

    def test_columns_without_a_table_are_a_fault(self, tmp_path: Path) -> None:
        (fault,) = faults(write(tmp_path, market(), self.COLUMNS))
        assert fault.column == "tables.markets"

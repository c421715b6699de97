"""What `halfstep new` takes tables for."""

from __future__ import annotations

import tomllib
from pathlib import Path

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from halfstep.core.config import StudyConfig
from halfstep.data.propose.candidates import candidates
from halfstep.data.propose.draft import study_text
from halfstep.data.propose.headers import money, read_header, slug
from halfstep.data.propose.mapping import TableMap, map_table
from halfstep.data.propose.proposal import Facts, Proposal, propose
from halfstep.data.read.tables import ROW, Table
from halfstep.report.sentence import sentence
from tests.ugly import BASE, PRESS, UGLY, Ugly


def table(frame: pl.DataFrame, file: str = "t.csv") -> Table:
    return Table("sales", file, frame.with_row_index(ROW, offset=2), "")


def read(ugly: Ugly, folder: Path) -> Table:
    found, *more = candidates(ugly.put(folder))
    assert isinstance(found, Table), found
    assert more == []
    return found


def text(proposal: Proposal, lang: str = "en") -> str:
    def say(key: str, facts: Facts) -> str:
        return sentence(key, facts, lang)

    return study_text(proposal, {m.table.file: m.table.file for m in proposal.maps.values()}, say)


def attributes(found: TableMap) -> tuple[str, ...]:
    return tuple(one.column.name for one in found.attributes)


@pytest.mark.parametrize("name", UGLY)
def test_columns_are_taken_for_what_they_are(name: str, tmp_path: Path) -> None:
    ugly = UGLY[name]
    found = map_table(read(ugly, tmp_path), {})
    assert found.faults == ()
    assert found.kind == "sales"
    assert found.roles == ugly.roles
    assert attributes(found) == ugly.attributes
    assert {c.name for c in found.columns if not c.role} >= set(ugly.out)


@pytest.mark.parametrize("name", [*UGLY, "press"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_draft_is_a_study(name: str, lang: str, tmp_path: Path) -> None:
    ugly = PRESS if name == "press" else UGLY[name]
    proposal = propose((read(ugly, tmp_path),), {})
    assert proposal.faults == ()
    written = text(proposal, lang)
    config = StudyConfig.model_validate(tomllib.loads(written))
    for key, wanted in ugly.settings:
        value: object = config.model_dump()
        for part in key.split("."):
            value = value[int(part)] if isinstance(value, tuple | list) else value[part]  # type: ignore[index]
        assert value == wanted, key
    assert written.count("guessed") > len(proposal.guessed)
    for column in ugly.out:
        assert any(column in line for line in written.splitlines() if line.startswith("#") or "other_prices" in line)


def test_the_demand_sections_of_a_draft_need_only_their_marks_taken_off(tmp_path: Path) -> None:
    written = text(propose((read(next(iter(UGLY.values())), tmp_path),), {})).partition("# [demand]")
    lines = [line.removeprefix("# ") for line in (written[1] + written[2]).splitlines()]
    config = StudyConfig.model_validate(tomllib.loads(written[0] + "\n".join(x for x in lines if "[" in x or "=" in x)))
    assert config.demand is not None
    assert config.demand.random is not None
    assert [taste.of for taste in config.demand.random.tastes] == ["price"]


def test_press_figures_are_told_from_sales(tmp_path: Path) -> None:
    found = map_table(read(PRESS, tmp_path), {})
    assert (found.kind, found.roles) == ("press", PRESS.roles)


@pytest.mark.parametrize(
    ("heads", "kind"),
    [
        ("品牌,知名度,门店数", "reach"),
        ("brand,awareness,consideration,respondents", "reach"),
        ("品牌,月份,订单量,退订,在手订单", "flow"),
        ("brand,month,orders,backlog,deliveries", "flow"),
        ("购买品牌,第二选择,人数", "second_choices"),
        ("bought,second choice,buyers", "second_choices"),
        ("年份,价格指数,家庭数", "markets"),
        ("year,cpi,households", "markets"),
        ("a,b", ""),
    ],
)
def test_side_tables_are_known_by_their_headers(heads: str, kind: str) -> None:
    words = ("brand", "品牌", "bought", "second choice", "购买品牌", "第二选择")
    dates = ("月份", "month", "年份", "year")
    rows = {
        h: ["晨风", "远山"] if h in words else ["2024", "2025"] if h in dates else ["0.5", "0.7"]
        for h in heads.split(",")
    }
    assert map_table(table(pl.DataFrame(rows)), {}).kind == kind


def test_what_is_missing_is_said_with_what_to_do() -> None:
    frame = BASE.select("year", "brand", "model", "units", pl.col("price").alias("revenue"))
    faults = map_table(table(frame), {}).faults
    assert [f.what for f in faults] == ["no column was found for: price"]
    assert "money over units" in faults[0].mend
    wide = pl.DataFrame(
        {"品牌": ["甲", "乙"], "车型": ["A", "B"], "2024-01": [1, 2], "2024-02": [3, 4], "2024-03": [5, 6]}
    )
    assert any("side by side (2024-01, 2024-02, 2024-03" in f.mend for f in map_table(table(wide), {}).faults)
    apart = BASE.select("year", "brand", "model", "price", "units", "power").with_columns(pl.lit(3).alias("月"))
    assert any("two columns (year, 月)" in f.what for f in map_table(table(apart), {}).faults)


def test_an_answer_changes_what_follows(tmp_path: Path) -> None:
    ugly = UGLY["two_prices_xlsx"]
    data = read(ugly, tmp_path)
    guessed = propose((data,), {})
    key = f"{ugly.file}#手机/price"
    assert [o.options for o in guessed.open if o.role == key] == [("成交均价", "官方标价")]
    told = propose((data,), {key: "官方标价", "focal": "晨风", "benchmarks": "云岭\n远山"})
    assert [o.role for o in told.open] == ["unseen"]
    assert (told.basis, told.focal, told.benchmarks) == ("list", "晨风", ("云岭", "远山"))
    assert max(told.edges) > max(guessed.edges) or told.edges != guessed.edges
    assert {key for key, _, _ in told.guessed} == {"edges", "unseen_quality_max"}
    assert propose((data,), {"unseen": ".25"}).unseen == 0.25


def test_the_benchmark_proposed_is_the_dearest_with_enough_models() -> None:
    lone = BASE.filter(pl.col("model") == "A0").with_columns(
        brand=pl.lit("Z"), model=pl.lit("Z0"), price=pl.col("price") * 50
    )
    proposal = propose((table(pl.concat([BASE, lone]).drop("place", "kind")),), {})
    assert proposal.benchmarks == ("D",)
    assert proposal.focal in "ABC"
    assert {key for key, _, _ in proposal.guessed} >= {"focal", "benchmarks", "currency", "price_basis"}
    asked = {o.role: o.options for o in proposal.open}
    assert set(asked["focal"]) == {"A", "B", "C", "D", "Z"}
    assert asked["currency"][0] == ""


def test_one_brand_cannot_be_compared() -> None:
    proposal = propose((table(BASE.filter(pl.col("brand") == "A")),), {})
    assert "two brands" in proposal.faults[0].what


def test_two_tables_of_one_kind_are_refused() -> None:
    proposal = propose((table(BASE, "a.csv"), table(BASE, "b.csv")), {})
    assert "a.csv and b.csv" in proposal.faults[0].what


def test_a_price_in_other_words_is_no_attribute() -> None:
    frame = BASE.with_columns((pl.col("price") * 7.1).alias("aux"), (pl.col("power") * 2).alias("twice"))
    found = map_table(table(frame.drop("place", "kind")), {})
    why = {c.name: c.why for c in found.columns}
    assert why["aux"] == "unused.price again"
    assert (why["twice"], why["power"]) == ("unused.copy", "attribute.log")


@example(["0", "1", "2", "3", "00", "^$", "000"])
@example(["^)$", "^a$", "^.*$", "3", "00", "$", "^"])
@given(st.lists(st.text(min_size=1, max_size=12), min_size=7, max_size=7, unique=True))
def test_any_header_gives_a_whole_toml(names: list[str]) -> None:
    frame = BASE.select("year", "brand", "model", "price", "units", "power", "length")
    data = (
        table(frame.rename(dict(zip(frame.columns, names, strict=True)), strict=True))
        if ROW not in names
        else table(frame)
    )
    roles = dict(zip(("period", "brand", "model", "price", "quantity"), data.frame.columns[1:], strict=False))
    given_ = {f"t.csv/{role}": column for role, column in roles.items()} | {"t.csv/kind": "sales"}
    proposal = propose((data,), given_)
    if not proposal.faults:
        written = tomllib.loads(text(proposal))
        assert {role: written["columns"][role] for role in roles} == roles
        StudyConfig.model_validate(written)


def test_headers() -> None:
    assert read_header("厂商指导价_万元").unit == "万元"
    assert read_header("unitsSold").fit("quantity") > 0.7
    assert read_header("品牌销量").fit("quantity") > read_header("品牌销量").fit("brand")
    assert read_header("价格带").fit("price") < 0.7
    assert money("k$") == money("千美元")
    assert [slug("功率", ()), slug("Range (km)", ()), slug("range", ["range"])] == ["attr_1", "range", "range_2"]

"""What a sceptic tries on ugly files (docs/demo.md, tries 19 and 20), through files and the whole program."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from halfstep.cli import main
from tests.invented import market, write

WIDE = str.maketrans("0123456789.", "０１２３４５６７８９．")


def ugly(sales: pl.DataFrame) -> bytes:
    """The invented market as a colleague sends it: GB18030, CR line ends, titles, 万, full-width digits, a total, a note."""
    lines = ["某部门 月度销量", "", "年份；品牌；车型；地区；成交价；销量；功率；长；宽".replace("；", ";")]
    for k, row in enumerate(sales.iter_rows(named=True)):
        price = f"{row['price'] / 1e4:.17g}万" if k % 2 else str(row["price"]).translate(WIDE)
        units = f"{int(row['units']):,}"
        shape = ";".join(str(row[c]) for c in ("power", "length", "width"))
        lines.append(f"{row['year']}年;{row['brand']};{row['model']};{row['place']};{price};{units};{shape}")
    lines += ["合计;;;;;99999;;;", "数据来源：内部系统;;;;;;;;"]
    return "\r".join(lines).encode("gb18030")


COLUMNS = {
    "columns": {
        "period": "年份", "brand": "品牌", "model": "车型", "place": "地区", "price": "成交价", "quantity": "销量", "price_basis": "transaction",
    },
    "attributes": [
        {"id": "power", "label": "power", "columns": ["功率"], "transform": "log"},
        {"id": "size", "label": "size", "columns": ["长", "宽"], "transform": "log"},
    ],
}  # fmt: skip


def test_try_20_an_ugly_file_gives_the_same_verdicts_and_every_guess_is_listed(tmp_path: Path) -> None:
    sales = market().with_columns(pl.col("units") * 100)
    plain, odd = write(tmp_path / "plain", sales), write(tmp_path / "odd", sales, COLUMNS)
    (odd / "sales.csv").write_bytes(ugly(sales))
    found = []
    for folder in (plain, odd):
        with pytest.raises(SystemExit) as left:
            main(["run", str(folder)])
        assert left.value.code == 0
        found.append(json.loads((folder / "out" / "report.json").read_text(encoding="utf-8")))
    same = [[(v["id"], v["label"], pytest.approx(v["p"])) for v in report["verdicts"]] for report in found]
    assert same[0] == same[1]
    kinds = {g["kind"] for g in found[1]["guesses"]}
    assert {
        "encoding",
        "line_ends",
        "title_rows",
        "wan",
        "full_width",
        "thousands",
        "period_form",
        "total_row",
        "footer",
    } <= kinds
    assert found[0]["guesses"] == []


def test_try_20_what_is_no_single_number_is_a_fault_with_its_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path / "odd", market(), COLUMNS)
    lines = ugly(market()).decode("gb18030").split("\r")
    for at, cell in ((5, "17-18万"), (8, "超过2.8万"), (11, "约20")):
        cells = lines[at].split(";")
        lines[at] = ";".join([*cells[:4], cell, *cells[5:]])
    (folder / "sales.csv").write_bytes("\r".join(lines).encode("gb18030"))
    with pytest.raises(SystemExit) as left:
        main(["check", str(folder), "--json"])
    assert left.value.code == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {f["row"] for f in faults} == {6, 9, 12}


def test_try_19_two_figures_of_one_month_in_a_sales_table_are_shown_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sales = market(years=[2020, 2021]).with_columns(pl.format("{}-04", "year").alias("year"))
    first = sales.head(1)
    twice = pl.concat([
        sales.with_columns(pl.when(pl.int_range(pl.len()) == 0).then(28000.0).otherwise(pl.col("units").cast(pl.Float64)).alias("units")),
        first.with_columns(pl.lit(7058.0).alias("units")),
    ])  # fmt: skip
    with pytest.raises(SystemExit) as left:
        main(["run", str(write(tmp_path, twice)), "--json"])
    assert left.value.code == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert "28000" in fault["what"]
    assert "7058" in fault["what"]
    assert "week" in fault["what"] + fault["mend"]

"""Where the table is in a sheet: titles, headers of two rows, totals, notes; everything left out is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from halfstep.data.read.header_row import column_place, find_heading, is_dated, is_figure, letters
from halfstep.data.read.tables import ROW, Table, read_table


def read(folder: Path, text: str) -> Table:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    table = read_table("sales", folder / "t.csv")
    assert isinstance(table, Table), table
    return table


def told(table: Table) -> dict[str, tuple[int | None, int]]:
    return {guess.kind: (guess.row, guess.count) for guess in table.guesses}


def test_titles_totals_and_notes_are_left_out_and_told(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "2024年销量统计表\n单位：辆,,,\n\n品牌,车型,价格,销量\nA,m1,12.3,100\n\nB,m2,13,50\nB,小计,,50\n合计,,,150\n"
        "\n数据来源：协会, 2024\n注：\n1. 不含出口\n",
    )
    assert table.frame.columns == [ROW, "品牌", "车型", "价格", "销量"]
    assert table.frame.rows() == [(5, "A", "m1", "12.3", "100"), (7, "B", "m2", "13", "50")]
    assert told(table) == {"title_rows": (1, 2), "blank_rows": (6, 1), "total_row": (8, 2), "footer": (11, 3)}
    texts = {guess.kind: dict(guess.facts) for guess in table.guesses}
    assert texts["title_rows"] == {"rows": "1, 2", "text": "2024年销量统计表 / 单位：辆"}
    assert texts["total_row"]["rows"] == "8, 9"
    assert texts["footer"]["rows"] == "11, 12, 13"


def test_english_titles_totals_and_notes(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        'Sales of cars\n"Units, thousands"\nBrand,Model,Units\nA,x,1\nB,y,2\nGrand Total,,3\nSource: agency, company reports\n'
        "Note (1): without exports\n",
    )
    assert table.frame.rows() == [(4, "A", "x", "1"), (5, "B", "y", "2")]
    assert told(table) == {"title_rows": (1, 2), "total_row": (6, 1), "footer": (7, 2)}


@pytest.mark.parametrize(
    "rows",
    [
        ["Total,Quartz,1", "Shell,Helix,2"],
        ["Nissan,Note,1", "Note,x,2"],
        ["Sum,Sum,1", "A,b,2", "Totalled,c,1"],
        ["A,合计版,1", "注释,x,2"],
        ["A,x,1", "来源,y,2"],
    ],
)
def test_a_name_that_is_such_a_word_is_a_name(tmp_path: Path, rows: list[str]) -> None:
    table = read(tmp_path, "\n".join(["brand,model,units", *rows]))
    assert table.frame.height == len(rows)
    assert table.guesses == ()


def test_where_half_of_the_rows_are_totals_none_is(tmp_path: Path) -> None:
    table = read(tmp_path, "brand,year,units\nTotal,2020,1\nTotal,2021,2\nA,2020,3\n")
    assert table.frame.height == 3


def test_a_header_said_again_is_left_out(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\nx,2\na,b\ny,3\na,b\n")
    assert table.frame.rows() == [(2, "x", "2"), (4, "y", "3")]
    assert told(table) == {"repeated_header": (3, 2)}
    both = read(tmp_path, "a,b\nx,2\ny,3\nTotal,5\na,b\n")
    assert both.frame[ROW].to_list() == [2, 3]
    assert set(told(both)) == {"total_row", "repeated_header"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            "品牌,车型,2023年,,2024年,\n,,销量,价格,销量,价格\nA,x,1,2,3,4\n",
            ["品牌", "车型", "2023年 销量", "2023年 价格", "2024年 销量", "2024年 价格"],
        ),
        ("品牌,销量,,\n,2021,2022,2023\nA,10,20,30\n", ["品牌", "销量 2021", "销量 2022", "销量 2023"]),
        (
            ",2023,,2024,\n品牌,销量,价格,销量,价格\nA,1,2,3,4\n",
            ["品牌", "2023 销量", "2023 价格", "2024 销量", "2024 价格"],
        ),
        ("品牌,车型,销量,价格\n,,（辆）,（万元）\nA,x,10,20\n", ["品牌", "车型", "销量 （辆）", "价格 （万元）"]),
        ("表\n品牌,尺寸,,价格\n,长,宽,\nA,4.8,1.9,20\n", ["品牌", "尺寸 长", "尺寸 宽", "价格"]),
    ],
)
def test_a_header_of_two_rows_is_joined(tmp_path: Path, text: str, names: list[str]) -> None:
    table = read(tmp_path, text)
    assert table.frame.columns[1:] == names
    assert table.frame.height == 1
    assert "merged_header" in told(table)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("品牌,2021,2022,2023\nA,10,20,30\nB,1,2,3\n", ["品牌", "2021", "2022", "2023"]),
        ("brand,model,trim\nA,x,base\nB,y,long\n", ["brand", "model", "trim"]),
        ("brand,model,trim\nA,x,\nB,,long\n", ["brand", "model", "trim"]),
        ("brand\nA\nB\n", ["brand"]),
        ("price,1,2\n5,6,7\n8,9,10\n", ["price", "1", "2"]),
        ("1,0,2\n4,5,6\n", ["1", "0", "2"]),
    ],
)
def test_an_ordinary_header_is_the_first_row(tmp_path: Path, text: str, names: list[str]) -> None:
    table = read(tmp_path, text)
    assert table.frame.columns[1:] == names
    assert table.frame[ROW][0] == 2
    assert table.guesses == ()


def test_a_column_without_a_name_gets_its_letters(tmp_path: Path) -> None:
    table = read(tmp_path, ",brand,model,price,\n0,A,x,1,\n1,B,y,2,\n")
    assert table.frame.columns == [ROW, "column A", "brand", "model", "price"]
    assert dict(table.guesses[0].facts) == {"name": "column A", "text": "0"}


def test_a_title_of_two_cells_over_three_columns_is_a_title(tmp_path: Path) -> None:
    table = read(tmp_path, "表1,单位:万\n品牌,车型,销量\nA,x,1\n")
    assert table.frame.columns[1:] == ["品牌", "车型", "销量"]


@pytest.mark.parametrize("cell", ["1", "1,234.5", "-3", "12.3%", "约2.8万", "17-18%", "超过1000", "¥20", "20万元", "１２", "—", "N/A", "2024-01", "2024年1月"])  # fmt: skip
def test_figures(cell: str) -> None:
    assert is_figure(cell)


@pytest.mark.parametrize("cell", ["A", "Model 3", "3系", "007 GT", "销量", "（辆）", "2.0T 豪华版", "X5"])
def test_words(cell: str) -> None:
    assert not is_figure(cell)
    assert not is_dated(cell)


@pytest.mark.parametrize("cell", ["2024", "2024年", "2024-01", "2024/1/31", "2024Q1", "2024-H2", "2024年1月", "2024年第一季度", "2024-01-02 03:04:05"])  # fmt: skip
def test_dates(cell: str) -> None:
    assert is_dated(cell)


@given(st.integers(0, 20_000))
def test_letters_of_columns(place: int) -> None:
    assert column_place(letters(place)) == place


@given(st.lists(st.lists(st.one_of(st.none(), st.sampled_from(["a", "b", "1", "2024", "合计", "x y"])), min_size=4, max_size=4), min_size=1, max_size=12))  # fmt: skip
def test_a_header_is_always_inside_the_rows(lines: list[list[str | None]]) -> None:
    filled = [line for line in lines if any(line)]
    if filled:
        heading = find_heading(filled)
        assert 0 <= heading.first <= heading.last < len(filled)
        assert len(heading.names) == 4

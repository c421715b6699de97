"""Invented tables as analysts have them: Chinese and English headers, units in cells and headers, every encoding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl
import xlsxwriter

from tests.invented import market

__all__ = ["PRESS", "UGLY", "Ugly"]


@dataclass(frozen=True, slots=True)
class Ugly:
    """A table and what it must be taken for.

    Attributes
    ----------
    file, raw
        Name and bytes.
    roles
        Role -> column.
    attributes
        Columns that measure the product.
    out
        Columns that must be left out.
    settings
        Dotted key of study.toml -> value.
    """

    file: str
    raw: bytes
    roles: dict[str, str]
    attributes: tuple[str, ...]
    out: tuple[str, ...] = ()
    settings: tuple[tuple[str, object], ...] = ()

    def put(self, folder: Path) -> Path:
        """Write the file into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / self.file).write_bytes(self.raw)
        return folder / self.file


NAMES = {"A": "晨风", "B": "远山", "C": "云岭", "D": "海棠"}
BASE = market("ABCD", range(2021, 2024), models=4)


def csv(frame: pl.DataFrame, encoding: str = "utf-8", separator: str = ",") -> bytes:
    return frame.write_csv(separator=separator).encode(encoding)


def months() -> pl.Expr:
    """The base's years as three months."""
    return (pl.col("year") - 2020).cast(pl.String)


def english() -> Ugly:
    frame = BASE.select(
        "year", pl.col("brand").alias("Make"), pl.col("model").alias("Model Name"),
        (pl.col("price") * 1000).round().cast(pl.Int64).alias("Price (USD)"), pl.col("units").alias("unitsSold"),
        pl.col("power").alias("power_kw"), (pl.col("length") * pl.col("width")).alias("footprint"),
        pl.lit(5).alias("doors"), pl.int_range(1, pl.len() + 1).alias("row"), pl.lit("invented").alias("source"),
        (pl.col("price") * pl.col("units")).alias("revenue"), pl.lit(None, pl.Float64).alias("range_km"),
    )  # fmt: skip
    roles = {"period": "year", "brand": "Make", "model": "Model Name", "price": "Price (USD)", "quantity": "unitsSold"}
    return Ugly(
        "sales export.csv", csv(frame), roles, ("power_kw", "footprint"), ("doors", "row", "source", "revenue", "range_km"),
        (("study.currency.zh", "美元"), ("study.as_of", "2023-12-31"), ("columns.price_basis", "list")),
    )  # fmt: skip


def chinese_gbk() -> Ugly:
    units = pl.col("units") * 13
    frame = BASE.select(
        pl.format("2024年{}月", months()).alias("统计月份"), pl.col("brand").replace(NAMES).alias("品牌"), pl.col("model").alias("车型"),
        pl.col("price").round(2).alias("厂商指导价（万元）"),
        pl.format("{}{}", pl.when(units >= 1000).then(pl.format("{},", units // 1000)).otherwise(pl.lit("")),
                  pl.when(units >= 1000).then((units % 1000).cast(pl.String).str.zfill(3)).otherwise((units % 1000).cast(pl.String))).alias("上险量（辆）"),
        (pl.col("power") * 100).round(1).alias("功率(kW)"), (pl.col("length") * 400).round().alias("续航里程(km)"), pl.lit("纯电").alias("能源类型"),
        pl.lit(1.5).alias("同比"),
    )  # fmt: skip
    roles = {
        "period": "统计月份",
        "brand": "品牌",
        "model": "车型",
        "price": "厂商指导价（万元）",
        "quantity": "上险量（辆）",
    }
    return Ugly(
        "上险.csv", csv(frame, "gb18030"), roles, ("功率(kW)", "续航里程(km)"), ("能源类型", "同比"),
        (("study.currency.zh", "万元"), ("study.as_of", "2024-03-31"), ("columns.outcome", "registrations"), ("columns.price_basis", "list"),
         ("scope.pooling.window", 12), ("attributes.0.id", "attr_1"), ("attributes.0.label.zh", "功率(kW)")),
    )  # fmt: skip


def two_prices_xlsx() -> Ugly:
    heads = ["年份", "品牌", "型号", "官方标价", "成交均价", "销量(台)", "屏幕尺寸", "电池容量", "备注"]
    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("手机")
        sheet.write(0, 0, "虚构手机数据")
        sheet.write_row(2, 0, heads)
        for i, row in enumerate(BASE.iter_rows(named=True)):
            paid = round(row["price"] * 100)
            cells = [row["year"], NAMES[row["brand"]], row["model"], f"{round(paid * 1.1)}元", f"¥{paid:,}", row["units"],
                     round(6 + row["power"] / 10, 2), round(4000 * row["length"]), "虚构"]  # fmt: skip
            sheet.write_row(3 + i, 0, cells)
        book.add_worksheet("说明").write(0, 0, "这里没有数据")
    roles = {"period": "年份", "brand": "品牌", "model": "型号", "price": "成交均价", "quantity": "销量(台)"}
    return Ugly(
        "手机.xlsx", stream.getvalue(), roles, ("屏幕尺寸", "电池容量"), ("官方标价", "备注"),
        (("columns.price_basis", "transaction"), ("columns.other_prices.list", "官方标价"), ("study.currency.zh", "元")),
    )  # fmt: skip


def trims_of_series() -> Ugly:
    frame = BASE.join(pl.DataFrame({"trim": ["lite", "pro"]}), how="cross").select(
        pl.format("{}Q1", "year").alias("Quarter"), pl.col("brand").alias("manufacturer"), pl.col("model").alias("Series"),
        pl.format("{} {}", "model", "trim").alias("Trim"), (pl.col("price") + pl.when(pl.col("trim") == "pro").then(4).otherwise(0)).alias("MSRP"),
        pl.col("units").alias("shipments"), pl.when(pl.col("trim") == "pro").then(pl.col("power") * 1.3).otherwise("power").alias("horsepower"),
        pl.col("length"), (pl.col("length") / 2.54).alias("length_in"),
    )  # fmt: skip
    roles = {
        "period": "Quarter",
        "brand": "manufacturer",
        "model": "Trim",
        "cluster": "Series",
        "price": "MSRP",
        "quantity": "shipments",
    }
    return Ugly(
        "trims.csv",
        csv(frame, separator=";"),
        roles,
        ("horsepower", "length"),
        ("length_in",),
        (("columns.price_basis", "list"),),
    )


def places() -> Ugly:
    both = pl.concat([BASE.with_columns(pl.lit(name).alias("place"), pl.col("price") * factor, pl.lit(tax).alias("tax"))
                      for name, factor, tax in (("north", 1.0, 0.2), ("south", 1.1, 0.25))])  # fmt: skip
    frame = both.select(
        pl.format("{}-06", "year").alias("date"), pl.col("place").alias("Country"), pl.col("brand").alias("brand_name"), pl.col("model").alias("product"),
        pl.col("price").alias("retail price EUR"), pl.col("units").alias("quantity"), pl.col("power"), "length", "tax",
    )  # fmt: skip
    roles = {
        "period": "date",
        "place": "Country",
        "brand": "brand_name",
        "model": "product",
        "price": "retail price EUR",
        "quantity": "quantity",
    }
    return Ugly(
        "both.txt", csv(frame, "utf-16", "\t"), roles, ("power", "length"), ("tax",), (("study.currency.en", "euros"),)
    )


def shares() -> Ugly:
    frame = BASE.select(
        pl.col("year").alias("年"), pl.col("brand").replace(NAMES).alias("厂家"), pl.col("model").alias("机型"), pl.col("price").alias("价格"),
        (pl.col("units") / pl.col("units").sum().over("year") / 2).alias("市场份额"), pl.col("power").alias("算力"), pl.lit("国产").alias("产地"),
    )  # fmt: skip
    roles = {"period": "年", "brand": "厂家", "model": "机型", "price": "价格", "quantity": "市场份额"}
    return Ugly("份额.csv", csv(frame, "utf-8-sig"), roles, ("算力",), ("产地",), (("columns.quantity_kind", "share"),))


def no_headers() -> Ugly:
    frame = BASE.select(
        pl.col("year").alias("c1"), pl.col("brand").replace(NAMES).alias("c2"), pl.col("model").alias("c3"),
        pl.format("¥{}", (pl.col("price") * 100).round().cast(pl.Int64)).alias("c4"), (pl.col("units") ** 2).alias("c5"), pl.col("power").alias("c6"),
    )  # fmt: skip
    roles = {"period": "c1", "brand": "c2", "model": "c3", "price": "c4", "quantity": "c5"}
    return Ugly("x.csv", csv(frame), roles, ("c6",), (), (("study.currency.en", "yuan"),))


def spellings() -> Ugly:
    spelt = (
        pl.when(pl.int_range(pl.len()) % 5 == 0)
        .then(pl.format(" {} ", pl.col("brand").str.to_lowercase() + "x"))
        .otherwise(pl.col("brand") + "X")
    )
    frame = BASE.select(
        pl.col("year").alias("period"), spelt.alias("brand"), pl.col("model").alias("型号 model"), pl.col("price").alias("paid price (k$)"),
        (pl.col("units") / 10).alias("sales"), pl.col("units").alias("units"), pl.col("power"),
    )  # fmt: skip
    roles = {
        "period": "period",
        "brand": "brand",
        "model": "型号 model",
        "price": "paid price (k$)",
        "quantity": "units",
    }
    settings = (
        ("brands.aliases.ax", "AX"),
        ("study.currency.en", "thousand US dollars"),
        ("columns.price_basis", "transaction"),
    )
    return Ugly("spellings.parquet", _parquet(frame), roles, ("power",), ("sales",), settings)


def _parquet(frame: pl.DataFrame) -> bytes:
    stream = BytesIO()
    frame.write_parquet(stream)
    return stream.getvalue()


MADE: tuple[Callable[[], Ugly], ...] = (
    english, chinese_gbk, two_prices_xlsx, trims_of_series, places, shares, no_headers, spellings,
)  # fmt: skip
UGLY = {make.__name__: make() for make in MADE}

PRESS = Ugly(
    "公布.csv",
    """\
品牌,指标,数值,单位,时期,价格带,数据来源,公布日期,备注
晨风,市占率,17-18%,,2024,4000-6000,甲机构,2025-01-20,
晨风,市占率,超过24%,,2024,4000-5000,甲机构,2025-01-20,
晨风,市占率,9.7%,,2024,5000-6000,甲机构,2025-01-20,约数
远山,市占率,31%,,2024,4000-6000,甲机构,2025-01-20,
晨风,出货量,1.2,千万台,2024,,甲机构,2025-02-01,
全市场,出货量,2.86,亿台,2024,,甲机构,2025-02-01,
""".encode("gb18030"),
    {"entity": "品牌", "metric": "指标", "value": "数值", "unit": "单位", "period": "时期", "band": "价格带", "source": "数据来源",
     "first_known": "公布日期", "note": "备注"},
    (),
    (),
    (("study.focal", "晨风"), ("press.metrics.市占率", "share"), ("press.market", "全市场"), ("study.as_of", "2025-02-01")),
)  # fmt: skip

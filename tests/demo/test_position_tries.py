"""Try 16 (docs/demo.md): the same rows by units and value, list and paid, with and without the sub-brand, after a subsidy."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import polars as pl

from halfstep.core.check import Status
from halfstep.report import write_report
from halfstep.study import Outcome, run
from tests.invented import check, write

Rows = dict[str, tuple[float, float, float, float]]

MIXED: Rows = {  # model: list price, paid price, units a year before, units now
    "A1": (6499, 5799, 400, 500), "A2": (4499, 4199, 300, 300), "A3": (2999, 2799, 600, 600),
    "S1": (4299, 4099, 800, 400), "S2": (1999, 1899, 900, 900),
    "B1": (7999, 7599, 300, 300), "B2": (6299, 6099, 150, 150), "B3": (4999, 4799, 260, 260),
    "C1": (3999, 3799, 700, 700), "C2": (2499, 2399, 500, 500), "C3": (4699, 4499, 380, 380),
}  # fmt: skip
CLEAR: Rows = {
    "A1": (8999, 8599, 500, 900), "A2": (5499, 5299, 400, 600), "A3": (3299, 3199, 100, 100),
    "S1": (2999, 2899, 50, 50), "S2": (1999, 1899, 60, 60),
    "B1": (8499, 8299, 200, 200), "B2": (5299, 5199, 150, 150), "B3": (3499, 3399, 80, 80),
    "C1": (3299, 3099, 700, 700), "C2": (2499, 2399, 500, 500), "C3": (4999, 4899, 100, 100),
}  # fmt: skip
CHANGES: dict[str, Any] = {
    "study": {"benchmarks": ["B"], "currency": "yuan"},
    "columns": {"place": None, "other_prices": {"list": "msrp"}},
    "attributes": [{"id": "power", "label": "power", "columns": ["power"], "transform": "log"}],
    "brands": {"subbrands": {"S": "A"}},
    "bands": {"edges": [4000, 6000]},
    "subsidy": {"rate": 0.15, "most": 500, "up_to": 6000, "source": "an invented decree, article 3"},
}


def story(folder: Path, rows: Rows) -> Outcome:
    made = []
    for year, sold in ((2024, 2), (2025, 3)):
        for k, (model, row) in enumerate(rows.items()):
            made.append((year, model[0], model, row[0], row[1], row[sold], row[1] ** 0.7 * (1 + 0.01 * (k % 3))))
    names = ["year", "brand", "model", "msrp", "price", "units", "power"]
    return run(write(folder, pl.DataFrame(made, schema=names, orient="row"), CHANGES))


def number_one(rows: Rows, edge: float, basis: str, measure: str, sub: bool) -> bool:
    """Whether A leads above an edge, counted by hand."""
    sums: dict[str, float] = {}
    for model, (listed, paid, _, now) in rows.items():
        after = paid - min(0.15 * paid, 500) if paid <= 6000 else paid
        p = {"list": listed, "transaction": paid, "after_subsidy": after}[basis]
        brand = "A" if sub and model[0] == "S" else model[0]
        if p >= edge:
            sums[brand] = sums.get(brand, 0.0) + now * (p if measure == "value" else 1)
    return sums.get("A", 0.0) == max(sums.values())


def visible(page: str) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", text)))


def test_try_16_every_setting_is_counted_and_what_turns_is_said(tmp_path: Path) -> None:
    outcome = story(tmp_path, MIXED)
    found = check(outcome.answers["market"], "market.switches")
    facts = dict(found.facts)
    assert (found.status, facts["settings"], facts["study"]) == (
        Status.REVIEW,
        12,
        "transaction.units.without_subbrands",
    )
    for edge in (4000, 6000):
        own = number_one(MIXED, edge, "transaction", "units", False)
        turned = {
            f"{basis}.{measure}.{'with' if sub else 'without'}_subbrands"
            for basis in ("list", "transaction", "after_subsidy")
            for measure in ("units", "value")
            for sub in (False, True)
            if number_one(MIXED, edge, basis, measure, sub) != own
        }
        assert turned
        assert set(str(facts[f"first above {edge}"]).split(", ")) == turned
    assert facts["first above 6000"] == "list.units.without_subbrands, list.units.with_subbrands"
    assert "rose above 4000" in facts  # with the sub-brand, which lost half of its buyers, the share fell
    write_report(outcome, tmp_path / "out", "zh")
    said = visible((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert (
        "“A is number one above 6,000” does not hold in the study's own count. It does hold with: list prices, by units."
        in said
    )
    assert "It does not hold with: prices after subsidy; by value, without sub-brands." in said
    assert "“A 在 6,000 及以上排名第一”：按本研究的口径不成立，改用以下口径则成立：标价，按销量。" in said
    assert (
        "“A 在 4,000 及以上排名第一”：按本研究的口径成立，改用以下口径则不成立：补贴后价格；按金额，不计子品牌。"
        in said
    )
    assert "transaction prices less 15%, at most 500 yuan a unit, only for prices up to 6,000 yuan" in said
    assert "an invented decree, article 3" in said


def test_try_16_shares_of_every_setting_are_in_the_machine_readable_report(tmp_path: Path) -> None:
    write_report(story(tmp_path, MIXED), tmp_path / "out", "en")
    report = json.loads((tmp_path / "out" / "report.json").read_text(encoding="utf-8"))
    series = {s["id"]: s for s in report["series"]}
    shares = series["position.switch.after_subsidy.units.without_subbrands.share"]
    value = dict(zip(map(tuple, shares["index"]), shares["value"], strict=True))
    assert value[("2025", "4000")] == 500 / (
        500 + 300 + 150 + 260
    )  # the cap keeps B1 and B2 whole; C3 falls below 4,000
    assert value[("2025", "6000")] == 0
    ranks = series["position.switch.list.units.with_subbrands.rank"]
    assert dict(zip(map(tuple, ranks["index"]), ranks["value"], strict=True))[("2025", "6000")] == 1
    assert shares["origin"]["rows"] == "2-23"


def test_try_16_where_nothing_turns_it_says_so(tmp_path: Path) -> None:
    outcome = story(tmp_path, CLEAR)
    found = check(outcome.answers["market"], "market.switches")
    assert (found.status, dict(found.facts)["turned"]) == (Status.PASS, 0)
    write_report(outcome, tmp_path / "out", "en")
    said = visible((tmp_path / "out" / "report.html").read_text(encoding="utf-8"))
    assert "turns in any of the 12 ways of counting" in said
    assert "没有一个反转" in said
    assert "◆ " not in said.split("The same rows, counted otherwise")[1].split("Share of what is sold")[0]

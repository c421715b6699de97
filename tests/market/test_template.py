"""The study to copy: it runs as it lies there, says that it is invented, and finds what its script put in."""

from __future__ import annotations

import random
import runpy
import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from halfstep.core.answer import Verdict
from halfstep.core.check import Status
from halfstep.core.estimate import Point
from halfstep.report import write_report
from halfstep.study import Outcome, run
from tests.invented import check

FOLDER = Path(__file__).parents[2] / "studies" / "template-appliance"
TABLE = FOLDER / "sales-invented.csv"


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return run(FOLDER)


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "make_table.py"))


def test_the_table_is_the_one_that_its_script_writes(tmp_path: Path, script: dict[str, Any]) -> None:
    script["main"](tmp_path / "again.csv")
    assert (tmp_path / "again.csv").read_bytes() == TABLE.read_bytes()
    assert TABLE.stat().st_size < 200_000
    assert "invented" in TABLE.name


def test_every_page_says_that_the_figures_are_invented(tmp_path: Path, outcome: Outcome) -> None:
    assert outcome.config.study.invented
    write_report(outcome, tmp_path, "zh")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    banner = page.partition('<p class="banner"')[2].partition("</p>")[0]
    assert "数字为虚构" in banner
    assert "Invented figures" in banner
    for brand in outcome.config.brands.labels.values():
        assert brand.zh != brand.en


def test_it_finds_what_was_put_in(outcome: Outcome, script: dict[str, Any]) -> None:
    """Product and name of the last quarter, in logs, lie in the intervals of the report; the verdicts are the true ones."""
    estimates = {e.id: e for e in outcome.answers["gap"].estimates}
    line = script["models"](random.Random(script["SEED"]))
    last = len(script["QUARTERS"]) - 1
    worth = {b: [m.worth for m in line if m.brand == b and m.first <= last <= m.last] for b in script["BRANDS"]}
    mean = {brand: sum(found) / len(found) for brand, found in worth.items()}
    focal, main = outcome.config.study.focal, outcome.config.study.benchmarks[0]
    brands = script["BRANDS"]
    name = brands[main].name[1] + brands[main].finish - brands[focal].name[1] - brands[focal].finish
    for half, true in (("product", mean[main] - mean[focal]), ("name", name)):
        found = estimates[f"gap.price_lens_log.{half}.{main}.all.2025-Q4"]
        assert isinstance(found, Point)
        assert found.lo <= true <= found.hi, half
    verdicts: dict[str, Verdict] = {
        v.half: v for v in outcome.answers["gap"].verdicts if (v.benchmark, v.segment, v.lens) == (main, "all", "price")
    }
    assert {half: v.label for half, v in verdicts.items()} == {"product": "met", "name": "short"}


def test_the_experiment_finds_what_was_put_in_and_says_the_same(tmp_path: Path, outcome: Outcome) -> None:
    made = runpy.run_path(str(FOLDER / "make_experiment.py"))
    made["main"](tmp_path)
    for name in ("choices-invented.csv", "lineup-invented.csv"):
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
        told = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
        assert all(column in told for column in pl.read_csv(FOLDER / name, n_rows=1).columns)
    names, answer = made["NAMES"], outcome.answers["gap"]
    found = next(e for e in answer.estimates if e.id == "gap.choice_lens.name.Aurenne.all.")
    assert isinstance(found, Point)
    assert found.lo <= names["Aurenne"] - names["Lanxu"] <= found.hi
    labels = {
        v.half: v.label for v in answer.verdicts if v.id.startswith("verdict.choice_lens") and v.benchmark == "Aurenne"
    }
    assert labels["name"] == "short"
    accords = {a.half: a.label for a in answer.accords if "choice" in a.lenses and a.benchmark == "Aurenne"}
    assert accords["name"] == "agree"


def test_the_posts_are_the_ones_that_their_script_writes(tmp_path: Path) -> None:
    made = runpy.run_path(str(FOLDER / "make_posts.py"))
    made["main"](tmp_path)
    told = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{table}-invented.csv" for table in ("utterances", "labels", "exposure", "controversies")}
    for name in names:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
        assert all(column in told for column in pl.read_csv(FOLDER / name, n_rows=1).columns)
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2_000_000
    posts = pl.read_csv(FOLDER / "utterances-invented.csv", schema_overrides={"id": pl.String, "root": pl.String})
    assert posts["id"].n_unique() == posts.height
    assert set(posts["root"].drop_nulls()) <= set(posts["id"])
    assert posts["root"].n_unique() == made["CASCADES"] + 1
    assert set(posts["author"].str.len_chars()) == {6}


def test_it_shows_every_switch_and_some_conclusion_turns(outcome: Outcome) -> None:
    found = check(outcome.answers["market"], "market.switches")
    assert (found.status, dict(found.facts)["settings"]) == (Status.REVIEW, 12)
    assert "after_subsidy.units.without_subbrands" in str(dict(found.facts)["first above 5000"])


def test_every_setting_has_a_comment_in_both_languages() -> None:
    lines = (FOLDER / "study.toml").read_text(encoding="utf-8").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert sum(any("\u3400" <= c <= "\u9fff" for c in line) for line in comments) > 25
    sections = set(tomllib.loads("\n".join(lines)))
    assert {"subsidy", "attributes", "brands", "scope", "bands", "hedonic", "events", "voice"} <= sections


def test_the_table_of_sources_names_its_columns() -> None:
    told = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    for column in pl.read_csv(TABLE, n_rows=1).columns:
        assert column in told
    assert "invented" in told

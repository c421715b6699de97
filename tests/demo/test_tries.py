"""What a sceptic tries (docs/demo.md), each as a test that goes through files and the whole program."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from halfstep.core.answer import Answer, Verdict
from halfstep.core.check import Status
from halfstep.core.estimate import Bound, Point
from halfstep.report import write_report
from halfstep.study import Outcome, run
from halfstep.worlds.price import KINDS, simulate
from tests.invented import check, write

SHIPPED = Path(__file__).parents[2] / "studies" / "us-cars"


def world(folder: Path, kind: str, run_number: int = 1) -> Path:
    """Write a simulated market as a study; brand A is focal, B the benchmark."""
    made = simulate(KINDS[kind], np.random.default_rng([2, run_number]))
    columns = {"year": made.period, "brand": [chr(65 + b) for b in made.brand], "model": made.model}
    columns |= {"price": made.p, "units": made.q} | {f"x{k}": made.X[:, k] for k in range(made.X.shape[1])}
    changes = {
        "study": {"benchmarks": ["B"]},
        "columns": {"place": None},
        "attributes": [{"id": f"x{k}", "label": f"x{k}", "columns": [f"x{k}"]} for k in range(made.X.shape[1])],
        "bands": None,
    }
    return write(folder, pl.DataFrame(columns), changes)


def main_verdicts(outcome: Outcome, lens: str = "price") -> dict[str, Verdict]:
    answer: Answer = outcome.answers["gap"]
    main = outcome.config.study.benchmarks[0]
    return {v.half: v for v in answer.verdicts if (v.benchmark, v.segment, v.lens) == (main, "all", lens)}


@pytest.fixture(scope="module")
def shipped() -> Outcome:
    return run(SHIPPED)


def test_try_1_swapped_labels_swap_the_diagnosis(tmp_path: Path, shipped: Outcome) -> None:
    """Exchange the names of focal brand and benchmark in the table: every verdict follows the rows."""
    focal, benchmark = shipped.config.study.focal, shipped.config.study.benchmarks[0]
    folder = tmp_path / "swapped"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("out"))
    frame = pl.read_parquet(folder / "sales.parquet")
    frame.with_columns(pl.col("brand").replace({focal: benchmark, benchmark: focal})).write_parquet(
        folder / "sales.parquet"
    )
    swapped = run(folder)
    other = tmp_path / "reversed"
    shutil.copytree(SHIPPED, other, ignore=shutil.ignore_patterns("out"))
    text = (other / "study.toml").read_text(encoding="utf-8")
    text = text.replace(f'focal = "{focal}"', "focal = @").replace(
        f'benchmarks = ["{benchmark}"', f'benchmarks = ["{focal}"'
    )
    (other / "study.toml").write_text(text.replace("focal = @", f'focal = "{benchmark}"'), encoding="utf-8")
    expected = run(other)
    before, after = main_verdicts(shipped), main_verdicts(swapped)
    for half, verdict in main_verdicts(expected).items():
        assert after[half].label == verdict.label
        assert after[half].p_short == pytest.approx(verdict.p_short, abs=1e-9)
    assert before["product"].label == "short"
    assert after["product"].label == "ahead"


def test_try_2_equal_brands_have_no_gap(tmp_path: Path) -> None:
    found = [main_verdicts(run(world(tmp_path / str(i), "null", i))) for i in range(12)]
    assert {v["product"].label for v in found} <= {"met", "undecided"}
    assert sum(v["product"].label == "met" for v in found) >= 6  # it must conclude where it can
    assert [v["name"].label for v in found].count("short") <= 1


def test_try_3_the_reverse_world_is_told(tmp_path: Path) -> None:
    outcome = run(world(tmp_path, "reverse"))
    labels = {half: v.label for half, v in main_verdicts(outcome).items()}
    assert labels == {"product": "short", "name": "ahead"}
    assert outcome.answers["gap"].overall is not None
    assert outcome.answers["gap"].overall.label == "product missing"


def test_try_11_thresholds_move_and_shares_follow(tmp_path: Path, shipped: Outcome) -> None:
    folder = tmp_path / "moved"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("out"))
    text = (folder / "study.toml").read_text(encoding="utf-8")
    (folder / "study.toml").write_text(re.sub(r"edges = \[.*\]", "edges = [10.0, 15.0]", text), encoding="utf-8")
    moved = run(folder)
    benchmark = moved.config.study.benchmarks[0]
    series = {s.id: s for s in moved.answers["market"].series}
    shares = series[f"position.band.units.{benchmark}"]
    last = max(label[0] for label in shares.index)
    frame = pl.read_parquet(SHIPPED / "sales.parquet").filter(pl.col("year") == int(last), pl.col("price") >= 15.0)
    sold = frame["share"].to_numpy()
    by_hand = sold[(frame["brand"] == benchmark).to_numpy()].sum() / sold.sum()
    assert float(shares.value[shares.index.index((last, "2"))]) == pytest.approx(by_hand)
    leads = [
        e
        for e in moved.answers["market"].estimates
        if isinstance(e, Bound) and e.id.startswith("position.first.units.")
    ]
    assert leads
    assert main_verdicts(moved)["name"].p_short == main_verdicts(shipped)["name"].p_short  # bands never touch the gap


def test_try_17_a_share_bought_by_price_cuts_is_flagged(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    rows = []
    for brand in "ABCDEFGH":
        for m in range(8):
            power = float(np.exp(rng.normal(0, 0.4)))
            for year in (2001, 2002):
                price = 30 * power**0.6 * float(np.exp(rng.normal(0, 0.01)))
                units = 100.0
                if brand == "A" and year == 2002:
                    price, units = price * 0.85, 200.0
                rows.append((year, brand, f"{brand}{m}", price, units, power))
    frame = pl.DataFrame(rows, schema=["year", "brand", "model", "price", "units", "power"], orient="row")
    changes = {
        "study": {"benchmarks": ["B"]},
        "columns": {"place": None},
        "attributes": [{"id": "power", "label": "power", "columns": ["power"], "transform": "log"}],
        "bands": {"edges": [20.0, 25.0]},
    }
    found = check(run(write(tmp_path / "cut", frame, changes)).answers["market"], "market.share_bought")
    assert found.status is Status.FAIL
    honest = frame.with_columns(
        pl.when((pl.col("brand") == "A") & (pl.col("year") == 2002))
        .then(pl.col("price") / 0.85)
        .otherwise(pl.col("price"))
        .alias("price")
    )
    found = check(run(write(tmp_path / "kept", honest, changes)).answers["market"], "market.share_bought")
    assert found.status is Status.PASS


def test_try_26_order_reference_and_benchmark_are_shown_to_move_the_split(shipped: Outcome) -> None:
    estimates = {e.id: e for e in shipped.answers["gap"].estimates}
    moved = [
        e
        for name, e in estimates.items()
        if name.startswith("move.") and name.endswith(".name") and isinstance(e, Point)
    ]
    ranged = estimates["move.range.name"]
    assert isinstance(ranged, Bound)
    assert len(moved) >= 8
    assert ranged.lo <= min(e.value for e in moved)
    assert ranged.hi >= max(e.value for e in moved)
    assert ranged.hi - ranged.lo > 0
    assert {v.benchmark for v in shipped.answers["gap"].verdicts} == set(shipped.config.study.benchmarks)


def test_try_27_no_weak_spot_is_an_equivalence_claim(tmp_path: Path) -> None:
    folder = world(tmp_path, "null", 4)
    text = (folder / "study.toml").read_text(encoding="utf-8")
    labels = {}
    for margin in (0.0005, 0.03, 0.5):
        (folder / "study.toml").write_text(text.replace('"margin" = 0.03', f'"margin" = {margin}'), encoding="utf-8")
        labels[margin] = main_verdicts(run(folder))["name"]
    assert labels[0.5].label == "met"
    assert labels[0.0005].label != "met"  # not significant is not proof
    for verdict in labels.values():
        assert verdict.margin_met is not None


def test_try_53_another_category_needs_no_code(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "first-study.md").read_text(encoding="utf-8")
    csv, settings = (re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL) for kind in ("csv", "toml"))
    assert csv is not None
    assert settings is not None
    (tmp_path / "machines.csv").write_text(csv.group(1), encoding="utf-8")
    (tmp_path / "study.toml").write_text(settings.group(1), encoding="utf-8")
    outcome = run(tmp_path)
    assert {v.half for v in outcome.answers["gap"].verdicts} == {"product", "name"}
    write_report(outcome, tmp_path / "out", "en")
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Corvo" in page
    assert "invented" in page.lower()


def test_try_55_a_rerun_gives_the_same_bytes_and_says_from_what(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        write_report(run(SHIPPED), tmp_path / name, "en")
        made.append({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()})
    assert made[0] == made[1]
    report = json.loads(made[0]["report.json"])
    assert set(report["inputs"]) == {"study.toml", "sales.parquet", "buyers.csv"}
    assert all(len(digest) == 64 for digest in report["inputs"].values())
    assert {"seed", "versions", "as_of", "kernel"} <= report.keys()
    assert all(e["origin"]["rows"] for e in report["estimates"])


def test_try_58_there_is_no_single_score(tmp_path: Path, shipped: Outcome) -> None:
    write_report(shipped, tmp_path, "en")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    visible = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL).lower()
    assert not re.search(r"\bscore\b|/100\b|\bindex of premium\b", visible)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert not [e["id"] for e in report["estimates"] if "score" in e["id"]]

"""What a sceptic tries on an essay's claims and on forecasts (docs/demo.md, tries 4 to 10, 51, 52, 54, 56), through files and the program."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from halfstep.cli import main
from halfstep.core.answer import ForecastVerdict
from halfstep.data.study import load
from halfstep.study import run
from tests.invented import write

STUDY = Path(__file__).parents[2] / "studies" / "xiaomi"
FROZEN, LATER = "2025-06-04", "2026-08-31"
FILES = ("report.html", "report.json", "report.xlsx")
ESSAY = "woshipm.com"


def answer(folder: Path, out: Path, *more: str, code: int = 0) -> dict[str, Any]:
    with pytest.raises(SystemExit) as left:
        main(["docket", str(folder), "--out", str(out), "--lang", "en", *more])
    assert left.value.code == code
    found: dict[str, Any] = json.loads((out / "report.json").read_text(encoding="utf-8"))
    return found


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def store(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture(scope="module", autouse=True)
def public() -> Iterator[None]:
    """The shipped files alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("HALFSTEP_CASES", raising=False)
        patch.delenv("HALFSTEP_MADE", raising=False)
        yield


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    out = tmp_path_factory.mktemp("frozen")
    return answer(STUDY, out), out


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return answer(STUDY, tmp_path_factory.mktemp("later"), "--as-of", LATER)


def claims(record: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {claim["id"]: claim for claim in record["claims"]}


def test_try_4_a_verdict_leads_to_paragraph_speaker_strength_and_page(frozen: tuple[dict[str, Any], Path]) -> None:
    record, out = frozen
    assert len(record["claims"]) >= 20
    page = (out / "report.html").read_text(encoding="utf-8")
    for claim in record["claims"]:
        assert claim["paragraph"] and claim["speaker"] and claim["hedge"] and claim["grade"], claim["id"]
        assert claim["url"].startswith("https://")
        assert claim["statement"]["en"] != claim["statement"]["zh"]
        assert claim["url"] in page
    assert {claim["verdict"] for claim in record["claims"]} == {"supported", "contradicted", "mixed", "not testable"}


def test_try_5_memes_and_adverts_are_no_data(frozen: tuple[dict[str, Any], Path]) -> None:
    meme = claims(frozen[0])["memes"]
    assert (meme["kind"], meme["verdict"], meme["parts"]) == ("opinion", "not testable", [])
    words = " ".join(row["value"] + row["metric"] + row["note"] for row in table(STUDY / "press.csv"))
    assert not re.search("40亿|四十亿|千亿|course", words)
    assert not any(e["unit"] == "money" and e["lo"] == 4e9 for e in frozen[0]["estimates"])


def test_try_6_hedges_stay_what_they_are(frozen: tuple[dict[str, Any], Path]) -> None:
    found = claims(frozen[0])
    assert {"more than", "part", "mostly", "possibly", "suspected"} <= {claim["hedge"] for claim in found.values()}
    assert all(
        c["verdict"] == "not testable" for c in found.values() if c["hedge"] in ("suspected", "possibly", "probably")
    )
    more = [c for c in found.values() if c["hedge"] == "more than"]
    assert more
    for part in (part for claim in more for part in claim["parts"]):
        assert part["lo"] is not None and part["hi"] is None  # a lower bound, never the figure itself


def test_try_7_one_of_three_elements_is_measured_and_the_sentence_is_ambiguous() -> None:
    (three,) = [row for row in table(STUDY / "claims.csv") if row["id"] == "three_core"]
    outcome = run(STUDY, only=("press", "docket"))
    (verdict,) = [v for v in outcome.answers["docket"].claims if v.id == "three_core"]
    assert verdict.label == "not testable"
    assert three["kind"] == "opinion"
    (quantity,) = [q for q in outcome.config.docket.quantities if q.id == verdict.parts[0].quantity]
    assert quantity.needs is not None
    assert "two ways" in quantity.needs.en
    assert "alone" in quantity.needs.en


def test_try_8_the_channel_is_empty_under_both_codings(frozen: tuple[dict[str, Any], Path]) -> None:
    record, _ = frozen
    cover = claims(record)["controversies_cover_all"]
    assert cover["verdict"] in ("mixed", "contradicted")
    channel = [part for part in cover["parts"] if part["quantity"] == "disputes_in_channel"]
    assert len(channel) == 2 and {part["outcome"] for part in channel} == {"fails"}  # never averaged
    assert {part["by"].split(",")[1].strip() for part in channel} == {"rule A", "rule B"}
    (agreed,) = [check for check in record["checks"] if check["id"] == "voice.agreement.touchpoint"]
    assert (agreed["facts"]["coders"], agreed["facts"]["cases"]) == (2, 6)
    assert agreed["facts"]["alpha"] < 0.67  # two codings, and they agree badly: that is printed


def test_try_8_the_printed_counts_are_those_of_the_codings() -> None:
    coded = table(STUDY / "controversies.csv")
    named = {row["controversy"] for row in coded}
    printed = {
        (row["source"], row["metric"]): int(row["value"])
        for row in table(STUDY / "press.csv")
        if row["entity"] == "disputes named by the essay"
    }
    counted: dict[tuple[str, str], int] = {}
    for coder in {row["coder"] for row in coded}:
        hit = [row["touchpoint"] for row in coded if row["coder"] == coder]
        assert {row["controversy"] for row in coded if row["coder"] == coder} == named and len(named) == len(hit) == 6
        counted[f"the study's coding, {coder}", "touchpoints_hit"] = len(set(hit))
        counted[f"the study's coding, {coder}", "disputes_in_channel"] = hit.count("channel")
    assert printed == counted


def changed(target: Path, row: dict[str, str], value: str) -> Path:
    """The study with the value of one printed figure changed."""
    shutil.copytree(STUDY, target, ignore=shutil.ignore_patterns("out"))
    rows = table(target / "press.csv")
    (found,) = [one for one in rows if row.items() <= one.items()]
    found["value"] = value
    store(target / "press.csv", rows)
    return target


def test_a_record_hangs_on_every_earlier_quarter_and_on_those_not_printed(tmp_path: Path) -> None:
    (own,) = [v for v in run(STUDY, only=("press", "docket")).answers["docket"].claims if v.id == "record_results"]
    assert own.label == "not testable" and any("higher_quarters_not_printed" in need for need in own.needs)
    assert [part.outcome for part in own.parts] == ["holds"] * 4 + ["open"]
    for metric, value in (("group_revenue", "1200亿"), ("group_adjusted_net_profit", "120亿")):
        for period in ("2021Q3", "2023Q4"):
            row = {"entity": "Xiaomi", "metric": metric, "period": period}
            assert verdicts(changed(tmp_path / f"{metric}{period}", row, value))["record_results"] == "mixed"


def test_a_profit_in_the_fourth_quarter_alone_would_do(tmp_path: Path) -> None:
    folder = changed(
        tmp_path / "loss", {"entity": "Xiaomi", "metric": "operating_result", "period": "2025Q3"}, "-2亿"
    )  # fmt: skip
    waiting, *_ = (f for f in found_forecasts(folder, "2026-01-31") if f.id == "profit_by_founder")
    assert waiting.status == "open"
    rows = table(folder / "press.csv")
    (third,) = [r for r in rows if (r["metric"], r["period"]) == ("operating_result", "2025Q3")]
    for value, outcome in (("3亿", True), ("-1亿", False)):
        store(folder / "press.csv", [*rows, third | {"period": "2025Q4", "value": value, "first_known": "2026-03-24"}])
        resolved = {f.id: (f.status, f.outcome) for f in found_forecasts(folder, LATER)}
        assert resolved["profit_by_founder"] == resolved["profit_chance"] == ("resolved", outcome)


def found_forecasts(folder: Path, day: str) -> tuple[ForecastVerdict, ...]:
    return run(folder, as_of=day, only=("press", "docket")).answers["docket"].forecasts


def test_a_recovery_is_read_off_shares_of_one_season_by_each_tracker() -> None:
    (own,) = [v for v in run(STUDY, only=("press", "docket")).answers["docket"].claims if v.id == "china_recovered"]
    shares = [part for part in own.parts if part.shows == "claim"]
    assert {part.quantity for part in shares} == {"china_share_gain"}
    assert {part.by.split(",")[0] for part in shares} == {"Canalys", "Counterpoint"}
    assert all("2025-Q1 + 2024-Q1" in part.by for part in shares)


LATER_WORDS = (
    "2,234",
    "550,000",
    "55 万",
    "411,837",
    "81,302",
    "82,057",
    "108,796",
    "153,673",
    "2025-06-26",
    "2025-06-27",
    "2025-09-19",
)
"""What nobody knew on the day of the freeze."""


def test_try_51_nothing_known_later_is_printed_in_the_frozen_report(frozen: tuple[dict[str, Any], Path]) -> None:
    page = (frozen[1] / "report.html").read_text(encoding="utf-8")
    assert not [words for words in LATER_WORDS if words in page]


def test_try_9_nobody_is_blamed_and_deliveries_are_no_demand(frozen: tuple[dict[str, Any], Path]) -> None:
    record, _ = frozen
    left = claims(record)["cause_left_open"]
    assert (left["verdict"], left["parts"]) == ("not testable", [])
    (event,) = record["events"]
    assert event["label"] == "refused"
    (orders,) = [e for e in record["estimates"] if e["id"] == "event.accident.deliveries.orders"]
    assert orders["lo"] < orders["hi"] < 0  # the fall in orders is an interval
    rivals = run(STUDY, only=("events",)).config.events[0].rivals
    assert len(rivals) >= 4  # with rival explanations, not one cause
    assert not any(c["verdict"] == "supported" for c in claims(record).values() if c["kind"] in ("causal", "necessity"))


def test_try_10_the_essay_contradicts_itself_whatever_the_data_say(
    frozen: tuple[dict[str, Any], Path], later: dict[str, Any]
) -> None:
    pairs = {frozenset((c["id"], other)) for c in frozen[0]["claims"] for other in c["against"]}
    assert len(pairs) >= 4
    assert pairs == {frozenset((c["id"], other)) for c in later["claims"] for other in c["against"]}
    bare = {
        claim.id: claim.against
        for claim in run(STUDY, as_of="2020-01-01", only=("press", "docket")).answers["docket"].claims
    }
    assert pairs == {frozenset((name, other)) for name, others in bare.items() for other in others}


def test_try_51_later_figures_change_no_byte_of_the_frozen_report(
    frozen: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    folder = tmp_path / STUDY.name
    shutil.copytree(STUDY, folder, ignore=shutil.ignore_patterns("out"))
    poisoned = 0
    for name, column in (("press.csv", "value"), ("ramp.csv", "units")):
        rows = table(folder / name)
        for row in rows:
            if row["first_known"] > FROZEN:
                row[column] = "77777" if row[column].replace(".", "").isdigit() else row[column]
                row["note"] = "poisoned"
                poisoned += 1
        store(folder / name, rows)
    assert poisoned > 50
    answer(folder, tmp_path / "out")
    for name in FILES:
        assert (tmp_path / "out" / name).read_bytes() == (frozen[1] / name).read_bytes(), name


def test_try_51_rows_of_earlier_periods_known_by_then_are_all_used() -> None:
    loaded = load(STUDY)
    assert loaded.press is not None and loaded.ramp is not None
    used = {figure.row for figure in (*loaded.press.figures, *loaded.press.revised)}
    known = {n for n, row in enumerate(table(STUDY / "press.csv"), start=2) if "" < row["first_known"] <= FROZEN}
    assert len(known) > 100
    assert known <= used
    months = {row["month"] for row in table(STUDY / "ramp.csv") if "" < row["first_known"] <= FROZEN}
    assert int((loaded.ramp.known > 0).sum()) >= len(months)


FORETOLD = ("made", "fixed", "due", "form", "p", "lo", "hi", "level")


def test_try_51_a_later_run_resolves_and_scores_the_same_forecast(
    frozen: tuple[dict[str, Any], Path], later: dict[str, Any]
) -> None:
    before = {f["id"]: f for f in frozen[0]["forecasts"]}
    after = {f["id"]: f for f in later["forecasts"]}
    made = [name for name, f in before.items() if f["status"] != "not yet made"]
    assert all(before[name]["status"] == "open" for name in made)
    for name in made:  # to the last digit
        assert json.dumps([before[name][key] for key in FORETOLD]) == json.dumps([after[name][key] for key in FORETOLD])
    interval, chance = after["cars_2025"], after["profit_chance"]
    assert interval["level"] == 0.8
    assert interval["status"] == chance["status"] == "resolved"
    inside = interval["lo"] <= interval["seen_lo"] <= interval["seen_hi"] <= interval["hi"]
    assert interval["outcome"] is inside
    assert interval["interval_score"] >= interval["hi"] - interval["lo"]
    assert chance["brier"] == pytest.approx((chance["p"] - chance["outcome"]) ** 2)
    assert (
        interval["late"] and chance["late"]
    )  # the rule was written after the figures were known: back-tests, and called so
    assert after["target_350k"]["outcome"] is True
    company, registered = 400_000, 411_837
    assert (
        after["target_350k"]["seen_lo"] == company < registered
    )  # both are looked at, and "more than" stays open above
    assert after["target_350k"]["brier"] is None  # no probability was given
    assert after["main_pillar"]["status"] == "open"
    assert after["cars_2026h2"]["status"] == "open" and not after["cars_2026h2"]["late"]


def invented(folder: Path, docket: dict[str, Any], figures: str, rows: str, as_of: str = "2030-12-31") -> Path:
    changes = {
        "study": {"as_of": as_of}, "tables": {"sales": None}, "columns": None, "attributes": None, "bands": None,
        "claim_columns": {"id": "id", "statement_en": "claim", "kind": "kind"}, "docket": docket,
        "press_columns": {key: key for key in ("entity", "metric", "value", "period", "source", "first_known")},
    }  # fmt: skip
    press = "entity,metric,value,period,source,first_known\n" + figures
    return write(folder, None, changes, {"claims": "id,claim,kind\n" + rows, "press": press})


def sold(entity: str, name: str = "sold") -> dict[str, Any]:
    return {"id": name, "label": name, "figures": [{"entity": entity, "metric": "units", "period": "2025"}]}


RULE = {
    "id": "repeats", "label": "it repeats", "by": "the author", "claim": "c", "made": "2024-06-01", "due": "2026-02-01",
    "rule": "as many as the model before", "quantity": "sold", "at_least": 100, "p": 0.7,
}  # fmt: skip


def test_try_52_repeating_a_success_is_defined_before_the_data(
    tmp_path: Path, frozen: tuple[dict[str, Any], Path]
) -> None:
    figures, row = "A,units,120,2025,one,2026-01-20\n", "c,the new one may repeat the old one,forecast\n"
    bare = answer(invented(tmp_path / "bare", {}, figures, row), tmp_path / "o0", code=3)
    assert (bare["claims"][0]["verdict"], bare["claims"][0]["reason"]) == ("not testable", "no resolution rule")
    for day, late in (("2024-06-02", False), ("2026-03-01", True)):
        docket = {"quantities": [sold("A")], "forecasts": [RULE | {"fixed": day}]}
        record = answer(invented(tmp_path / day, docket, figures, row), tmp_path / f"o{day}")
        (found,) = record["forecasts"]
        assert (found["status"], found["outcome"], found["late"]) == ("resolved", True, late)
        assert found["brier"] == pytest.approx(0.09)
    (own,) = [f for f in frozen[0]["forecasts"] if f["id"] == "yu7_repeats"]
    assert own["rule"]["en"] and own["rule"]["zh"] and own["region_lo"] is not None


def verdicts(folder: Path) -> dict[str, str]:
    return {v.id: v.label for v in run(folder, only=("press", "docket")).answers["docket"].claims}


def swapped(folder: Path, target: Path, *, settings: bool) -> Path:
    """The study with the brand and its rival exchanged in the printed figures; in the settings too where asked."""
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("out"))
    other = {"Xiaomi": "Huawei", "Huawei": "Xiaomi"}
    rows = table(target / "press.csv")
    for row in rows:
        row["entity"] = other.get(row["entity"], row["entity"])
    store(target / "press.csv", rows)
    if settings:
        text = (target / "study.toml").read_text(encoding="utf-8")
        (target / "study.toml").write_text(
            re.sub(r'entity = "(Xiaomi|Huawei)"', lambda m: f'entity = "{other[m[1]]}"', text), encoding="utf-8"
        )
    return target


def test_try_1_exchanged_names_exchange_the_verdicts(tmp_path: Path) -> None:
    own = verdicts(STUDY)
    moved = verdicts(swapped(STUDY, tmp_path / "data", settings=False))
    assert own["april_28k"] == "supported"
    assert moved["april_28k"] == "not testable"  # the figures are the other's now
    assert own["car_revenue_181"] == "supported" != moved["car_revenue_181"]
    assert verdicts(swapped(STUDY, tmp_path / "both", settings=True)) == own  # and asked of the other they are back
    figures = "A,units,120,2025,one,2026-01-20\nB,units,80,2025,one,2026-01-20\n"
    docket = {
        "quantities": [sold("A", "a") | {"less": sold("B")["figures"]}],
        "says": [{"claim": "c", "quantity": "a", "above": 0}],
    }
    ahead = invented(tmp_path / "ab", docket, figures, "c,A sells more than B,fact\n")
    back = invented(
        tmp_path / "ba", docket, figures.translate(str.maketrans("AB", "BA")), "c,A sells more than B,fact\n"
    )
    assert (verdicts(ahead), verdicts(back)) == ({"c": "supported"}, {"c": "contradicted"})


def tier(target: Path, *, essay: bool) -> Path:
    """The study on its printed figures alone: those of the essay, or all of them; every other table is deleted."""
    gone = ("ramp.csv", "controversies.csv")
    shutil.copytree(STUDY, target, ignore=shutil.ignore_patterns("out", *gone))
    rows = [row for row in table(target / "press.csv") if not essay or ESSAY in row["url"]]
    assert rows
    store(target / "press.csv", rows)
    text = (target / "study.toml").read_text(encoding="utf-8")
    optional = re.sub(r"^optional = \[", 'optional = ["ramp", "outcomes", "controversies", ', text, flags=re.MULTILINE)
    assert optional != text
    (target / "study.toml").write_text(optional, encoding="utf-8")
    return target


def test_try_54_only_the_essays_numbers_give_bounds_and_refusals(tmp_path: Path) -> None:
    record = answer(tier(tmp_path / "essay", essay=True), tmp_path / "out", code=3)
    assert record["verdicts"] == [] and record["overall"] is None  # no verdict on the name
    assert {"gap.price_lens.name", "gap.price_lens.product"} <= {r["id"] for r in record["refusals"]}
    assert all(e["kind"] == "bound" for e in record["estimates"])
    assert {c["verdict"] for c in record["claims"]} <= {"not testable", "contradicted"}
    assert claims(record)["brand_is_short"]["verdict"] == "not testable"


def test_try_54_more_figures_never_turn_what_fewer_decided(tmp_path: Path) -> None:
    few, all_ = tier(tmp_path / "essay", essay=True), tier(tmp_path / "press", essay=False)
    less, more = (run(folder, only=("press", "docket")).answers["docket"] for folder in (few, all_))
    before = {v.id: v.label for v in less.claims}
    after = {v.id: v.label for v in more.claims}
    opposite = {"supported": "contradicted", "contradicted": "supported"}
    assert not [name for name, label in before.items() if after[name] == opposite.get(label)]
    decided = [sum(label != "not testable" for label in labels.values()) for labels in (before, after)]
    assert decided[0] <= decided[1]


def test_try_56_five_sentences_in_both_languages_each_with_what_would_change_it(
    frozen: tuple[dict[str, Any], Path],
) -> None:
    page = (frozen[1] / "report.html").read_text(encoding="utf-8")
    found = re.search(r'<(\w+) class="five">(.*?)</\1>', page, flags=re.DOTALL)
    assert found is not None
    items = re.findall(r"<li\b.*?</li>", found[2], flags=re.DOTALL)
    assert len(items) == 5
    for item in items:
        plain = re.sub(r"<[^>]+>", " ", item)
        assert "什么会改变我的判断" in plain
        assert "What would change my mind" in plain
        number = re.search(r"\d[\d,.]*%? (to|至) \d|−?\d+\.\d%", plain)
        assert number or "cannot be told" in plain or re.search(r"\d+", plain), plain

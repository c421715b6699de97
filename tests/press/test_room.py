"""What the press room says of figures whose answer is known by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from halfstep.core.answer import Answer
from halfstep.core.errors import StudyFaultsError
from halfstep.core.estimate import Bound, Refusal
from halfstep.study import run

HEAD = "entity,metric,value,period,band,perimeter,base,source,first_known,kind"
SETTINGS = """
[study]
title = "printed"
focal = "A"
benchmarks = ["B"]
currency = "coins"
as_of = "2025-06-30"
margin = 0.03
margin_reason = "invented"
[tables]
press = "press.csv"
[press_columns]
entity = "entity"
metric = "metric"
value = "value"
period = "period"
band = "band"
perimeter = "perimeter"
base = "base"
source = "source"
first_known = "first_known"
kind = "kind"
"""


def write(folder: Path, rows: list[str], more: str = "") -> Path:
    (folder / "press.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    (folder / "study.toml").write_text(SETTINGS + more, encoding="utf-8")
    return folder


def answer(folder: Path, rows: list[str], more: str = "") -> Answer:
    return run(write(folder, rows, more)).answers["press"]


def bounds(found: Answer, stem: str) -> list[Bound]:
    return [e for e in found.estimates if isinstance(e, Bound) and e.id.startswith(stem)]


def refusals(found: Answer, stem: str) -> list[Refusal]:
    return [e for e in found.estimates if isinstance(e, Refusal) and e.id.startswith(stem)]


def whys(found: Answer, stem: str) -> list[str]:
    return [c.why for c in found.checks if c.id.startswith(stem)]


def share(value: str, band: str, period: str = "2024", who: str = "A,share", source: str = "S") -> str:
    return f"{who},{value},{period},{band},,,{source},2025-03-01,"


class TestCoherence:
    def test_figures_that_exclude_each_other_are_named_and_no_weight_is_given(self, tmp_path: Path) -> None:
        found = answer(tmp_path, [share("20%", "1-2"), share("10%", "2-3"), share("30%", "1-3"), share("5%", "3+")])
        (check,) = [c for c in found.checks if c.id.startswith("press.conflict.")]
        told = str(dict(check.facts)["figures"])
        assert [f"row {n}" in told for n in (2, 3, 4, 5)] == [True, True, True, False]
        assert bounds(found, "press.weight.") == []

    def test_sizes_of_bands_settle_what_shares_alone_leave_open(self, tmp_path: Path) -> None:
        shares = [share("20%", "1-2"), share("10%", "2-3"), share("15-16%", "1-3")]
        sizes = [share("30%", "1-2", who="market,band size"), share("70%", "2-3", who="market,band size")]
        assert whys(answer(tmp_path, shares), "press.weight.") == ["press weight"]
        assert whys(answer(tmp_path, shares + sizes), "press.conflict.") == ["press conflict"]

    def test_brands_together_sell_no_more_than_the_market(self, tmp_path: Path) -> None:
        rows = [share("60%", "1-2"), share("50%", "1-2", who="B,share")]
        assert len(whys(answer(tmp_path, rows), "press.conflict.")) == 1
        nested = '[[press.within]]\ninner = "B"\nouter = "A"\n'
        assert whys(answer(tmp_path, rows, nested), "press.conflict.") == []

    def test_other_sources_and_other_bases_are_never_mixed(self, tmp_path: Path) -> None:
        rows = [share("20%", "1-2"), share("10%", "2-3"), share("30%", "1-3", source="T")]
        assert whys(answer(tmp_path, rows), "press.conflict.") == []

    def test_quarters_and_their_year_bind_each_other(self, tmp_path: Path) -> None:
        rows = [share(f"{s}%", "", f"2024Q{k}") for k, s in enumerate((10, 12, 14, 16), start=1)]
        assert whys(answer(tmp_path, [*rows, share("13%", "")]), "press.conflict.") == []
        assert len(whys(answer(tmp_path, [*rows, share("17%", "")]), "press.conflict.")) == 1


class TestProgress:
    TARGET = "A,units,350000,2025,,cars,deliveries,S,2025-03-01,target"
    SINCE = 'A,units,超过25.8万,2024-04-03..2025-05-21,,cars,"deliveries, since launch",S,2025-05-22,'

    def test_a_count_since_launch_is_not_divided_by_the_years_target(self, tmp_path: Path) -> None:
        (refusal,) = refusals(answer(tmp_path, [self.TARGET, self.SINCE]), "press.progress.")
        assert refusal.why == "press other start"
        assert refusal.needs == ("the count at the start of the target's period",)
        assert dict(refusal.facts)["eve"] == "2024-12-31"

    def test_with_the_years_eve_it_is_a_lower_bound_and_a_rate(self, tmp_path: Path) -> None:
        eve = "A,units,136854,2024,,cars,deliveries,S,2025-03-01,"
        found = answer(tmp_path, [self.TARGET, self.SINCE, eve])
        reached, rate, needed = bounds(found, "press.progress.")
        assert reached.lo == pytest.approx((258000 - 136854) / 350000)
        assert reached.hi == float("inf")
        assert rate.lo == pytest.approx((258000 - 136854) / 141)
        assert needed.hi == pytest.approx((350000 - 258000 + 136854) / 224)

    def test_the_years_eve_of_another_base_or_perimeter_does_not_serve(self, tmp_path: Path) -> None:
        for eve in (
            "A,units,136854,2024,,cars,registrations,S,2025-03-01,",
            "A,units,136854,2024,,vans,deliveries,S,2025-03-01,",
        ):
            assert bounds(answer(tmp_path, [self.TARGET, self.SINCE, eve]), "press.progress.") == []

    def test_a_count_within_the_period_needs_nothing_else(self, tmp_path: Path) -> None:
        count = "A,units,75869,2025Q1,,cars,deliveries,S,2025-05-01,"
        reached = bounds(answer(tmp_path, [self.TARGET, count]), "press.progress.")[0]
        assert (reached.lo, reached.hi) == pytest.approx((75869 / 350000, 75869 / 350000))

    @pytest.mark.parametrize(("count", "why"), [
        ("A,units,75869,2025Q1,,cars,registrations,S,2025-05-01,", "press other base"),
        ("A,units,75869,2025Q1,,vans,deliveries,S,2025-05-01,", "press other perimeter"),
    ])  # fmt: skip
    def test_other_bases_and_perimeters_refuse(self, tmp_path: Path, count: str, why: str) -> None:
        assert [r.why for r in refusals(answer(tmp_path, [self.TARGET, count]), "press.progress.")] == [why]


class TestGrossProfit:
    REVENUE = "A,revenue,181亿,2025Q1,,cars,,S,2025-05-27,"
    MARGIN = "A,margin,23.2%,2025Q1,,segment,,S,2025-05-27,"
    OUTER = "A,revenue,185.8亿,2025Q1,,segment,,S,2025-05-27,"
    WITHIN = '[[press.within]]\ninner = "cars"\nouter = "segment"\n'

    def test_two_perimeters_are_not_multiplied(self, tmp_path: Path) -> None:
        (refusal,) = refusals(answer(tmp_path, [self.REVENUE, self.MARGIN]), "press.gross_profit.")
        assert refusal.why == "press perimeters unknown"
        (refusal,) = refusals(answer(tmp_path, [self.REVENUE, self.MARGIN], self.WITHIN), "press.gross_profit.")
        assert refusal.needs == ("the revenue of the margin's perimeter",)

    def test_with_the_wider_revenue_both_have_a_range(self, tmp_path: Path) -> None:
        found = answer(tmp_path, [self.REVENUE, self.MARGIN, self.OUTER], self.WITHIN)
        whole, cars = bounds(found, "press.gross_profit.")
        assert (whole.lo, whole.hi) == pytest.approx((18.575e9 * 0.2315, 18.585e9 * 0.2325))
        assert cars.lo == pytest.approx(18.575e9 * 0.2315 - (18.585e9 - 18.05e9))
        assert cars.hi == pytest.approx(whole.hi)

    def test_one_perimeter_is_a_plain_product(self, tmp_path: Path) -> None:
        same = "A,margin,23.2%,2025Q1,,cars,,S,2025-05-27,"
        (profit,) = bounds(answer(tmp_path, [self.REVENUE, same]), "press.gross_profit.")
        assert profit.lo < 18.1e9 * 0.232 < profit.hi


class TestSources:
    def test_first_by_one_source_and_not_by_another_is_source_dependent(self, tmp_path: Path) -> None:
        rows = [f"A,share,18.8%,2025Q1,,,sell-in,S,2025-05-01,{k}" for k in ("",)]
        rows += ["B,share,18.2%,2025Q1,,,sell-in,S,2025-05-01,", "C,share,63%,2025Q1,,,sell-in,S,2025-05-01,"]
        rows[2] = "A,rank,1,2025Q1,,,sell-in,S,2025-05-01,"
        rows += ["A,share,16.6%,2025Q1,,,sell-out,T,2025-05-01,", "B,share,19.4%,2025Q1,,,sell-out,T,2025-05-01,"]
        found = answer(tmp_path, rows)
        assert whys(found, "press.rank.") == ["press source-dependent rank"]
        assert whys(found, "press.apart.") == ["press sources apart"] * 2

    def test_sources_that_agree_are_said_to(self, tmp_path: Path) -> None:
        rows = [f"{b},share,{v}%,2025Q1,,,,{s},2025-05-01," for s in "ST" for b, v in (("A", 60), ("B", 20))]
        assert whys(answer(tmp_path, rows), "press.rank.") == ["press first by all"]

    def test_brands_that_are_not_listed_may_be_ahead(self, tmp_path: Path) -> None:
        rows = ["A,share,10%,2025Q1,,,,S,2025-05-01,", "B,share,40%,2025Q1,,,,S,2025-05-01,"]
        (rank,) = bounds(answer(tmp_path, rows), "press.rank.")
        assert (rank.lo, rank.hi) == (2, 7)


class TestChanges:
    def test_like_quarters_are_compared_and_a_quarter_with_a_year_is_not(self, tmp_path: Path) -> None:
        rows = [share("13.3%", "4-6", "2024Q3"), share("17-18%", "4-6", "2024"), share("11%", "4-6", "2023Q3")]
        found = answer(tmp_path, rows)
        (change,) = bounds(found, "press.change.")
        assert (change.lo, change.hi) == pytest.approx((0.1325 - 0.115, 0.1335 - 0.105))
        (refusal,) = refusals(found, "press.unlike.")
        assert refusal.needs == ()

    def test_without_a_like_quarter_it_is_asked_for(self, tmp_path: Path) -> None:
        (refusal,) = refusals(answer(tmp_path, [share("13.3%", "", "2024Q3"), share("17-18%", "")]), "press.unlike.")
        assert refusal.needs == ("the same season of another year",)


class TestTable:
    def test_two_figures_of_one_month_stop_the_run_and_are_shown_side_by_side(self, tmp_path: Path) -> None:
        rows = ["A,units,28000,2025-04,,,,S,2025-05-01,", "A,units,7058,2025-04,,,,S,2025-05-01,"]
        with pytest.raises(StudyFaultsError) as raised:
            answer(tmp_path, rows)
        (fault,) = raised.value.faults
        assert "28000" in fault.what
        assert "7058" in fault.what
        assert "week" in fault.mend

    def test_two_sources_far_apart_stop_it_too_and_near_ones_do_not(self, tmp_path: Path) -> None:
        rows = ["A,units,28000,2025-04,,,,S,2025-05-01,", "A,units,{},2025-04,,,,T,2025-05-01,"]
        with pytest.raises(StudyFaultsError):
            answer(tmp_path, [rows[0], rows[1].format(7058)])
        assert whys(answer(tmp_path, [rows[0], rows[1].format(27000)]), "press.apart.") == ["press sources apart"]

    def test_every_fault_is_reported_at_once(self, tmp_path: Path) -> None:
        rows = [
            ",share,5%,2024,,,,S,2025-03-01,",
            "A,,5%,2024,,,,S,2025-03-01,",
            "A,share,many,2024,,,,S,2025-03-01,",
            "A,share,5%,once,,,,S,2025-03-01,",
            "A,share,5%,2024,cheap,,,S,2025-03-01,",
            "A,share,5%,2024,,,,S,soon,",
            "A,share,5%,2024,,,,S,2025-03-01,rumour",
            "A,units,5,2025,,,,S,,target",
            "A,share,130%,2024,,,,S,2025-03-01,",
            "A,share,n/a,2024,,,,S,2025-03-01,",
        ]
        with pytest.raises(StudyFaultsError) as raised:
            answer(tmp_path, rows)
        assert {f.row for f in raised.value.faults} == set(range(2, 12))

    def test_nothing_known_later_is_used_and_the_newest_known_counts(self, tmp_path: Path) -> None:
        rows = ["A,share,20%,2024,1-2,,,S,2025-03-01,", "A,share,25%,2024,1-2,,,S,2025-04-01,"]
        later = "A,share,99%,2024,1-2,,,S,2025-12-01,"
        out = run(write(tmp_path, [*rows, later]))
        assert out.inputs.press is not None
        assert [f.text for f in out.inputs.press.figures] == ["25%"]
        assert out.left_out == {"press, revised later": 1}

    def test_hedges_are_kept_as_ends_and_logged(self, tmp_path: Path) -> None:
        rows = [
            f"A,units,{v},2025-0{k},,,,S,2025-05-01,"
            for k, v in enumerate(("超过2.8万", "约5000", "近3万", "2-3万"), 1)
        ]
        out = run(write(tmp_path, rows))
        assert out.inputs.press is not None
        ends = [(f.lo, f.hi) for f in out.inputs.press.figures]
        assert ends == [(28000, float("inf")), (4999, 5001), (20000, 30000), (20000, 30000)]
        assert {g.kind for g in out.guesses} >= {"press more than", "press about", "press nearly", "press range"}

    def test_figures_alone_give_no_verdict_on_a_half(self, tmp_path: Path) -> None:
        out = run(write(tmp_path, [share("5%", "")]))
        assert [v for a in out.answers.values() for v in a.verdicts] == []
        assert len(refusals(out.answers["press"], "gap.")) == 2

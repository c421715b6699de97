"""What becomes of forecasts whose outcome is known by construction."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from halfstep.core.answer import Answer
from halfstep.core.estimate import Point, Refusal
from halfstep.data.press import Figure
from halfstep.docket.scores import LEAST
from tests.docket.build import claim, figure, forecast, label, of, point, quantity, run, says, verdict, whys

SALES = quantity(figures=[of("A", "units", period="2025")])


def told(**more: object) -> dict[str, object]:
    days = {"made": "2025-06-04", "fixed": "2025-06-04", "due": "2026-03-31"}
    return {"id": "f", "label": "f", "by": "The author", "rule": "as printed", "quantity": "q"} | days | more


def sold(lo: float, hi: float, known: str = "2026-01-10", row: int = 2, **more: str) -> Figure:
    return figure("A", "units", (lo, hi), "2025", row=row, first_known=known, **more)


def fate(given: dict[str, object], figures: Sequence[Figure] = (), as_of: str = "2026-06-30", **more: Answer) -> Answer:
    docket = {"quantities": [SALES], "forecasts": [given]}
    return run(docket, [claim("c", "forecast")] if given.get("claim") else (), figures, more, as_of)


class TestResolution:
    def test_an_event_is_scored_by_brier(self) -> None:
        found = forecast(fate(told(p=0.8, at_least=300.0), [sold(410.0, 411.0)]))
        assert (found.form, found.status, found.outcome, found.late) == ("event", "resolved", True, False)
        assert found.brier == pytest.approx(0.04)
        assert (found.seen_lo, found.seen_hi, found.region_lo, found.region_hi) == (410.0, 411.0, 300.0, math.inf)
        assert found.observed == "docket.q.1"
        missed = forecast(fate(told(p=0.8, at_least=420.0), [sold(410.0, 411.0)]))
        assert missed.outcome is False
        assert missed.brier == pytest.approx(0.64)

    def test_an_interval_is_scored_by_its_width_and_its_miss(self) -> None:
        given = told(lo=300.0, hi=400.0, level=0.8)
        held = forecast(fate(given, [sold(350.0, 351.0)]))
        assert (held.form, held.outcome) == ("interval", True)
        assert held.interval_score == pytest.approx(100.0)
        missed = forecast(fate(given, [sold(410.0, 410.0)]))
        assert missed.outcome is False
        assert missed.interval_score == pytest.approx(100.0 + 2 / 0.2 * 10.0)
        assert missed.brier is None

    def test_a_miss_of_unknown_size_has_no_score(self) -> None:
        found = forecast(fate(told(lo=300.0, hi=400.0, level=0.8), [sold(410.0, math.inf, hedge="more than")]))
        assert (found.status, found.outcome, found.interval_score, found.reason) == (
            "resolved",
            False,
            None,
            "score open",
        )

    def test_before_the_day_it_is_open_and_after_it_overdue(self) -> None:
        given = told(p=0.8, at_least=300.0)
        waiting = forecast(fate(given, as_of="2025-12-31"))
        assert (waiting.status, waiting.reason, waiting.brier, waiting.seen_lo) == ("open", "not due", None, None)
        overdue = forecast(fate(given, as_of="2026-06-30"))
        assert (overdue.status, overdue.reason) == ("overdue", "no figure")
        assert overdue.needs == ("a printed figure of it",)

    def test_before_it_was_made_nothing_of_it_is_told(self) -> None:
        later = told(p=0.8, at_least=300.0)
        assert fate(later, as_of="2025-01-31").dark == "claims"
        now = told(id="g", made="2025-01-01", quantity="r", at_least=0.5)
        docket = {"quantities": [SALES, quantity("r", figures=[of("A", period="2025")])], "forecasts": [now]}
        alone = run(docket, [claim("c", "forecast")], as_of="2025-01-31")
        docket["forecasts"] = [now, later | {"claim": "c"}]
        both = run(docket, [claim("c", "forecast")], as_of="2025-01-31")
        assert (both.forecasts, both.claims) == (alone.forecasts, alone.claims)
        assert [e.id for e in both.estimates] == ["docket.r.1"]  # nor the quantity that only it asks for
        (count,) = [c for c in both.checks if c.why == "docket forecasts"]
        assert dict(count.facts)["forecasts"] == 1
        assert verdict(both).reason == "no resolution rule"

    def test_a_rule_written_after_the_figure_makes_a_back_test(self) -> None:
        given = told(p=0.8, at_least=300.0, fixed="2026-02-01")
        found = fate(given, [sold(410.0, 411.0)])
        assert forecast(found).late
        assert [e.id for e in found.estimates if e.id.startswith("docket.brier")] == ["docket.brier.the_author.late"]
        assert not forecast(fate(told(p=0.8, at_least=300.0, fixed="2026-01-10"), [sold(410.0, 411.0)])).late

    def test_sources_that_disagree_leave_it_open(self) -> None:
        both = [sold(410.0, 411.0), sold(290.0, 291.0, source="T")]
        found = forecast(fate(told(p=0.8, at_least=300.0), both))
        assert (found.status, found.reason, found.outcome) == ("overdue", "sources disagree", None)
        open_ = forecast(fate(told(p=0.8, at_least=300.0), [sold(290.0, 310.0)]))
        assert (open_.status, open_.reason) == ("overdue", "straddles")

    def test_what_nothing_resolves_is_open(self) -> None:
        given = told(p=0.8)
        given.pop("quantity")
        assert forecast(fate(given, as_of="2025-12-31")).reason == "no quantity"
        assert forecast(fate(told(), [sold(1.0, 1.0)], "2025-12-31")).reason == "no region"


class TestPeaks:
    QUARTERS = tuple(of("A", "result", period=f"2025-Q{k}") for k in (2, 3, 4))

    def fate(self, results: dict[int, float], **more: str) -> Answer:
        docket = {
            "quantities": [quantity(figures=self.QUARTERS, take="greatest")],
            "forecasts": [told(p=0.4, above=0.0, **more)],
        }
        printed = [
            figure("A", "result", (value, value), f"2025-Q{k}", first_known=f"2025-{3 * k:02d}-28", unit="cny", source="company")
            for k, value in results.items()
        ]  # fmt: skip
        return run(docket, (), printed, as_of="2026-06-30")

    def test_one_quarter_in_profit_decides_and_a_loss_does_not(self) -> None:
        assert forecast(self.fate({2: -0.3})).reason == "straddles"
        found = forecast(self.fate({2: -0.3, 3: 0.7}))
        assert (found.outcome, found.seen_lo, found.seen_hi) == (True, 0.7, math.inf)
        assert found.brier == pytest.approx(0.36)

    def test_only_all_losses_decide_that_there_was_none(self) -> None:
        assert forecast(self.fate({2: -0.3, 3: -0.2})).status == "overdue"
        found = forecast(self.fate({2: -0.3, 3: -0.2, 4: -0.1}))
        assert (found.outcome, found.seen_lo, found.seen_hi) == (False, -0.1, -0.1)

    @pytest.mark.parametrize(("fixed", "late"), [("2025-07-31", False), ("2025-09-28", False), ("2025-10-31", True)])
    def test_a_loss_that_decides_nothing_makes_no_rule_late(self, fixed: str, late: bool) -> None:
        assert forecast(self.fate({2: -0.3, 3: 0.7, 4: 0.9}, fixed=fixed)).late is late


class TestAsked:
    @pytest.mark.parametrize("came", [410.0, 350.0])
    def test_the_ramp_gives_an_interval(self, came: float) -> None:
        ramp = Answer(room="ramp", estimates=(point("ramp.units", 300.0, 400.0, "ramp", unit="count"),))
        found = forecast(fate(told(asked="units"), [sold(came, came)], ramp=ramp))
        assert (found.form, found.lo, found.hi, found.level, found.estimate) == (
            "interval",
            300.0,
            400.0,
            0.9,
            "ramp.units",
        )
        assert found.outcome is (came < 400)

    def test_the_ramp_gives_a_probability(self) -> None:
        ramp = Answer(room="ramp", estimates=(point("ramp.profit", 0.5, 0.7, "ramp", unit="probability"),))
        found = forecast(fate(told(asked="profit", above=0.0), [sold(1.0, 2.0)], ramp=ramp))
        assert found.form == "event"
        assert (found.p, found.brier) == pytest.approx((0.6, 0.16))

    def test_without_an_answer_it_is_not_scored(self) -> None:
        found = forecast(fate(told(asked="units", above=0.0), [sold(1.0, 2.0)]))
        assert (found.form, found.status, found.outcome, found.brier, found.reason) == (
            "unscored", "resolved", True, None, "no answer",
        )  # fmt: skip


class TestClaims:
    def test_a_forecast_that_is_a_claim_gives_its_label(self) -> None:
        given = told(claim="c", at_least=300.0)
        came = fate(given, [sold(410.0, 411.0)])
        assert (label(came), verdict(came).reason) == ("supported", "came true")
        missed = fate(given, [sold(290.0, 291.0)])
        assert (label(missed), verdict(missed).reason) == ("contradicted", "did not come true")
        waiting = verdict(fate(given, as_of="2025-12-31"))
        assert (waiting.label, waiting.reason) == ("not testable", "not due")
        assert verdict(fate(given)).reason == "overdue"

    def test_every_look_that_resolved_it_is_a_part_of_the_claim(self) -> None:
        both = [sold(410.0, 411.0, source="company"), sold(405.0, 406.0, source="registrations")]
        found = fate(told(claim="c", at_least=300.0), both)
        assert [(p.by.split(",")[0], p.estimate, p.outcome) for p in verdict(found).parts] == [
            ("company", "docket.q.1", "holds"), ("registrations", "docket.q.2", "holds"),
        ]  # fmt: skip
        one = forecast(found)
        assert (one.observed, one.seen_lo, one.seen_hi) == ("docket.q.1", 405.0, 411.0)
        apart = fate(told(claim="c", at_least=408.0), both)
        assert [(p.outcome, p.reason) for p in verdict(apart).parts] == [("open", "overdue")]

    def test_a_label_that_hangs_on_a_back_test_says_so(self) -> None:
        late = told(claim="c", at_least=300.0, fixed="2026-02-01")
        for seen, name, reason in ((410.0, "supported", "came true"), (290.0, "contradicted", "did not come true")):
            found = fate(late, [sold(seen, seen)])
            assert (label(found), verdict(found).reason) == (name, f"{reason}, rule written afterwards")
            (check,) = [c for c in found.checks if c.why == "docket tally"]
            assert dict(check.facts)["late"] == 1
            assert "docket late" in whys(found)
            honest = fate(late | {"fixed": "2025-06-04"}, [sold(seen, seen)])
            assert verdict(honest).reason == reason
            assert "docket late" not in whys(honest)

    def test_a_label_that_stands_without_the_back_test_does_not_hang_on_it(self) -> None:
        given = [told(id="f", claim="c", at_least=300.0, fixed="2026-02-01"), told(id="g", claim="c", at_least=200.0)]
        found = run(
            {"quantities": [SALES], "forecasts": given},
            [claim("c", "forecast")],
            [sold(410.0, 411.0)],
            as_of="2026-06-30",
        )
        assert verdict(found).reason == "came true"
        assert "docket late" not in whys(found)

    def test_asserted_forecasts_and_claims_can_exclude_each_other(self) -> None:
        docket = {
            "quantities": [SALES],
            "says": [says({"below": 200.0}, "d")],
            "forecasts": [told(claim="c", at_least=300.0)],
        }
        found = run(docket, [claim("c", "forecast"), claim("d")])
        assert verdict(found).against == ("d",)
        docket["forecasts"] = [told(claim="c", at_least=300.0, p=0.7)]
        assert verdict(run(docket, [claim("c", "forecast"), claim("d")])).against == ()


class TestScores:
    def test_means_are_by_forecaster_and_few_forecasts_have_no_calibration(self) -> None:
        given = [told(id=f"f{k}", by="我" if k else "Bank", p=0.5 + k / 10, at_least=300.0) for k in range(3)]
        found = run({"quantities": [SALES], "forecasts": given}, (), [sold(410.0, 411.0)], as_of="2026-06-30")
        points = {e.id: e for e in found.estimates if isinstance(e, Point)}
        assert {name: e.n for name, e in points.items()} == {"docket.brier.bank": 1, "docket.brier.by2": 2}
        assert [e.value for e in points.values()] == pytest.approx([0.25, (0.16 + 0.09) / 2])
        (refused,) = [e for e in found.estimates if isinstance(e, Refusal)]
        assert (refused.id, refused.needs, dict(refused.facts)) == (
            "docket.calibration", ("ten resolved forecasts",), {"n": 3, "least": LEAST},
        )  # fmt: skip
        assert "docket forecasts" in whys(found)

    def test_enough_forecasts_are_told_apart_by_probability(self) -> None:
        given = [told(id=f"f{k}", p=0.9 if k % 2 else 0.1, at_least=300.0 if k % 2 else 500.0) for k in range(LEAST)]
        found = run({"quantities": [SALES], "forecasts": given}, (), [sold(410.0, 411.0)], as_of="2026-06-30")
        (series,) = found.series
        assert series.index == (("0.100",), ("0.900",))
        np.testing.assert_allclose(series.value, [0.0, 1.0])
        assert series.n.tolist() == [5, 5]

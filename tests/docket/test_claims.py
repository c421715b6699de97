"""What the docket says of claims whose truth is known by construction."""

from __future__ import annotations

import math
import time

import pytest

from halfstep.core.answer import Answer
from halfstep.core.check import Status
from halfstep.core.estimate import Bound, Refusal, Tier
from halfstep.data.press import Figure
from halfstep.docket.reasons import CHECKS, CLAIM_REASONS, FORECAST_REASONS, NEEDS, PART_REASONS
from tests.docket.build import (
    claim,
    event,
    figure,
    label,
    of,
    point,
    quantity,
    refusal,
    run,
    says,
    share,
    verdict,
    whys,
)

A = quantity(figures=[of("A")])


def one(region: dict[str, object], figures: list[Figure], kind: str = "fact", hedge: str = "none") -> Answer:
    return run({"quantities": [A], "says": [says(region)]}, [claim("c", kind, hedge)], figures)


class TestLabels:
    def test_a_printed_five_percent_is_all_that_rounds_to_it(self) -> None:
        five = [share("A", 0.045, 0.055)]
        assert label(one({"at_least": 0.04}, five)) == "supported"
        assert label(one({"at_least": 0.045}, five)) == "supported"
        assert label(one({"at_least": 0.05}, five)) == "not testable"
        assert verdict(one({"at_least": 0.05}, five)).reason == "straddles"
        assert label(one({"above": 0.055}, five)) == "contradicted"
        assert label(one({"at_least": 0.055}, five)) == "not testable"
        assert label(one({"at_least": 0.06}, five)) == "contradicted"

    def test_sources_that_disagree_make_it_mixed_and_are_never_averaged(self) -> None:
        found = one({"at_least": 0.10}, [share("A", 0.12, 0.13, "S"), share("A", 0.05, 0.06, "T")])
        mixed = verdict(found)
        assert (mixed.label, mixed.reason, mixed.needs) == ("mixed", "sources disagree", ())
        assert [(p.by.split(",")[0], p.outcome) for p in mixed.parts] == [("S", "holds"), ("T", "fails")]
        assert sorted(e.id for e in found.estimates if isinstance(e, Bound)) == ["docket.q.1", "docket.q.2"]

    def test_a_source_that_leaves_it_open_keeps_it_from_being_supported(self) -> None:
        found = verdict(one({"at_least": 0.10}, [share("A", 0.12, 0.13, "S"), share("A", 0.05, 0.15, "T")]))
        assert (found.label, found.reason, found.needs) == ("not testable", "some open", ("a closer figure",))

    @pytest.mark.parametrize(("region", "expected"), [({"above": 28000.0}, "supported"), ({"at_least": 30000.0}, "not testable"),
        ({"at_most": 28000.0}, "contradicted"), ({"below": 40000.0}, "not testable")])  # fmt: skip
    def test_more_than_is_a_lower_bound(self, region: dict[str, object], expected: str) -> None:
        more = figure("A", "units", (28000.0, math.inf), hedge="more than")
        docket = {"quantities": [quantity(figures=[of("A", "units")])], "says": [says(region)]}
        assert label(run(docket, [claim("c")], [more])) == expected

    def test_consequences_contradict_and_never_support(self) -> None:
        high = [share("A", 0.12, 0.13)]
        for kind in ("causal", "necessity", "opinion"):
            assert verdict(one({"at_least": 0.10}, high, kind)).reason == "only consequences"
            assert verdict(one({"at_most": 0.10}, high, kind)).reason == "consequence fails"
            assert label(one({"at_most": 0.10}, high, kind)) == "contradicted"
        docket = {"quantities": [A], "says": [says({"at_least": 0.1, "shows": "consequence"})]}
        assert label(run(docket, [claim("c")], high)) == "not testable"

    def test_figures_show_no_cause_even_where_the_study_says_so(self) -> None:
        docket = {"quantities": [A], "says": [says({"at_least": 0.1, "shows": "claim"})]}
        found = run(docket, [claim("c", "causal")], [share("A", 0.12, 0.13)])
        assert (label(found), verdict(found).needs) == ("not testable", ("a comparison with what would have been",))
        assert "docket not causal" in whys(found)

    def test_nothing_is_supported_by_text_alone(self) -> None:
        found = run(
            {}, [claim("c"), claim("d", "causal"), claim("e", needs="a panel of buyers"), claim("f", "forecast")]
        )
        assert {v.label for v in found.claims} == {"not testable"}
        assert verdict(found, "e").needs == ("a panel of buyers",)
        assert verdict(found, "f").reason == "no resolution rule"
        assert whys(found) == ["docket tally"]

    def test_a_quantity_that_cannot_be_seen_says_what_would_show_it(self) -> None:
        found = run({"quantities": [quantity(needs="a survey")], "says": [says({"at_least": 1.0})]}, [claim("c")])
        assert (verdict(found).reason, verdict(found).needs) == ("no look", ("quantity:q",))

    def test_some_parts_hold_and_others_fail(self) -> None:
        docket = {
            "quantities": [A, quantity("r", figures=[of("B")])],
            "says": [says({"at_least": 0.1}), says({"at_least": 0.1}, quantity="r")],
        }
        found = verdict(run(docket, [claim("c")], [share("A", 0.12, 0.13), share("B", 0.05, 0.06)]))
        assert (found.label, found.reason) == ("mixed", "parts disagree")

    def test_labels_follow_the_data_when_two_names_are_exchanged(self) -> None:
        docket = {
            "quantities": [A, quantity("rank", rank=of("A"))],
            "says": [says({"at_least": 0.1}), says({"at_most": 1}, "d", "rank"), says({"above": 1}, "e", "rank")],
        }
        claims = [claim(name) for name in "cde"]
        for first, second, expected in (
            ("A", "B", ["supported", "supported", "contradicted"]),
            ("B", "A", ["contradicted", "contradicted", "supported"]),
        ):
            found = run(docket, claims, [share(first, 0.52, 0.53), share(second, 0.05, 0.06)])
            assert [v.label for v in found.claims] == expected

    def test_an_empty_docket_is_dark(self) -> None:
        assert run({"quantities": [A]}).dark == "claims"

    def test_a_thousand_claims_take_less_than_a_second(self) -> None:
        quantities = [quantity(f"q{k}", figures=[of("A", band=f"{k}-{k + 1}")]) for k in range(500)]
        quantities.append(quantity("b", figures=[of("B")]))
        bound = [says({"at_least": 0.1}, f"c{k}", f"q{k % 500}") for k in range(1000)]
        bound += [says({"at_least": 0.1}, f"c{k}", "b") for k in range(1000)]
        figures = [figure("A", "share", (0.12, 0.13), band=f"{k}-{k + 1}", row=k + 3) for k in range(500)]
        figures.append(figure("B", "share", (0.12, 0.13), row=999))
        docket, claims = {"quantities": quantities, "says": bound}, [claim(f"c{k}") for k in range(1000)]
        start = time.process_time()
        found = run(docket, claims, figures)
        assert len(found.claims) == 1000
        assert time.process_time() - start < 1.0


class TestCalculations:
    def test_a_sum_over_quarters_is_interval_arithmetic_with_rows_behind_it(self) -> None:
        quarters = [figure("A", "units", (10.0, 12.0), f"2024-Q{k}") for k in (1, 2)]
        docket = {
            "quantities": [quantity(figures=[of("A", "units", period="2024Q1"), of("A", "units", period="2024-Q2")])],
            "says": [says({"at_least": 20.0})],
        }
        found = run(docket, [claim("c")], quarters)
        (bound,) = [e for e in found.estimates if isinstance(e, Bound)]
        assert (bound.lo, bound.hi, bound.tier, bound.origin.rows) == (20.0, 24.0, Tier.PRESS, "2-3")
        assert "printed figures are added" in bound.origin.assumptions
        assert label(found) == "supported"

    @pytest.mark.parametrize(("second", "reason"), [
        (figure("A", "units", (10.0, 12.0), "2024-Q3"), "cannot be added"),
        (figure("A", "units", (10.0, 12.0), "2024-02"), "counted twice"),
        (figure("A", "units", (10.0, 12.0), "2024-Q2", unit="cny"), "other bases"),
        (figure("A", "units", (10.0, 12.0), "2024-Q2", base="sell-in"), "other bases"),
        (figure("A", "units", (10.0, 12.0), "2024-Q2", source="T"), "other bases"),
        (figure("A", "units", (10.0, 12.0), "2024-Q2", place="EU"), "other bases"),
        (figure("A", "units", (10.0, 12.0), "2024-Q2", perimeter="group"), "other bases"),
    ])  # fmt: skip
    def test_what_cannot_be_added_is_refused(self, second: Figure, reason: str) -> None:
        period = second.span.key
        docket = {
            "quantities": [quantity(figures=[of("A", "units", period="2024-Q1"), of("A", "units", period=period)])],
            "says": [says({"at_least": 20.0})],
        }
        found = run(docket, [claim("c")], [figure("A", "units", (10.0, 12.0), "2024-Q1"), second])
        assert (label(found), verdict(found).reason) == ("not testable", reason)
        (refused,) = [e for e in found.estimates if isinstance(e, Refusal)]
        assert refused.why == f"docket {reason}"

    def test_shares_of_different_wholes_are_not_added(self) -> None:
        bands = [figure("A", "share", (0.2, 0.21), band="1-2"), figure("A", "share", (0.1, 0.11), band="2-3")]
        docket = {
            "quantities": [quantity(figures=[of("A", band="1-2"), of("A", band="2-3")])],
            "says": [says({"at_least": 0.3})],
        }
        assert verdict(run(docket, [claim("c")], bands)).reason == "cannot be added"
        mixes = [figure("A", "mix", (0.2, 0.21), band=f"{k}-{k + 1}", unit="share") for k in (1, 2)]
        docket = {
            "quantities": [quantity(figures=[of("A", "mix", band="1-2"), of("A", "mix", band="2-3")])],
            "says": [says({"at_least": 0.4})],
        }
        assert label(run(docket, [claim("c")], mixes)) == "supported"

    @pytest.mark.parametrize("base", ["since launch", ""])
    def test_a_count_since_launch_is_not_divided_by_a_target_of_a_year(self, base: str) -> None:
        target = figure("A", "units", (350e3, 350e3), "2025", kind="target", first_known="2025-03-18")
        done = figure("A", "units", (258e3, 258e3), "2024-04-03..2025-05-21", base=base)
        docket = {
            "quantities": [quantity(figures=[of("A", "units")], over=[of("A", "units", kind="target")], share=True)],
            "says": [says({"at_least": 0.7})],
        }
        found = verdict(run(docket, [claim("c")], [target, done]))
        assert (found.label, found.reason, found.needs) == ("not testable", "other bases", ("figures on one base",))
        year = figure("A", "units", (122e3, 122e3), "2025-01-01..2025-05-21")
        later = run(docket, [claim("c")], [target, year])
        assert label(later) == "contradicted"
        assert [e.hi for e in later.estimates if isinstance(e, Bound)] == pytest.approx([122 / 350])

    def test_a_part_of_a_whole_that_holds_it_is_one_number_on_both_sides(self) -> None:
        figures = [figure("A", "units", (2.0, 4.0)), figure("B", "units", (3.0, 5.0))]
        docket = {
            "quantities": [quantity(figures=[of("A", "units")], over=[of("A", "units"), of("B", "units")])],
            "says": [says({"at_least": 2 / 7, "at_most": 4 / 7})],
        }
        found = run(docket, [claim("c")], figures)
        (bound,) = [e for e in found.estimates if isinstance(e, Bound)]
        assert (bound.lo, bound.hi) == pytest.approx((2 / 7, 4 / 7))
        assert label(found) == "supported"

    def test_a_figure_divided_or_reduced_by_itself_is_counted_twice(self) -> None:
        figures = [figure("A", "units", (2.0, 4.0)), figure("B", "units", (3.0, 5.0))]
        a, b = of("A", "units"), of("B", "units")
        for way in ("over", "less"):
            docket = {"quantities": [quantity(figures=[a]) | {way: [a]}], "says": [says({"at_least": 1.0})]}
            assert verdict(run(docket, [claim("c")], figures)).reason == "counted twice"
        docket = {"quantities": [quantity(figures=[a, b], over=[b, a])], "says": [says({"at_least": 1.0})]}
        assert verdict(run(docket, [claim("c")], figures)).reason == "counted twice"
        docket = {"quantities": [quantity(figures=[a], less=[b], over=[b])], "says": [says({"at_least": -1.0})]}
        assert label(run(docket, [claim("c")], figures)) == "supported"  # growth: B stands in it twice, and once alone

    def test_a_brand_is_not_added_to_the_group_that_holds_it(self) -> None:
        figures = [figure("A", "units", (2.0, 4.0)), figure("B", "units", (3.0, 5.0))]
        docket = {
            "quantities": [quantity(figures=[of("A", "units"), of("B", "units")])],
            "says": [says({"at_least": 5.0})],
        }
        inside = {"within": [{"inner": "A", "outer": "B"}]}
        assert label(run(docket, [claim("c")], figures)) == "supported"
        assert verdict(run(docket, [claim("c")], figures, press=inside)).reason == "counted twice"

    def test_growth_is_told_between_years_and_per_unit_money_is_a_rate(self) -> None:
        docket = {
            "quantities": [
                quantity(figures=[of("A", "units", period="2024")], over=[of("A", "units", period="2023")]),
                quantity("r", figures=[of("A", "revenue", period="2024")], over=[of("A", "units", period="2024")]),
            ],
            "says": [says({"at_least": 1.9}), says({"at_least": 10.0}, "d", "r")],
        }
        figures = [
            figure("A", "units", (20.0, 20.0), "2024"), figure("A", "units", (10.0, 10.0), "2023"),
            figure("A", "revenue", (210.0, 220.0), "2024", unit="cny"),
        ]  # fmt: skip
        found = run(docket, [claim("c"), claim("d")], figures)
        assert [v.label for v in found.claims] == ["supported", "supported"]
        assert [e.unit for e in found.estimates if isinstance(e, Bound)] == ["share", "cny/units"]

    def test_the_greatest_and_the_least_are_of_figures_alone(self) -> None:
        figures = [figure("A", "units", (10.0, 11.0), "2024-Q1"), figure("A", "units", (8.0, 12.0), "2024-Q2")]
        asked = [of("A", "units", period=f"2024-Q{k}") for k in (1, 2)]
        for take, ends in (("greatest", (10.0, 12.0)), ("least", (8.0, 11.0))):
            docket = {"quantities": [quantity(figures=asked, take=take)], "says": [says({"at_least": 1.0})]}
            (bound,) = [e for e in run(docket, [claim("c")], figures).estimates if isinstance(e, Bound)]
            assert (bound.lo, bound.hi, bound.origin.method) == (*ends, "docket.peak")
        with pytest.raises(ValueError, match="take out over and less"):
            run({"quantities": [quantity(figures=asked, take="least", over=asked)]})

    def test_four_open_forecasts_are_not_suspicious(self) -> None:
        days = {"made": "2025-06-04", "fixed": "2025-06-04", "due": "2026-03-31", "label": "f", "by": "x", "rule": "r"}
        given = [{"id": f"f{n}", "claim": n, "quantity": "q", "at_least": 0.1} | days for n in "cdef"]
        found = run({"quantities": [A], "forecasts": given}, [claim(n, "forecast") for n in "cdef"])
        assert "docket says the same of all" not in whys(found)

    def test_without_the_figure_it_is_asked_for(self) -> None:
        found = run({"quantities": [A], "says": [says({"at_least": 0.1})]}, [claim("c")], [share("B", 0.1, 0.2)])
        assert (verdict(found).reason, verdict(found).needs) == ("no figure", ("a printed figure of it",))


class TestRanks:
    """By counts the rank is among the listed, unless somebody else counts a maker that is not."""

    RANK = quantity(rank=of("A", "units"))

    def ends(self, figures: list[Figure], **press: object) -> dict[str, tuple[float, float]]:
        docket = {"quantities": [self.RANK], "says": [says({"at_most": 1.0})]}
        found = run(docket, [claim("c")], figures, press=press)
        return {e.origin.rows: (e.lo, e.hi) for e in found.estimates if isinstance(e, Bound)}

    def test_a_maker_that_only_another_source_counts_leaves_the_worst_rank_open(self) -> None:
        mine = [figure("A", "units", (9.0, 9.0)), figure("B", "units", (5.0, 5.0))]
        assert self.ends(mine) == {"2-3": (1.0, 1.0)}
        other = [figure("A", "units", (8.0, 8.0), source="T"), figure("C", "units", (20.0, 20.0), source="T")]
        assert self.ends(mine + other) == {"2-3": (1.0, math.inf), "4-5": (2.0, math.inf)}

    @pytest.mark.parametrize(("place", "band", "period"), [("EU", "", "2024"), ("", "1-2", "2024"), ("", "", "2020")])
    def test_a_maker_of_another_market_or_time_changes_nothing(self, place: str, band: str, period: str) -> None:
        mine = [figure("A", "units", (9.0, 9.0)), figure("B", "units", (5.0, 5.0))]
        other = figure("C", "units", (20.0, 20.0), period, source="T", place=place, band=band)
        assert self.ends([*mine, other]) == {"2-3": (1.0, 1.0)}

    def test_neither_the_market_nor_a_group_is_a_rival(self) -> None:
        mine = [figure("A", "units", (9.0, 9.0)), figure("B", "units", (5.0, 5.0))]
        other = [figure(name, "units", (20.0, 20.0), source="T") for name in ("market", "G")]
        assert self.ends(mine + other, within=[{"inner": "B", "outer": "G"}]) == {"2-3": (1.0, 1.0)}
        assert self.ends(mine + other) == {"2-3": (1.0, math.inf)}


class TestRun:
    def test_estimates_verdicts_and_refusals_of_other_rooms(self) -> None:
        upstream = {
            "events": Answer(
                room="events",
                estimates=(point("event.x.average", -0.3, -0.1), refusal("event.y.average")),
                events=(event("event.x", "fell", "event.x.average"), event("event.y", "refused", "event.y.average")),
            )
        }
        docket = {
            "quantities": [
                quantity("fall", estimate="event.x.average"), quantity("all", estimate="event.*.average"),
                quantity("what", verdict="event.x"), quantity("why", verdict="event.y"), quantity("none", estimate="choice.z"),
            ],
            "says": [
                says({"below": 0.0, "shows": "claim"}, "c", "fall"), says({"below": 0.0}, "d", "all"),
                says({"label": ["fell"], "shows": "claim"}, "e", "what"), says({"label": ["rose"]}, "f", "what"),
                says({"label": ["fell"]}, "g", "why"), says({"label": ["refused"]}, "h", "why"), says({"above": 0.0}, "i", "none"),
            ],
        }  # fmt: skip
        claims = [claim(name, "causal" if name in "ce" else "fact") for name in "cdefghi"]
        found = run(docket, claims, upstream=upstream)
        told = {v.id: (v.label, v.reason) for v in found.claims}
        assert told["c"] == ("supported", "all hold")
        assert told["d"] == ("not testable", "some open")
        assert verdict(found, "d").needs == ("orders",)
        assert told["e"] == ("supported", "all hold")
        assert told["f"] == ("contradicted", "fails")
        assert told["g"] == ("not testable", "undecided")
        assert told["h"] == ("supported", "all hold")
        assert told["i"] == ("not testable", "no such estimate")
        assert verdict(found, "c").tier == Tier.COMPANY
        assert verdict(found, "g").tier is None

    def test_tiers_stand_side_by_side_and_a_wider_set_is_told(self) -> None:
        low, high = (
            point("x.press", 0.1, 0.3, "press", Tier.PRESS),
            point("x.panel", 0.2, 0.25, "gap", Tier.PUBLIC_PANEL),
        )
        wide, away = (
            point("x.panel", 0.0, 0.25, "gap", Tier.PUBLIC_PANEL),
            point("x.panel", 0.4, 0.5, "gap", Tier.PUBLIC_PANEL),
        )
        docket = {"quantities": [quantity(estimate="x.*")], "says": [says({"at_least": 0.05})]}
        for upper, why in ((high, "docket nests"), (wide, "docket wider"), (away, "docket elsewhere")):
            upstream = {"press": Answer(room="press", estimates=(low,)), "gap": Answer(room="gap", estimates=(upper,))}
            found = run(docket, [claim("c")], upstream=upstream)
            assert [c.why for c in found.checks if c.id.startswith("docket.nests")] == [why]
            assert len(verdict(found).parts) == 2


class TestContradictions:
    def test_claims_that_exclude_each_other_are_found_whatever_the_data_say(self) -> None:
        docket = {
            "quantities": [A],
            "says": [
                says({"above": 0.5}), says({"at_most": 0.5}, "d"), says({"at_least": 0.5}, "e"), says({"at_least": 0.1}, "f"),
            ],
        }  # fmt: skip
        found = run(docket, [claim(name) for name in "cdef"])
        assert {v.id: v.against for v in found.claims} == {"c": ("d",), "d": ("c",), "e": (), "f": ()}
        (check,) = [c for c in found.checks if c.why == "claims contradict"]
        assert dict(check.facts) == {
            "first": "c", "second": "d", "quantity": "q", "first_region": "(0.5, ∞)", "second_region": "(-∞, 0.5]",
        }  # fmt: skip

    def test_labels_exclude_each_other_too_and_a_claim_itself(self) -> None:
        docket = {
            "quantities": [A, quantity("v", verdict="overall")],
            "says": [
                says({"label": ["both"]}, "c", "v"), says({"label": ["neither", "brand missing"]}, "d", "v"),
                says({"above": 0.5}, "e"), says({"below": 0.4}, "e"),
            ],
        }  # fmt: skip
        found = run(docket, [claim(name) for name in "cde"])
        assert {v.id: v.against for v in found.claims} == {"c": ("d",), "d": ("c",), "e": ("e",)}
        assert "claim contradicts itself" in whys(found)

    def test_claims_that_fit_are_said_to(self) -> None:
        docket = {
            "quantities": [A],
            "says": [says({"above": 0.5}), says({"above": 0.6}, "d"), says({"at_most": 0.7}, "e")],
        }
        assert "claims agree" in whys(run(docket, [claim(name) for name in "cde"]))


class TestAccount:
    def test_the_tally_counts_every_claim(self) -> None:
        docket = {"quantities": [A], "says": [says({"at_least": 0.1}), says({"at_most": 0.1}, "d", "q")]}
        found = run(docket, [claim("c"), claim("d"), claim("e")], [share("A", 0.12, 0.13)])
        (check,) = [c for c in found.checks if c.why == "docket tally"]
        assert dict(check.facts) == {
            "claims": 3, "supported": 1, "contradicted": 1, "mixed": 0, "not_testable": 1, "fact": "1/1/0/1",
        }  # fmt: skip

    def test_one_answer_to_everything_is_suspicious(self) -> None:
        docket = {"quantities": [A], "says": [says({"at_least": 0.1}, name) for name in "cdef"]}
        found = run(docket, [claim(name) for name in "cdef"], [share("A", 0.12, 0.13)])
        (check,) = [c for c in found.checks if c.why == "docket says the same of all"]
        assert check.status is Status.FAIL

    def test_a_lower_bound_that_was_made_a_number_is_told(self) -> None:
        found = one({"at_least": 0.10, "at_most": 0.2}, [share("A", 0.12, 0.13)], hedge="more than")
        assert "docket hedge" in whys(found)
        assert "docket hedge" not in whys(one({"at_least": 0.10}, [share("A", 0.12, 0.13)], hedge="more than"))

    def test_a_misspelt_name_is_asked_about(self) -> None:
        asked = {"A": of("Aldan"), "m": of("Alden", "deliverd"), "n": of("Xyzzy"), "r": of("Alden", "units")}
        docket = {"quantities": [quantity(f"q_{n.lower()}", figures=[one]) for n, one in asked.items()]}
        known = [share("Alden", 0.12, 0.13), figure("Alden", "delivered", (1.0, 1.0))]
        found = {c.id: c for c in run(docket, [claim("c")], known).checks if c.why.startswith("docket name")}
        assert {name: (check.why, dict(check.facts).get("close")) for name, check in found.items()} == {
            "docket.name.q_a.Aldan": ("docket name near", "Alden"),
            "docket.name.q_m.deliverd": ("docket name near", "delivered"),
            "docket.name.q_n.Xyzzy": ("docket name none", None),
        }  # fmt: skip
        assert {check.status for check in found.values()} == {Status.REVIEW}

    def test_a_name_that_is_still_to_come_or_is_labelled_is_no_slip(self) -> None:
        days = {"made": "2025-06-04", "fixed": "2025-06-04", "due": "2026-03-31", "label": "f", "by": "x", "rule": "r"}
        asked = quantity(figures=[of("Alden", "xyzzy")])
        known = [share("Alden", 0.12, 0.13)]
        assert "docket name none" in whys(run({"quantities": [asked]}, [claim("c")], known))
        foretold = {"quantities": [asked], "forecasts": [{"id": "f", "quantity": "q", "at_least": 1.0} | days]}
        assert "docket name none" not in whys(run(foretold, [claim("c")], known))
        named = {"labels": {"xyzzy": {"en": "of repeat buyers", "zh": "老用户"}}}
        assert "docket name none" not in whys(run({"quantities": [asked]}, [claim("c")], known, press=named))

    def test_what_is_counted_otherwise_than_the_claim_says_is_told(self) -> None:
        docket = {"quantities": [A], "says": [says({"at_least": 0.1})]}
        for mine, base, perimeter, told in (
            ("wholesale", "insured registrations", "", True), ("Registrations, all of them", "insured registrations", "", False),
            ("批发量", "零售", "", True), ("按零售口径", "零售", "", False), ("wholesale", "", "", False), ("", "retail", "", False),
            ("the group", "retail of cars", "group, all brands", False), ("sum of the parts", "part of the world", "", True),
        ):  # fmt: skip
            figures = [figure("A", "share", (0.12, 0.13), base=base, perimeter=perimeter)]
            found = run(docket, [claim("c", base=mine)], figures)
            checks = [c for c in found.checks if c.why == "docket base"]
            assert [c.id for c in checks] == ["docket.base.c.q"] * told, (mine, base)
            assert label(found) == "supported"  # never changes a label
            if told:
                assert (dict(checks[0].facts)["base"], dict(checks[0].facts)["counted"]) == (mine, base)
        straddling = run(docket, [claim("c", base="x")], [figure("A", "share", (0.05, 0.13), base="y")])
        assert "docket base" not in whys(straddling)  # what decides nothing needs no base

    def test_every_key_is_listed(self) -> None:
        assert {"straddles", "other bases"} <= set(PART_REASONS) <= set(CLAIM_REASONS)
        assert {"a closer figure"} <= set(NEEDS)
        assert len(set(CHECKS)) == len(CHECKS) and len(set(FORECAST_REASONS)) == len(FORECAST_REASONS)

"""The demand room through files: what it estimates, what it refuses, what it says of its instruments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from halfstep.core.answer import Answer
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Bound, Point, Refusal
from halfstep.study import Outcome, run
from halfstep.worlds.demand import KINDS, simulate
from tests.invented import market, write

BUYERS = 1_000_000
NESTS = 10


def sales(kind: str = "name missing", seed: int = 1) -> pl.DataFrame:
    made = simulate(KINDS[kind], np.random.default_rng(seed))
    columns = {"year": made.period, "place": [f"c{c}" for c in made.place], "brand": [chr(65 + b) for b in made.brand]}
    columns |= {"model": made.model, "price": made.p, "units": np.round(made.share * BUYERS), "wage": made.cost[:, 0]}
    columns |= {f"x{k}": made.X[:, k] for k in range(made.X.shape[1])}
    return pl.DataFrame(columns)


def settings(**demand: Any) -> dict[str, Any]:
    return {
        "study": {"benchmarks": ["B"]},
        "attributes": [{"id": f"x{k}", "label": f"x{k}", "columns": [f"x{k}"]} for k in range(3)],
        "bands": None,
        "demand": {"cost": ["wage"]} | demand,
    }


def room(outcome: Outcome) -> Answer:
    return outcome.answers["demand"]


def check(outcome: Outcome, name: str) -> Check:
    return next(c for c in room(outcome).checks if c.id == f"demand.{name}")


def estimate(outcome: Outcome, name: str) -> Point:
    found = next(e for e in room(outcome).estimates if e.id == name)
    assert isinstance(found, Point)
    return found


def refused(outcome: Outcome) -> Refusal:
    assert room(outcome).tastes == ()
    (found,) = (e for e in room(outcome).estimates if e.id == "demand.tastes")
    assert isinstance(found, Refusal)
    assert not [v for v in outcome.answers["gap"].verdicts if v.lens == "demand"]
    return found


def test_without_a_section_the_room_is_dark(tmp_path: Path) -> None:
    outcome = run(write(tmp_path, market()))
    assert room(outcome).dark == "[demand]"
    assert {v.lens for v in outcome.answers["gap"].verdicts} == {"price"}


def test_tastes_say_what_their_brand_terms_hold(tmp_path: Path) -> None:
    outcome = run(write(tmp_path, sales(), settings()))
    tastes = next(t for t in room(outcome).tastes if t.lens == "demand")
    assert tastes.contains == ("name", "reach", "misbelief", "unseen quality")
    assert tastes.is_taste
    symbols = [symbol for symbol, _ in tastes.labels]
    assert symbols.count("alpha") == 1 and symbols.count("beta") == 3 and symbols.count("theta") == 8
    assert tastes.covariance.shape == (len(symbols),) * 2
    thetas = tastes.value[0][[s == "theta" for s in symbols]]
    assert thetas.sum() == pytest.approx(0.0, abs=1e-8)  # over their plain mean
    alpha = estimate(outcome, "demand.alpha.2sls")
    assert alpha.lo < 0.2 < alpha.hi
    assert tastes.value[0][0] == pytest.approx(alpha.value)


def test_blp_sums_are_refused_by_name_under_brand_and_period_terms(tmp_path: Path) -> None:
    """With one place a market is a period: own sums are the term less the product's own, rivals' sums the market's."""
    one_place = sales().filter(pl.col("place") == "c0")
    outcome = run(write(tmp_path, one_place, settings(cost=[], instruments=["blp"])))
    found = refused(outcome)
    assert found.why == "instruments vanish"
    named = str(dict(found.facts)["names"])
    assert "blp rivals: x0" in named and "blp own others: x2" in named and "number of rivals" in named
    assert "differentiation instruments" in found.needs


def test_differentiation_instruments_survive_them(tmp_path: Path) -> None:
    one_place = sales().filter(pl.col("place") == "c0")
    outcome = run(write(tmp_path, one_place, settings(cost=[], instruments=["blp", "local"])))
    rank = check(outcome, "rank")
    assert rank.status is Status.REVIEW
    assert "blp rivals: x0" in str(dict(rank.facts)["vanished"])
    assert "local rivals: x0" in str(dict(rank.facts)["used"])


def test_a_section_without_instruments_is_refused(tmp_path: Path) -> None:
    assert refused(run(write(tmp_path, sales(), settings(cost=[])))).why == "no instruments"


def test_deliveries_of_which_nobody_knows_the_backlog_are_refused(tmp_path: Path) -> None:
    changes = settings() | {"columns": {"outcome": "deliveries"}}
    assert refused(run(write(tmp_path, sales(), changes))).why == "deliveries, backlog unknown"


def flow(years: tuple[int, ...], waiting: dict[int, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "brand": ["A"] * len(years),
            "year": list(years),
            "left": [waiting.get(y, 0) for y in years],
            "delivered": [1000] * len(years),
        }
    )


FLOW = {"flow_columns": {"brand": "brand", "period": "year", "backlog": "left", "deliveries": "delivered"}}


def test_share_inversion_on_deliveries_under_a_backlog_is_refused(tmp_path: Path) -> None:
    years = (2000, 2001, 2002)
    changes = settings() | FLOW | {"columns": {"outcome": "deliveries"}}
    table = flow(years, dict.fromkeys(years, 3000))
    assert refused(run(write(tmp_path / "all", sales(), changes, {"flow": table}))).why == "supply, not demand"
    some = run(write(tmp_path / "some", sales(), changes, {"flow": flow(years, {2001: 3000})}))
    rows = dict(check(some, "supply").facts)
    assert (rows["rows"], rows["of"]) == (400, 1200)
    tastes = next(t for t in room(some).tastes if t.lens == "demand")
    assert tastes.rows is not None and len(tastes.rows) == 800
    short = run(write(tmp_path / "short", sales(), changes, {"flow": flow(years, {2001: 300})}))
    assert not [c for c in room(short).checks if c.id == "demand.supply"]  # delivered within the period
    orders = run(write(tmp_path / "orders", sales(), changes | {"columns": {"outcome": "orders"}}, {"flow": table}))
    assert estimate(orders, "demand.alpha.2sls").value > 0


def test_price_taken_as_given_stands_beside_and_is_biased_toward_zero(tmp_path: Path) -> None:
    outcome = run(write(tmp_path, sales("endogenous price"), settings()))
    naive, iv = (estimate(outcome, f"demand.alpha.{by}") for by in ("ols", "2sls"))
    assert naive.hi < 0.2  # the truth
    assert iv.lo < 0.2 < iv.hi
    facts = dict(check(outcome, "bias").facts)
    assert float(facts["ols"]) == pytest.approx(naive.value)
    assert float(facts["p"]) < 0.01


def test_one_instrument_cannot_be_tested_and_several_are(tmp_path: Path) -> None:
    alone = run(write(tmp_path / "one", sales(), settings()))
    assert check(alone, "overidentification").why == "instruments cannot be tested"
    more = run(write(tmp_path / "more", sales(), settings(instruments=["local"])))
    found = check(more, "overidentification")
    assert dict(found.facts)["degrees"] == 6
    assert estimate(more, "demand.alpha.gmm").value == pytest.approx(0.2, abs=0.06)


class TestZeros:
    def frame(self) -> pl.DataFrame:
        return sales().with_columns(
            pl.when(pl.int_range(pl.len()) % 40 == 0).then(0).otherwise(pl.col("units")).alias("units")
        )

    def test_left_out_by_default_and_the_other_rule_beside_it(self, tmp_path: Path) -> None:
        outcome = run(write(tmp_path, self.frame(), settings()))
        found = check(outcome, "zeros")
        facts = dict(found.facts)
        assert (found.why, facts["rows"], facts["of"]) == ("zero shares left out", 30, 1200)
        assert float(facts["other"]) != pytest.approx(float(facts["alpha"]), abs=1e-4)

    def test_the_rule_of_succession_keeps_them(self, tmp_path: Path) -> None:
        outcome = run(write(tmp_path, self.frame(), settings(zero_shares="laplace")))
        assert check(outcome, "zeros").why == "zero shares by the rule of succession"
        tastes = next(t for t in room(outcome).tastes if t.lens == "demand")
        assert tastes.rows is not None and len(tastes.rows) == 1200


class TestMarketSize:
    def sized(self, folder: Path, **demand: Any) -> Outcome:
        frame = sales()
        markets = (
            frame.select("year", "place").unique(maintain_order=True).with_columns(pl.lit(BUYERS).alias("households"))
        )
        changes = settings(**demand) | {"market_columns": {"period": "year", "place": "place", "size": "households"}}
        return run(write(folder, frame, changes, {"markets": markets}))

    def test_unknown_it_leaves_elasticities_bounded(self, tmp_path: Path) -> None:
        outcome = run(write(tmp_path, sales(), settings()))
        assert check(outcome, "market_size").why == "possible buyers unknown"
        found = next(e for e in room(outcome).estimates if e.id == "demand.elasticity.A")
        assert isinstance(found, Bound) and found.hi < 0

    def test_known_it_moves_elasticities_and_no_taste(self, tmp_path: Path) -> None:
        known, unknown = self.sized(tmp_path / "a"), run(write(tmp_path / "b", sales(), settings()))
        alphas = [estimate(o, "demand.alpha.2sls").value for o in (known, unknown)]
        assert alphas[0] == pytest.approx(alphas[1], rel=1e-9)
        facts = dict(check(known, "market_size").facts)
        assert float(facts["alpha_double"]) == pytest.approx(alphas[0])
        own = estimate(known, "demand.elasticity.A")
        bound = next(e for e in room(unknown).estimates if e.id == "demand.elasticity.A")
        assert isinstance(bound, Bound) and bound.lo <= own.value <= bound.hi
        mine = sales().filter((pl.col("brand") == "A") & (pl.col("year") == 2002))
        price, units = (mine[c].to_numpy().astype(np.float64) for c in ("price", "units"))
        by_hand = -alphas[0] * float((price * (1 - units / BUYERS)).mean())
        assert own.value == pytest.approx(by_hand)


def nested(rho: float, keep: float, seed: int = 4) -> pl.DataFrame:
    """Nests cut across brands, a share of the models is missing in each market; Berry (1994), equation 26."""
    chosen = np.random.default_rng(seed).random(1200) < keep
    frame = sales(seed=seed).filter(pl.Series(chosen))
    units = frame["units"].to_numpy().astype(np.float64)
    delta = np.log(units / BUYERS) + 3.0
    nest = frame["model"].to_numpy().astype(np.int64) % NESTS
    market_of = np.unique(
        frame.select(pl.format("{} {}", "year", "place")).to_series().to_numpy(), return_inverse=True
    )[1]
    key = market_of * NESTS + nest
    inner = np.exp(delta / (1 - rho))
    within = np.bincount(key, inner, NESTS * (int(market_of.max()) + 1))
    top = within ** (1 - rho)
    outside = 1 + top.reshape(-1, NESTS).sum(axis=1)
    share = inner / within[key] * top[key] / outside[market_of]
    return frame.with_columns(pl.Series("units", np.round(share * 1e9)), pl.Series("nest", nest).cast(pl.String))


def test_a_nested_logit_recovers_its_nesting_parameter(tmp_path: Path) -> None:
    """Line-ups that differ between markets move the share within the nest."""
    for seed in (4, 7):
        outcome = run(write(tmp_path / str(seed), nested(0.5, keep=0.7, seed=seed), settings(nest="nest")))
        assert check(outcome, "strength").status is Status.PASS
        for name, truth in (("rho", 0.5), ("alpha", 0.2)):
            found = estimate(outcome, f"demand.{name}.2sls")
            assert found.se is not None and abs(found.value - truth) < 3 * found.se
        assert estimate(outcome, "demand.rho.ols").lo > 0.5  # a popular model has a large share of its nest


def test_a_nesting_parameter_without_moving_line_ups_is_not_told(tmp_path: Path) -> None:
    """Where no line-up moves, the nests' sizes vanish under the terms, and what is left is weak."""
    still = run(write(tmp_path / "still", nested(0.5, keep=1.0), settings(nest="nest")))
    assert "number of nest" in str(dict(refused(still).facts)["names"])
    outcome = run(write(tmp_path / "weak", nested(0.5, keep=1.0), settings(nest="nest", instruments=["local"])))
    assert check(outcome, "strength").status is Status.FAIL
    assert {v.label for v in outcome.answers["gap"].verdicts if v.lens == "demand"} == {"undecided"}


def test_where_dear_products_sell_better_nothing_is_said_in_money(tmp_path: Path) -> None:
    """Quantities turned so that alpha is below zero beyond its interval."""
    frame = sales()
    turned = frame.with_columns((pl.col("units") * (0.5 * (pl.col("price") - 25)).exp()).round().alias("units"))
    outcome = run(write(tmp_path, turned, settings()))
    assert estimate(outcome, "demand.alpha.2sls").hi < 0
    assert check(outcome, "signs").status is Status.FAIL
    verdicts = [v for v in outcome.answers["gap"].verdicts if v.lens == "demand"]
    assert {(v.label, v.reason) for v in verdicts} == {("undecided", "not measurable in money")}
    money = [e for e in outcome.answers["gap"].estimates if e.id.startswith(("gap.demand_lens.", "naive.logit"))]
    assert {e.id.split(".")[2] for e in money if isinstance(e, Point)} == {"price"}
    assert all(isinstance(e, Refusal) for e in room(outcome).estimates if e.id.startswith("demand.worth"))

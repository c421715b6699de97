"""The choice lens in the gap room: names and products as an experiment's respondents value them, in money.

With tastes of a segment's respondents and x the mean of a brand's real products in the experiment's attributes::

    product      = sum_k beta_k (x_Bk - x_Fk) / alpha       one row per attribute; needs a line-up
    name         = (theta_B - theta_F) / alpha               names were put on profiles by design: reach is held equal
    product + name - price gap = utility gap                 (with misbelief where it was measured: room choice)

Every numerator is linear in the tastes, and so is alpha: a gap's error is that of ``numerator - gap x alpha``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import stdtrit

from halfstep.core.answer import Answer, Verdict
from halfstep.core.config import StudyConfig
from halfstep.core.estimate import Bound, Estimate, Origin, Point, Refusal, Tier
from halfstep.core.tastes import Functionals, Tastes
from halfstep.gap.judgement import Judgement, no_verdict, stem_of, verdict_of
from halfstep.gap.offerings import Comparison, Missing, Offering, Pair
from halfstep.gap.split import Split
from halfstep.gap.unseen import reference_of, unseen_multiple
from halfstep.gap.verdict import Half, judge, share_decided
from halfstep.market.experiment import Experiment, Offers
from halfstep.market.inputs import Inputs

__all__ = ["ChoiceLens", "look_at_choices"]

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]

ASSUMPTIONS = ("respondents independent", "logit choices", "as in the market", "names put on profiles by design")
NEEDS = {
    "dearer profiles chosen more": ("a look at the price column and its codes",),
    "not measurable in money": ("prices further apart in the tasks, or more respondents",),
    "brand not shown": ("the brand among the profiles shown",),
    "no line-up": ("a line-up of real products",),
    "not in the line-up": ("its products in the line-up",),
    "no attributes listed": ("[[choice.attributes]]: what the profiles listed",),
}
POWER, TIMES, DRAWS = 0.8, 50, 4_000
"""Share of simulated studies that must reach a label (Cohen 1988, sec. 2.4); most times as many respondents; draws."""


@dataclass(frozen=True, slots=True, eq=False)
class ChoiceLens:
    """What the choice lens says of every benchmark and segment."""

    estimates: tuple[Estimate, ...]
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Sight:
    """One benchmark seen by one segment: a split, and which halves could be made."""

    split: Split
    why: dict[str, str]
    whole: tuple[float, float, float, float] | None
    respondents: int

    @property
    def comparison(self) -> Comparison:
        return self.split.comparison


def look_at_choices(inputs: Inputs, upstream: Mapping[str, Answer], rng: np.random.Generator) -> ChoiceLens | None:
    """Look at every comparison through the choice lens; None where the choice room has no tastes."""
    answer, experiment = upstream.get("choice"), inputs.experiment
    tastes = next((t for t in answer.tastes if t.lens == "choice"), None) if answer is not None else None
    if tastes is None or experiment is None:
        return None
    config = inputs.config
    sights = [
        _sight(experiment, inputs.offers, config, tastes, (node, benchmark))
        for benchmark in config.study.benchmarks
        for node in range(len(tastes.nodes))
    ]
    estimates: list[Estimate] = []
    verdicts: list[Verdict] = []
    for sight in sights:
        estimates += _estimates(sight, config, tastes.origin)
    for half in ("product", "name"):
        may = [sight for sight in sights if not sight.why[half]]
        stakes = [_stakes(sight.split, half, config) for sight in may]
        judged = [
            Judgement(s.split, half, k, j)
            for s, k, j in zip(may, stakes, judge(stakes, config.gap.confidence) if stakes else [], strict=True)
        ]
        verdicts += [verdict_of(j, config, len(judged)) for j in judged]
        for j, sight in zip(judged, may, strict=True):
            estimates += _deciding(j, sight, config, (len(judged), tastes.origin), rng)
        for sight in (s for s in sights if s.why[half]):
            missing = Missing(sight.comparison.pair, "", sight.why[half], (0, 0))
            verdicts.append(no_verdict("choice", missing, half, NEEDS[sight.why[half]]))
    return ChoiceLens(tuple(estimates), tuple(verdicts))


def _sight(
    experiment: Experiment, offers: Offers | None, config: StudyConfig, tastes: Tastes, where: tuple[int, str]
) -> _Sight:
    """Split the gap to one benchmark (node, benchmark) into attribute rows, product and name."""
    node, benchmark = where
    focal, P = config.study.focal, len(tastes.labels)
    named = {of: p for p, (symbol, of) in enumerate(tastes.labels) if symbol == "theta"}
    name = np.zeros(P)
    shown = focal in named and benchmark in named
    if shown:
        name[named[benchmark]], name[named[focal]] = 1.0, -1.0
    sides = None if offers is None else (offers.mean(focal), offers.mean(benchmark))
    rows, attributes, prices = _rows(experiment, tastes, sides)
    value, factor = tastes.value[node], _factor(tastes, node)
    alpha_at = np.array([float(symbol == "alpha") for symbol, _ in tastes.labels])
    alpha = float(alpha_at @ value)
    A = np.column_stack([*rows, sum(rows, np.zeros(P)), name])
    money = A.T @ value / alpha if alpha > 0 else np.full(A.shape[1], np.nan)
    scale = factor @ alpha_at / alpha if alpha > 0 else np.zeros(len(factor))
    scores = (factor @ A) / alpha - np.outer(scale, money) if alpha > 0 else np.zeros((len(factor), A.shape[1]))
    freedom = np.full(len(money), tastes.freedom[node])
    price = prices if prices is not None else (experiment.mean_price(focal), experiment.mean_price(benchmark))
    comparison = Comparison(
        Pair(focal, benchmark, tastes.nodes[node]), 0, 0, "", _NOWHERE, _NOWHERE, 0, (0, 0)
    )  # fmt: skip
    split = Split(
        "choice", comparison, attributes, price[0], price[1], Functionals(money, scores.T @ scores, freedom, scores), 1.0,
        _strength(offers, experiment, tastes, node, money[: len(attributes)]), np.sqrt((scores**2).sum(axis=0)), (), scale,
    )  # fmt: skip
    measurable = alpha > 0 and np.isfinite(split.interval("name", 2 * config.gap.confidence - 1)[0])
    t = float(stdtrit(tastes.freedom[node], config.gap.confidence))
    dearer = alpha + t * float(np.sqrt(((factor @ alpha_at) ** 2).sum())) < 0
    spoilt = "" if measurable else "dearer profiles chosen more" if dearer else "not measurable in money"
    why = {
        "name": "" if shown else "brand not shown",
        "product": "no line-up" if sides is None else "" if prices else "not in the line-up",
    }
    if prices and not attributes:
        why["product"] = "no attributes listed"
    why = {half: reason or spoilt for half, reason in why.items()}
    whole = _whole(split, why, config.gap.level) if prices is not None else None
    return _Sight(split, why, whole, int(tastes.freedom[node]) + 1)


_NOWHERE = Offering(np.zeros(0, dtype=np.int64), np.zeros(0))


def _rows(
    experiment: Experiment, tastes: Tastes, sides: tuple[Array | None, Array | None] | None
) -> tuple[list[Array], tuple[str, ...], tuple[float, float] | None]:
    """Return the weights of each attribute's row, the attributes, and both mean prices; nothing where a side is missing."""
    if sides is None or sides[0] is None or sides[1] is None:
        return [], (), None
    dx = sides[1] - sides[0]
    moved = {
        (f"{c.of}={c.level}" if c.level else c.of): float(dx[k])
        for k, c in enumerate(experiment.columns)
        if c.kind == "attribute"
    }
    attributes = tuple(dict.fromkeys(of.split("=")[0] for symbol, of in tastes.labels if symbol == "beta"))
    rows = [
        np.array([moved[of] if symbol == "beta" and of.split("=")[0] == a else 0.0 for symbol, of in tastes.labels])
        for a in attributes
    ]
    return rows, attributes, (float(sides[0][0]), float(sides[1][0]))


def _strength(offers: Offers | None, experiment: Experiment, tastes: Tastes, node: int, pair: Array) -> Array:
    """Return, per attribute, the most it is worth between this pair or, if more, between two brands of the line-up at random."""
    brands = [] if offers is None else [offers.mean(b) for b in dict.fromkeys(offers.brand)]
    means = [m for m in brands if m is not None]
    if len(means) < 2 or not len(pair):
        return np.abs(pair)
    worth = []
    for mean in means:
        rows, _, _ = _rows(experiment, tastes, (np.zeros_like(mean), mean))
        worth.append([float(row @ tastes.value[node]) for row in rows])
    alpha = next(
        float(v) for (symbol, _), v in zip(tastes.labels, tastes.value[node], strict=True) if symbol == "alpha"
    )
    typical = np.sqrt(2 * np.array(worth).var(axis=0, ddof=1)) / alpha
    return np.asarray(np.maximum(np.abs(pair), typical))


def _factor(tastes: Tastes, node: int) -> Array:
    """Return F with ``F'F`` the covariance of a node's tastes, shape (P, P)."""
    P = len(tastes.labels)
    at = slice(node * P, (node + 1) * P)
    eigen, vectors = np.linalg.eigh(tastes.covariance[at, at])
    return np.asarray((vectors * np.sqrt(np.maximum(eigen, 0.0))).T)


def _whole(split: Split, why: dict[str, str], level: float) -> tuple[float, float, float, float] | None:
    """Return product and name less the price gap, (value, lo, hi, se), in money; None where a half is missing."""
    if any(why.values()) or split.scale is None:
        return None
    parts = split.parts
    both = Functionals(
        np.array([parts.value[-2] + parts.value[-1]] * 2), np.zeros((2, 2)), parts.freedom[-2:],
        np.repeat(parts.scores[:, -2:].sum(axis=1, keepdims=True), 2, axis=1),
    )  # fmt: skip
    both = replace(both, covariance=both.scores.T @ both.scores)
    lo, hi = replace(split, parts=both).interval("name", level)
    gap = split.price_benchmark - split.price_focal
    return float(both.value[0]) - gap, lo - gap, hi - gap, float(both.se[0])


def _stakes(split: Split, half: str, config: StudyConfig) -> Half:
    """Return what is judged; unlisted quality moves the product half only: names were put on profiles by design."""
    with_scale, scale = split.scaled(half)
    plain = Half(
        *split.part(half), margin=config.study.margin * split.price_benchmark, reference=0.0, scale_variance=scale,
        scale_covariance=with_scale,
    )  # fmt: skip
    if half == "name" or not config.study.unmeasured:
        return plain
    reference = reference_of(split, config)
    return replace(
        plain, reference=reference.worth, reference_se=reference.se, covariance=reference.covariance[0],
        multiple=unseen_multiple(config), reference_scale=reference.scaled,
    )  # fmt: skip


def _estimates(sight: _Sight, config: StudyConfig, origin: Origin) -> Iterator[Estimate]:
    split, unit, level = sight.split, config.study.currency.en, config.gap.level
    stem = stem_of(sight.comparison.pair, "")
    origin = replace(origin, room="gap", method="gap.choice", assumptions=ASSUMPTIONS)
    whats = {"product": "product half by choices", "name": "name, with what it makes people infer"}
    for part in (*split.attributes, "product", "name"):
        half = part if part in whats else "product"
        name = f"gap.choice_lens.{part if part in whats else f'attribute.{part}'}.{stem}"
        what = whats.get(part, f"attribute row: {part}")
        if sight.why[half]:
            why = sight.why[half]
            yield Refusal(
                id=name,
                what=what,
                why=why,
                needs=NEEDS[why],
                origin=origin,
                facts=(("benchmark", sight.comparison.pair.benchmark),),
            )
            continue
        value, se, freedom = split.part(part)
        lo, hi = split.interval(part, level)
        if not np.isfinite([lo, hi]).all():
            why = "not measurable in money"
            yield Refusal(id=name, what=what, why=why, needs=NEEDS[why], origin=origin)
            continue
        yield Point(
            id=name, what=what, value=value, lo=lo, hi=hi, level=level, unit=unit, n=sight.respondents, tier=Tier.DESIGNED,
            origin=origin, se=se, freedom=freedom,
        )  # fmt: skip
    if sight.whole is not None and np.isfinite(sight.whole).all():
        value, lo, hi, se = sight.whole
        gap = split.price_benchmark - split.price_focal
        yield Point(
            id=f"gap.choice_lens.price.{stem}", what="mean price gap", value=gap, lo=gap, hi=gap, level=1.0, unit=unit,
            n=sight.respondents, tier=Tier.DESIGNED, origin=origin,
        )  # fmt: skip
        yield Point(
            id=f"gap.choice_lens.utility.{stem}", what="utility gap in money", value=value, lo=lo, hi=hi, level=level, unit=unit,
            n=sight.respondents, tier=Tier.DESIGNED, origin=origin, se=se, freedom=float(split.parts.freedom[-1]),
        )  # fmt: skip


def _deciding(
    judgement: Judgement, sight: _Sight, config: StudyConfig, by: tuple[int, Origin], rng: np.random.Generator
) -> Iterator[Estimate]:
    """Yield how many respondents would decide an undecided half, were the estimate the truth."""
    if judgement.judged.label != "undecided":
        return
    family, origin = by
    stem = f"choice_lens.{judgement.half}.{stem_of(sight.comparison.pair, '')}"
    origin = replace(origin, room="gap", method="gap.decide", assumptions=("estimate taken for the truth",))
    confidence = 1 - (1 - config.gap.confidence) / family
    times, power = _times(judgement.stakes, confidence, rng)
    if times is not None:
        yield Bound(
            id=f"decide.{stem}.respondents", what="respondents that would decide", lo=float(sight.respondents),
            hi=float(np.ceil(sight.respondents * times)), unit="respondents", n=sight.respondents, tier=Tier.DESIGNED, origin=origin,
        )  # fmt: skip
        return
    seen = (
        None if judgement.stakes.multiple == 0 else _times(replace(judgement.stakes, multiple=0.0), confidence, rng)[0]
    )
    why = "too close to the margin" if seen is None else "unseen quality decides, not more models"
    needs = tuple(f"measure: {entry.en}" for entry in config.study.unmeasured) if seen is not None else ()
    yield Refusal(
        id=f"decide.{stem}", what="respondents that would decide", why=why,
        needs=needs or ("a wider margin, or another question",), origin=origin, facts=(("power", round(power, 3)),),
    )  # fmt: skip


def _times(stakes: Half, confidence: float, rng: np.random.Generator) -> tuple[float | None, float]:
    """Return how many times as many respondents would decide, None where none do, and how often the last number tried does."""
    z, power = rng.standard_normal(DRAWS), 0.0
    for times in np.geomspace(1.05, TIMES, 60).tolist():
        grown = replace(
            stakes, se=stakes.se / times**0.5, freedom=stakes.freedom * times, covariance=stakes.covariance / times,
            reference_se=stakes.reference_se / times**0.5, scale_variance=stakes.scale_variance / times,
            scale_covariance=stakes.scale_covariance / times, reference_scale=stakes.reference_scale / times,
        )  # fmt: skip
        power = share_decided(stakes.value + grown.se * z, grown, confidence)
        if power >= POWER:
            return times, power
    return None, power

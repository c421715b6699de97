"""The price lens in worlds with known answers: coverage, false verdicts, power, unseen quality, dropped columns."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.gap.judgement import Judgement, judge_splits
from halfstep.gap.offerings import Comparison, Pair, compare
from halfstep.gap.split import Split, price_splits
from halfstep.gap.unseen import reference_of
from halfstep.market.hedonic import HedonicSpec, fit_hedonic
from halfstep.market.panel import Panel
from halfstep.numerics.intervals import t_interval
from halfstep.worlds.price import KINDS, PriceWorld, Simulated, independent_halves, simulate

__all__ = ["SEED", "WORLDS", "Entry", "as_panel", "drop_and_declare", "family", "run_world", "swapped_labels"]

SEED = 20250604
MARGIN = 0.03
LEVEL = 0.90
FOCAL, BENCHMARK = 0, 1

WORLDS = (*KINDS, "independent halves", "unseen, inside the bound", "unseen, outside the bound")


@dataclass(frozen=True, slots=True)
class Entry:
    """One simulated study. Pairs are (product, name); gaps in log points.

    Attributes
    ----------
    truth
        True gaps; unseen quality is product.
    value
        Estimates.
    covered
        Whether the 90% interval holds what the lens estimates: listed product, and name plus unseen quality.
    label
        Verdicts.
    false_short
        Whether "short" was said of a true gap that is no larger than the margin.
    multiple
        What the unseen quality is truly worth, in multiples of the reference attribute; 0 without it.
    breaking
        Breaking strength printed for the name half, or None.
    """

    truth: tuple[float, float]
    value: tuple[float, float]
    covered: tuple[bool, bool]
    label: tuple[str, str]
    false_short: tuple[bool, bool]
    multiple: float
    breaking: float | None

    def record(self) -> dict[str, object]:
        """Return the entry as plain JSON values, rounded."""
        return {
            key: [round(v, 9) if isinstance(v, float) else v for v in value] if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
        }


def world_of(kind: str, rng: np.random.Generator) -> PriceWorld:
    """Return the world of a kind; "independent halves" draws its gaps."""
    if kind == "independent halves":
        return independent_halves(rng)
    return KINDS[kind.split(",", maxsplit=1)[0]]


def config_of(attributes: int, declared: tuple[float, ...] = ()) -> StudyConfig:
    """Return the settings of a simulated study that declares unmeasured attributes with these multiples."""
    unmeasured = [{"en": f"z{i}", "zh": f"z{i}", "max": bound} for i, bound in enumerate(declared)]
    study = {
        "title": "world", "focal": "b00", "benchmarks": ["b01"], "currency": "money", "as_of": "2100-01-01",
        "margin": MARGIN, "margin_reason": "world", "unmeasured": unmeasured,
    }  # fmt: skip
    return StudyConfig.model_validate(
        {
            "study": study,
            "tables": {"sales": "none"},
            "columns": {"period": "t", "brand": "b", "model": "j", "price": "p", "quantity": "q"},
            "attributes": [{"id": f"x{k}", "label": f"x{k}", "columns": [f"x{k}"]} for k in range(attributes)],
        }
    )


def as_panel(made: Simulated) -> Panel:
    """Return a simulated market as the panel its sales table would make."""
    brands = tuple(f"b{b:02d}" for b in range(int(made.brand.max()) + 1))
    everything: npt.NDArray[np.bool_] = np.ones(len(made.p), dtype=bool)
    return Panel(
        file="world",
        frequency=1,
        row=np.arange(1, len(made.p) + 1),
        period=made.period,
        market=np.unique(made.period, return_inverse=True)[1].astype(np.int64),
        brand=made.brand,
        model=made.model,
        cluster=made.model,
        p=made.p,
        q=made.q,
        X=made.X,
        attributes=tuple(f"x{k}" for k in range(made.X.shape[1])),
        brands=brands,
        segments={"all": everything},
        firm=made.brand,
        nest=np.zeros(len(made.p), dtype=np.int64),
        cost=np.zeros((len(made.p), 0)),
        size=np.full(len(made.p), np.nan),
        place=np.zeros(len(made.p), dtype=np.int64),
        place_names=("",),
    )


def split_of(panel: Panel, config: StudyConfig) -> Split:
    """Return the split of the last period."""
    spec = HedonicSpec.of(config)
    spec = replace(spec, attributes=panel.attributes)
    fit = fit_hedonic(panel, spec)
    last = int(panel.period.max())
    pair = Pair(config.study.focal, config.study.benchmarks[0])
    found = compare(fit.panel, pair, (last, last), spec, "equal")
    assert isinstance(found, Comparison)
    return price_splits(fit, [found])[0]


def run_world(kind: str, run: int) -> Entry:
    """Simulate one study of a kind and analyse it.

    The unseen worlds declare exactly what is true ("inside") or half of it ("outside"), the hardest admissible cases.
    """
    rng = np.random.default_rng([SEED, *kind.encode(), run])
    made = simulate(world_of(kind, rng), rng)
    split = split_of(as_panel(made), config_of(made.X.shape[1]))
    multiple = made.unseen / (reference_of(split, config_of(made.X.shape[1])).worth / split.money)
    declared = {"unseen, inside the bound": (multiple,), "unseen, outside the bound": (multiple / 2,)}.get(kind, ())
    judged = judge_splits([split], config_of(made.X.shape[1], declared))
    lo, hi = t_interval(split.parts.value, split.parts.se, split.parts.freedom, LEVEL)
    estimated = (made.product - made.unseen, made.name + made.unseen)
    margin = -float(np.log1p(-MARGIN)) + 1e-12
    labels = (judged[0].judged.label, judged[1].judged.label)
    return Entry(
        truth=(made.product, made.name),
        value=(float(split.parts.value[-2]), float(split.parts.value[-1])),
        covered=(bool(lo[-2] <= estimated[0] <= hi[-2]), bool(lo[-1] <= estimated[1] <= hi[-1])),
        label=labels,
        false_short=(labels[0] == "short" and made.product <= margin, labels[1] == "short" and made.name <= margin),
        multiple=multiple,
        breaking=judged[1].judged.breaking,
    )


def family(kind: str, run: int, benchmarks: int = 5) -> tuple[bool, bool]:
    """Return whether "short" was falsely said against any of several benchmarks judged together, for each half."""
    rng = np.random.default_rng([SEED, *kind.encode(), run])
    made = simulate(world_of(kind, rng), rng)
    panel, config = as_panel(made), config_of(made.X.shape[1])
    spec = replace(HedonicSpec.of(config), attributes=panel.attributes)
    fit = fit_hedonic(panel, spec)
    last = int(panel.period.max())
    tried = [
        compare(fit.panel, Pair("b00", f"b{b:02d}"), (last, last), spec, "equal") for b in range(1, benchmarks + 1)
    ]
    judged = judge_splits(price_splits(fit, [c for c in tried if isinstance(c, Comparison)]), config)
    margin = -float(np.log1p(-MARGIN)) + 1e-12
    false = {"product": False, "name": False}
    for j in judged:
        b = int(j.split.comparison.pair.benchmark[1:])
        truth = {"product": made.worth[b] - made.worth[0], "name": made.theta[b] - made.theta[0]}[j.half]
        false[j.half] |= j.judged.label == "short" and truth <= margin
    return false["product"], false["name"]


def swapped_labels(kind: str, run: int) -> bool:
    """Return whether the verdicts follow the data when focal and benchmark swap their names."""
    rng = np.random.default_rng([SEED, *kind.encode(), run])
    panel = as_panel(simulate(world_of(kind, rng), rng))
    names = list(panel.brands)
    names[FOCAL], names[BENCHMARK] = names[BENCHMARK], names[FOCAL]
    renamed = replace(panel, brands=tuple(names))
    config = config_of(len(panel.attributes))
    other = config.model_copy(
        update={"study": config.study.model_copy(update={"focal": "b01", "benchmarks": ("b00",)})}
    )
    before = [j.judged for j in judge_splits([split_of(panel, config)], config)]
    after = [j.judged for j in judge_splits([split_of(renamed, other)], other)]
    return before == after


@dataclass(frozen=True, slots=True)
class Dropped:
    """What dropping one listed attribute and declaring it unmeasured did to a half: before and after."""

    attribute: int
    half: str
    before: float
    after: float
    short_before: bool
    short_after: bool


def drop_and_declare(kind: str, run: int, bound: str) -> list[Dropped]:
    """Drop each listed attribute in turn and declare it.

    Parameters
    ----------
    bound
        "true": the multiple is what dropping it really moved; "none": no bound is given; "one": one reference
        attribute, which is false where the strongest attribute is the one dropped.
    """
    rng = np.random.default_rng([SEED, *kind.encode(), run])
    panel = as_panel(simulate(world_of(kind, rng), rng))
    K = len(panel.attributes)
    full_split = split_of(panel, config_of(K))
    full = judge_splits([full_split], config_of(K))
    out = []
    for k in range(K):
        keep = [i for i in range(K) if i != k]
        fewer = replace(panel, X=panel.X[:, keep], attributes=tuple(panel.attributes[i] for i in keep))
        config = config_of(K - 1)
        split = split_of(fewer, config)
        moved = abs(float(split.parts.value[-1] - full_split.parts.value[-1]))
        multiple = moved / (reference_of(split, config).worth / split.money)
        declared = {"true": multiple, "one": 1.0, "none": float("inf")}[bound]
        judged: list[Judgement] = judge_splits([split], config_of(K - 1, (declared,)))
        for a, b in zip(full, judged, strict=True):
            labels = (a.judged.label == "short", b.judged.label == "short")
            out.append(Dropped(k, a.half, a.judged.p_short, b.judged.p_short, *labels))
    return out

"""The price lens in worlds with known answers: coverage, false verdicts, power, unseen quality."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from halfstep.core.config import StudyConfig
from halfstep.gap.offerings import Comparison, Pair, compare
from halfstep.gap.judgement import judge_splits
from halfstep.gap.split import Split, price_splits
from halfstep.gap.unseen import reference_strength
from halfstep.market.hedonic import HedonicSpec, fit_hedonic
from halfstep.market.panel import Panel
from halfstep.worlds.price import KINDS, Simulated, independent_halves, simulate

__all__ = ["Entry", "as_panel", "config_of", "run_world"]

SEED = 20250604
FOCAL, BENCHMARK = "b00", "b01"
MARGIN = 0.03


@dataclass(frozen=True, slots=True)
class Entry:
    """One simulated study; gaps in log points, truth and estimate, product then name."""

    truth: tuple[float, float]
    value: tuple[float, float]
    covered: tuple[bool, bool]
    label: tuple[str, str]
    false_short: tuple[bool, bool]
    breaking: float | None
    strength: float
    p_short: float


def config_of(attributes: int, unmeasured: int = 0, like: float = 1.0) -> StudyConfig:
    """Return the settings of a simulated study."""
    return StudyConfig.model_validate(
        {
            "study": {
                "title": "world",
                "focal": FOCAL,
                "benchmarks": [BENCHMARK],
                "currency": "money",
                "as_of": "2100-01-01",
                "margin": MARGIN,
                "margin_reason": "world",
                "unmeasured": [{"en": f"z{i}", "zh": f"z{i}"} for i in range(unmeasured)],
                "unseen_quality_max": like,
            },
            "tables": {"sales": "none"},
            "columns": {"period": "t", "brand": "b", "model": "j", "price": "p", "quantity": "q"},
            "attributes": [{"id": f"x{k}", "label": f"x{k}", "columns": [f"x{k}"]} for k in range(attributes)],
        }
    )


def as_panel(made: Simulated) -> Panel:
    """Return a simulated market as the panel a sales table would make."""
    n = len(made.p)
    brands = tuple(f"b{b:02d}" for b in range(int(made.brand.max()) + 1))
    market = np.unique(made.period, return_inverse=True)[1].astype(np.int64)
    ids = tuple(f"x{k}" for k in range(made.X.shape[1]))
    everything: npt.NDArray[np.bool_] = np.ones(n, dtype=bool)
    return Panel(
        "world", 1, np.arange(1, n + 1), made.period, market, made.brand, made.model, made.model, made.p, made.q,
        made.X, ids, brands, 1, {"all": everything},
    )  # fmt: skip


def split_of(panel: Panel, config: StudyConfig) -> Split:
    """Return the split of the last period."""
    spec = HedonicSpec.of(config)
    fit = fit_hedonic(panel, spec)
    last = int(panel.period.max())
    found = compare(fit.panel, Pair(FOCAL, BENCHMARK), (last, last), spec, "equal")
    assert isinstance(found, Comparison)
    return price_splits(fit, [found])[0]


def run_world(kind: str, run: int) -> Entry:
    """Simulate one study of a kind and analyse it."""
    rng = np.random.default_rng([SEED, *kind.encode(), run])
    world = independent_halves(rng) if kind == "independent halves" else KINDS[kind.split(",")[0]]
    made = simulate(world, rng)
    like = {"unseen, inside": 1.0, "unseen, outside": 0.2}.get(kind, 1.0)
    config = config_of(made.X.shape[1], unmeasured=int(kind.startswith("unseen, ")), like=like)
    split = split_of(as_panel(made), config)
    judged = judge_splits([split], config)
    truth = (made.product - made.unseen * ("unseen" in kind), made.name + made.unseen * ("unseen" in kind))
    lo_hi = [_interval(split, k) for k in (-2, -1)]
    really = (made.product, made.name)
    margin = -float(np.log(1 - MARGIN))
    name = judged[1].judged
    reference = reference_strength(split, config)[1] / split.money
    return Entry(
        truth=really,
        value=(float(split.parts.value[-2]), float(split.parts.value[-1])),
        covered=(bool(lo_hi[0][0] <= truth[0] <= lo_hi[0][1]), bool(lo_hi[1][0] <= truth[1] <= lo_hi[1][1])),
        label=(judged[0].judged.label, name.label),
        false_short=tuple(
            j.judged.label == "short" and t <= margin + 1e-12 for j, t in zip(judged, really, strict=True)
        ),  # type: ignore[arg-type]
        breaking=name.breaking,
        strength=made.unseen / reference if reference > 0 else 0.0,
        p_short=name.p_short,
    )


def _interval(split: Split, k: int) -> tuple[float, float]:
    from halfstep.numerics.intervals import t_interval

    lo, hi = t_interval(split.parts.value, split.parts.se, split.parts.freedom, 0.90)
    return float(lo[k]), float(hi[k])

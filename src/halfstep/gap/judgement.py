"""Halves judged, and the verdict records that leave the room."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.core.answer import Verdict
from halfstep.core.config import StudyConfig
from halfstep.gap.offerings import Missing, Pair
from halfstep.gap.split import Split
from halfstep.gap.unseen import reference_of, unseen_multiple
from halfstep.gap.verdict import Half, Judged, judge

__all__ = ["HALVES", "Judgement", "judge_splits", "no_verdict", "stem_of", "verdict_of"]

HALVES = ("product", "name")


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """A half of a comparison with its verdict."""

    split: Split
    half: str
    stakes: Half
    judged: Judged


def judge_splits(splits: list[Split], config: StudyConfig, halves: tuple[str, ...] = HALVES) -> list[Judgement]:
    """Judge halves of a family of comparisons; each half is a family of its own."""
    out = []
    for half in halves:
        k, stakes = HALVES.index(half), []
        for split in splits:
            reference = reference_of(split, config)
            with_scale, scale = split.scaled(half)
            stakes.append(
                Half(
                    *split.part(half),
                    margin=config.study.margin * split.price_benchmark,
                    reference=reference.worth,
                    reference_se=reference.se,
                    covariance=reference.covariance[k],
                    multiple=unseen_multiple(config),
                    scale_variance=scale,
                    scale_covariance=with_scale,
                    reference_scale=reference.scaled,
                )
            )
        judged = judge(stakes, config.gap.confidence)
        out += [Judgement(s, half, k, j) for s, k, j in zip(splits, stakes, judged, strict=True)]
    return out


def stem_of(pair: Pair, period: str) -> str:
    return f"{pair.benchmark}.{pair.segment}.{period}"


def verdict_of(judgement: Judgement, config: StudyConfig, family: int) -> Verdict:
    pair, period, judged = judgement.split.comparison.pair, judgement.split.comparison.period, judgement.judged
    stem = f"{judgement.split.lens}_lens.{judgement.half}.{stem_of(pair, period)}"
    needs: tuple[str, ...] = ()
    if judged.label != "undecided":
        reason = "decided"
    elif judged.label_if_all_seen != "undecided":
        needs = tuple(f"measure: {entry.en}" for entry in config.study.unmeasured)
        unbounded = np.isinf(judgement.stakes.multiple)
        reason = "no bound on unseen quality" if unbounded else "unseen quality could turn it"
    else:
        reason, needs = "too uncertain", (f"decide.{stem}",)
    return Verdict(
        id=f"verdict.{stem}", half=judgement.half, lens=judgement.split.lens, benchmark=pair.benchmark, segment=pair.segment, period=period,
        label=judged.label, p=judged.p, p_short=judged.p_short, p_met=judged.p_met, p_ahead=judged.p_ahead,
        margin=judgement.stakes.margin, margin_met=judged.margin_met, margin_short=judged.margin_short,
        breaking=judged.breaking, reason=reason, needs=needs, estimate=f"gap.{stem}", family=family,
    )  # fmt: skip


def no_verdict(lens: str, missing: Missing, half: str, needs: tuple[str, ...] = ()) -> Verdict:
    """Return the verdict of a half that has no estimate, or whose estimate may not be judged; `missing.why` says why.

    Parameters
    ----------
    needs
        What would make a verdict possible; what the refused estimate needs if absent.
    """
    stem = f"{lens}_lens.{half}.{stem_of(missing.pair, missing.period)}"
    absent = missing.why in ("focal absent", "benchmark absent")
    return Verdict(
        id=f"verdict.{stem}", half=half, lens=lens, benchmark=missing.pair.benchmark, segment=missing.pair.segment,
        period=missing.period, label="no offering" if absent else "undecided", p=None, p_short=None, p_met=None,
        p_ahead=None, margin=None, margin_met=None, margin_short=None, breaking=None, reason=missing.why,
        needs=needs or (f"gap.{stem}",), estimate=f"gap.{stem}", family=0,
    )  # fmt: skip

"""What was foretold: each respondent's last tasks, by the study's model, the plain logit and last shares."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from halfstep.choice.tastes import Node, mixed_spec
from halfstep.choice.writer import Writer
from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.logit.foretelling import foretell_rows
from halfstep.logit.heldout import Scores, Split, compare, score, share_baseline, split_last
from halfstep.logit.mixed import fit_mixed
from halfstep.logit.mnl import fit_multinomial, probabilities
from halfstep.logit.tasks import Codes
from halfstep.market.experiment import Experiment

__all__ = ["foretold"]

DRAWS = 500
"""Draws of tastes a respondent at least, weighed by how well they foretell what the respondent chose before."""


def foretold(write: Writer, node: Node) -> Iterator[Estimate | Check]:
    """Yield the log loss and hit rate of each model on tasks that it has not seen, and how the study's model stands to the others.

    What was called the worst is left out: a last share says nothing of it.
    """
    experiment, last = node.experiment.best(), write.config.choice.holdout
    if not last:
        return
    split = _split(experiment, last)
    plain = None if split is None else fit_multinomial(split.fitted)
    if split is None or plain is None or plain.trouble:
        yield Check(id="choice.heldout", status=Status.REVIEW, why="too few tasks to hold any out", do="ask more tasks")
        return
    told = split.foretold
    codes = _codes(experiment)
    found = {
        "last share": score(share_baseline(split.fitted, told, codes[~split.rows], codes[split.rows]), told),
        "plain logit": score(probabilities(told, plain.b), told),
    }
    own, spec = "plain logit", None if node.mixed is None else mixed_spec(experiment, write.config)
    if spec is not None:
        mixed = fit_mixed(split.fitted, replace(spec, draws=max(spec.draws, DRAWS)), starts=1)
        found["mixed logit"], own = score(foretell_rows(mixed, split), told), "mixed logit"
        if mixed.singular or not mixed.converged:
            yield Check(
                id="choice.heldout.fit",
                status=Status.REVIEW,
                why="spread not told",
                do="read the plain logit",
                facts=(("names", ""),),
            )
    yield from _written(write, node, found)
    for other in (name for name in found if name != own):
        against = compare(found[own], found[other])
        yield Check(
            id=f"choice.heldout.{other.replace(' ', '_')}", status=Status.PASS if against.label == "better" else Status.REVIEW,
            why=f"foretold {against.label} than", do="" if against.label == "better" else "do not read the model as a forecast",
            facts=(
                ("own", own), ("other", other), ("difference", round(against.difference, 4)), ("error", round(against.error, 4)),
                ("tasks", told.T),
            ),
        )  # fmt: skip


def _split(experiment: Experiment, last: int) -> Split | None:
    """Return the split; None where nobody has a task to spare."""
    if np.diff(experiment.tasks.task).max() <= last:
        return None
    return split_last(experiment.tasks, last)


def _codes(experiment: Experiment) -> Codes:
    """Return what last shares go by: the brand of a row, or its place in the task where no brand was shown."""
    if experiment.base:
        return experiment.brand + 1
    row = experiment.tasks.row
    place: npt.NDArray[np.int64] = np.arange(row[-1]) - np.repeat(row[:-1], np.diff(row))
    return place


def _written(write: Writer, node: Node, found: dict[str, Scores]) -> Iterator[Estimate]:
    z = write.z
    for name, one in found.items():
        key, by = name.replace(" ", "_"), (int(one.tasks.sum()), write.origin("choice.heldout", node.experiment))
        loss = (one.log_loss, one.log_loss - z * one.log_loss_error, one.log_loss + z * one.log_loss_error)
        hits = (
            one.hit_rate,
            max(one.hit_rate - z * one.hit_rate_error, 0.0),
            min(one.hit_rate + z * one.hit_rate_error, 1.0),
        )
        yield write.point(f"choice.heldout.{key}.logloss", "log loss on tasks held out", loss, "nats per task", by)
        yield write.point(f"choice.heldout.{key}.hits", "hit rate on tasks held out", hits, "share", by)

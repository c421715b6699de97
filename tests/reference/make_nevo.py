"""Make nevo.parquet and nevo.json by running PyBLP (extra `bench`): python tests/reference/make_nevo.py

nevo.parquet: Nevo's cereal table as PyBLP 1.3.0 ships it, the columns used here, renamed; no figure changed, no row
dropped (tests/reference/SOURCES.md). nevo.json: PyBLP's own answers on it,

- `logit`: price, product effects absorbed, the twenty instruments;
- `one nest`, `mushy`: the nested logits of PyBLP's tutorial, price alone, the instruments and the number of products in
  the nest, rho searched from 0.7;

each by two steps, robust;

- `two-way`: product and market effects absorbed, clustered by city, moments not centred, one step and two;

and instruments by build_blp_instruments and build_differentiation_instruments for a random
design and for the attributes of studies/us-cars: every value of the first, of the second sums, sums of squares and
some rows.
"""

from __future__ import annotations

import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

warnings.simplefilter("ignore")
import pyblp  # noqa: E402

Array = npt.NDArray[np.float64]

HERE = Path(__file__).resolve().parent
RENAMED = {"market_ids": "market", "product_ids": "product", "shares": "share", "prices": "price"}
INSTRUMENTS = [f"demand_instruments{k}" for k in range(20)]
CARS = ["power", "air", "mileage", "footprint"]
EVERY = 100


def table() -> pd.DataFrame:
    data = pl.read_csv(pyblp.data.NEVO_PRODUCTS_LOCATION)
    kept = data.select(*RENAMED, pl.col("mushy", "sugar").cast(pl.Int8), *INSTRUMENTS)
    kept.rename(RENAMED | {name: f"z{k}" for k, name in enumerate(INSTRUMENTS)}).write_parquet(
        HERE / "nevo.parquet", compression="zstd", compression_level=19, statistics=False
    )
    return pd.read_csv(pyblp.data.NEVO_PRODUCTS_LOCATION)


def logit(data: pd.DataFrame) -> dict[str, object]:
    problem = pyblp.Problem(pyblp.Formulation("0 + prices", absorb="C(product_ids)"), data)
    return told(problem.solve(method="2s", W_type="robust", se_type="robust"))


def two_way(data: pd.DataFrame) -> dict[str, object]:
    data = data.assign(clustering_ids=data["city_ids"])
    problem = pyblp.Problem(pyblp.Formulation("0 + prices", absorb="C(product_ids) + C(market_ids)"), data)
    how = {"W_type": "clustered", "se_type": "clustered", "center_moments": False}
    return {steps: told(problem.solve(method=steps, **how)) for steps in ("1s", "2s")}


def nested(data: pd.DataFrame, nests: pd.Series) -> dict[str, object]:
    data = data.assign(nesting_ids=nests)
    data["demand_instruments20"] = data.groupby(["market_ids", "nesting_ids"])["shares"].transform("size")
    problem = pyblp.Problem(pyblp.Formulation("0 + prices"), data)
    optimization = pyblp.Optimization("l-bfgs-b", {"ftol": 0, "gtol": 1e-10})
    return told(problem.solve(rho=0.7, optimization=optimization))


def told(results: pyblp.ProblemResults) -> dict[str, object]:
    found: dict[str, object] = {"objective": float(results.objective.item())}
    found |= {"beta": float(results.beta.item()), "beta_se": float(results.beta_se.item())}
    if results.rho.size:
        found |= {"rho": float(results.rho.item()), "rho_se": float(results.rho_se.item())}
    return found


def instruments(data: pd.DataFrame, names: list[str]) -> dict[str, Array]:
    parts = {"blp": pyblp.build_blp_instruments(pyblp.Formulation("1 + " + " + ".join(names)), data)}
    attributes = pyblp.Formulation("0 + " + " + ".join(names))
    for kind in ("local", "quadratic"):
        parts[kind] = pyblp.build_differentiation_instruments(attributes, data, version=kind)
    return {kind: np.asarray(Z, dtype=np.float64) for kind, Z in parts.items()}


def random_design() -> dict[str, object]:
    """Make markets of 1 to 9 products of 3 firms, in no order; the first attribute is whole, with many ties."""
    rng = np.random.default_rng(11)
    market = rng.permutation(np.repeat(np.arange(10), [1, 2, 3, 4, 5, 6, 7, 8, 9, 9]))
    n = len(market)
    data = pd.DataFrame({"market_ids": market, "firm_ids": rng.integers(0, 3, n), "a": rng.integers(0, 4, n) * 1.0})
    data["b"] = rng.normal(size=n).round(3)
    found: dict[str, object] = {name: data[name].tolist() for name in data.columns}
    return found | {kind: Z.tolist() for kind, Z in instruments(data, ["a", "b"]).items()}


def cars() -> dict[str, object]:
    data = pl.read_parquet(HERE.parents[1] / "studies" / "us-cars" / "sales.parquet").to_pandas()
    data["power"], data["mileage"], data["footprint"] = (np.log(data[c]) for c in ("hpwt", "mpg", "space"))
    made = instruments(data.rename(columns={"year": "market_ids", "firm": "firm_ids"}), CARS)
    return {
        kind: {"sum": Z.sum(0).tolist(), "squares": (Z**2).sum(0).tolist(), "rows": Z[::EVERY].tolist()}
        for kind, Z in made.items()
    }


def main() -> None:
    pyblp.options.verbose = False
    data = table()
    found = {
        "made_by": "tests/reference/make_nevo.py",
        "versions": {name: version(name) for name in ("numpy", "pandas", "polars", "pyblp")},
        "logit": logit(data),
        "two-way": two_way(data),
        "one nest": nested(data, pd.Series(1, index=data.index)),
        "mushy": nested(data, data["mushy"]),
        "instruments": {"random": random_design(), "cars": {"every": EVERY, **cars()}},
    }
    (HERE / "nevo.json").write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()

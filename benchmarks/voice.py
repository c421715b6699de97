"""Posts read by sixteen heads at once: CPU seconds, peak memory, posts a second, against SnowNLP and scikit-learn; growth.

    python benchmarks/voice.py [--quick] [--json] [--case NAME ...]

Each side runs in a process of its own, on one thread, posts in memory and libraries imported; "cpu" is scoring alone, "MB" the
peak resident memory of the whole process. Posts have 58 characters and 169 bytes on average. They are cut from the forum posts
under HALFSTEP_CASES where that names them, else from invented words; all sides read the same ones, the slower sides fewer of
them, and ratios are by posts a second.

- "score": native and NumPy, 16 heads, characters' 1-3-grams; SnowNLP's sentiment (one head); scikit-learn's TF-IDF of the same
  n-grams with a linear SVC of 16 classes, taught before its clock starts.
- "growth": native, 10^5 to 10^7 posts in batches of 10^5, and the power of size with which cost grows.
- "end": a zstd Parquet file of the columns that the voice room reads, scored and added up by `halfstep.voice.scan`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")} | {
    "HALFSTEP_THREADS": "1", "POLARS_MAX_THREADS": "1",
}  # fmt: skip
os.environ.update(ONE_THREAD)

import numpy as np  # noqa: E402

from halfstep.native.text_door import text_kernel  # noqa: E402
from halfstep.native.texts import pack  # noqa: E402
from halfstep.text.heads import Grams, Heads  # noqa: E402
from halfstep.text.score import margins  # noqa: E402

Row = dict[str, Any]

SEED = 20250614
CHARACTERS, BYTES, BATCH = 58, 169, 100_000
POSTS = {"native": 1_000_000, "numpy": 100_000, "sklearn": 20_000, "snownlp": 300}
QUICK = {"native": 200_000, "numpy": 20_000, "sklearn": 2_000, "snownlp": 50}
GROWTH = (100_000, 1_000_000, 10_000_000)
QUICK_GROWTH = (100_000, 300_000, 1_000_000)
END = {False: 1_000_000, True: 200_000}
NAMES = (
    *(f"touchpoint.{k}" for k in range(10)), "polarity.positive", "polarity.negative", "stance.for", "stance.against", "own",
    "spam",
)  # fmt: skip


def source(rng: np.random.Generator) -> str:
    """Return what posts are cut from: forum posts where there are any, else invented words of the frequencies of Zipf."""
    cases = os.environ.get("HALFSTEP_CASES")
    path = Path(cases or ".") / "car_forum_topics" / "labelled.csv"
    if cases and path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            return "".join(row["content"] for row in csv.DictReader(file))
    letters = np.array([chr(0x4E00 + k) for k in range(3_500)] + list("abcdefghij0123456789"))
    weight = 1 / (np.arange(len(letters)) + 10.0)
    words = ["".join(rng.choice(letters, n, p=weight / weight.sum())) for n in rng.integers(1, 4, 20_000)]
    drawn = np.minimum(rng.zipf(1.3, 300_000), len(words)) - 1
    return "".join(words[k] + ("，" if i % 6 == 5 else "") for i, k in enumerate(drawn))


def posts(n: int) -> list[str]:
    """Return posts of the stated mean length; ASCII is thinned out until bytes a character are as stated."""
    rng = np.random.default_rng(SEED)
    letters = np.array(list(source(rng)))
    ascii_ = letters < "\x80"
    surplus = 3 - BYTES / CHARACTERS
    keep = min(1.0, surplus / 2 / (1 - surplus / 2) * (~ascii_).sum() / max(ascii_.sum(), 1))
    letters = letters[~ascii_ | (rng.uniform(size=len(letters)) < keep)]
    text = "".join(letters)
    size = np.maximum(1, rng.gamma(2.0, CHARACTERS / 2, n).astype(int))
    begin = rng.integers(0, len(text) - int(size.max()), n)
    return [text[a : a + s] for a, s in zip(begin.tolist(), size.tolist(), strict=True)]


def sixteen() -> Heads:
    """Return heads with weights drawn at random: how fast they are read does not depend on them."""
    rng = np.random.default_rng(SEED)
    grams, H = Grams(), len(NAMES)
    weight = rng.integers(-127, 128, (1 << grams.bits, H)).astype(np.int8)
    one = np.ones(H)
    return Heads(grams, NAMES, weight, one / 30, 0 * one, one, 0 * one, 0 * one)


def ours(n: int) -> Callable[[], Row]:
    """Return this library's run."""
    made, heads = posts(min(n, BATCH)), sixteen()
    texts = pack(made)

    def run() -> Row:
        total = 0.0
        for _ in range(-(-n // BATCH)):
            total += float(margins(heads, texts)[:, 0].sum())
        return {"kernel": text_kernel().name, "bytes": len(texts.data) / texts.n, "total": total}

    return run


def sklearn(n: int) -> Callable[[], Row]:
    """Return scikit-learn's run."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    taught = posts(4_000)
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True), LinearSVC(max_iter=50)
    )
    model.fit(taught, np.arange(len(taught)) % len(NAMES))
    made = posts(n)
    return lambda: {"total": float(model.decision_function(made)[:, 0].sum())}


def snownlp(n: int) -> Callable[[], Row]:
    """Return SnowNLP's run."""
    from snownlp import SnowNLP

    made = posts(n)
    return lambda: {"total": sum(SnowNLP(post).sentiments for post in made)}


def end(n: int, named: bool = False) -> Callable[[], Row]:
    """Return the run from a zstd Parquet file (text, time, platform) to tallies; the file is written before the clock starts.

    `named`: posts that name one of four names are added up for it too, with the stance read around the name.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from halfstep.core.config import UtteranceColumns
    from halfstep.core.config_voice import Voice
    from halfstep.data.utterances import Utterances, cleaner_for, open_table
    from halfstep.text.lexicon import Lexicon
    from halfstep.voice.scan import Reader, merge, scan

    made, rng = posts(BATCH), np.random.default_rng(SEED)
    folder = tempfile.TemporaryDirectory()
    path = Path(folder.name) / "posts.parquet"
    start = np.datetime64("2024-01-01", "s")
    schema = pa.schema([("time", pa.timestamp("s")), ("platform", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, n, BATCH):
            row = np.arange(first, first + BATCH)
            second = start + (row * (365 * 86_400 / n)).astype("timedelta64[s]")
            columns = (second, np.array(["a", "b"])[row % 2], rng.permutation(made))
            writer.write_table(
                pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
            )
    written = tuple((post[8:11],) for post in made[:4]) if named else ()
    heads = sixteen() if named else replace(sixteen(), names=tuple(f"touchpoint.{k}" for k in range(16)))
    reader = Reader(tuple(f"n{k}" for k in range(len(written))), Lexicon.of(written), heads)
    table = open_table(
        cleaner_for(UtteranceColumns(text="text", time="time", platform="platform"), Voice(), None),
        path,
        "posts.parquet",
    )
    assert isinstance(table, Utterances)

    def run() -> Row:
        frame = merge((scan(batch, reader) for batch in table.batches()), reader)
        size = path.stat().st_size
        folder.cleanup()
        said = int(frame.filter(frame["name"] < len(written))["n"].sum())
        return {"kernel": text_kernel().name, "file_mb": size / 1e6, "rows": frame.height, "named": said}

    return run


SIDES: dict[str, Callable[[int], Callable[[], Row]]] = {
    "native": ours, "numpy": ours, "sklearn": sklearn, "snownlp": snownlp, "end": end, "named": partial(end, named=True)
}  # fmt: skip


def work(who: str, n: int) -> None:
    """Measure one side; runs in a process of its own."""
    warnings.simplefilter("ignore")
    run = SIDES[who](n)
    begun = time.process_time()
    found = run()
    spent = time.process_time() - begun
    print(json.dumps(found | {"posts": n, "cpu_s": spent, "mb": peak_mb(), "posts_s": n / spent}))


def peak_mb() -> float:
    """Return this process's peak; Linux counts that of the process that started it into ru_maxrss."""
    status = Path("/proc/self/status")
    if status.exists():
        return float(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(who: str, n: int) -> Row:
    """Return what a worker found."""
    kernel = {"HALFSTEP_KERNEL": who} if who in ("native", "numpy") else {}
    command = [sys.executable, __file__, "--worker", who, str(n)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ | ONE_THREAD | kernel)
    if done.returncode:
        raise SystemExit(f"{who} failed:\n{done.stderr[-2000:]}")
    found: Row = json.loads(done.stdout.splitlines()[-1])
    return found


def score(quick: bool) -> Row:
    """Return all sides, and native's posts a second over each one's."""
    sides = {}
    for who, n in (QUICK if quick else POSTS).items():
        if who in ("native", "numpy") or find_spec(who) is not None:
            sides[who] = measure(who, n)
            sides[who]["ratio"] = sides["native"]["posts_s"] / sides[who]["posts_s"]
    return {"case": "score", "sides": sides}


def growth(quick: bool) -> Row:
    """Return our cost at growing sizes, and the power of size with which it grows."""
    steps = [measure("native", n) for n in (QUICK_GROWTH if quick else GROWTH)]
    size = np.log([step["posts"] for step in steps])
    power = {k: float(np.polyfit(size, np.log([step[k] for step in steps]), 1)[0]) for k in ("cpu_s", "mb")}
    return {"case": "growth", "steps": steps, "power": power}


def end_to_end(quick: bool) -> Row:
    """Return the run from a zstd Parquet file to tallies."""
    sides = {name: measure(name, END[quick]) for name in ("end", "named")}
    return {
        "case": "end",
        "sides": {name: side | {"ratio": sides["end"]["posts_s"] / side["posts_s"]} for name, side in sides.items()},
    }


CASES: dict[str, Callable[[bool], Row]] = {"score": score, "growth": growth, "end": end_to_end}
HEAD = f"{'':<17}{'posts':>12}{'cpu s':>10}{'MB':>8}{'posts/s':>12}{'native x':>10}"


def run(names: list[str], quick: bool) -> Iterator[Row]:
    """Yield every row of the tables."""
    for name in names:
        yield CASES[name](quick)


def shown(row: Row) -> str:
    """Return the lines of a case."""
    pairs = list(row["sides"].items()) if "sides" in row else [("native", step) for step in row["steps"]]
    lines = [
        f"{row['case']:<8}{who:<9}{side['posts']:>12,}{side['cpu_s']:>10.2f}{side['mb']:>8.0f}{side['posts_s']:>12,.0f}"
        f"{side.get('ratio', 1.0):>10.1f}"
        for who, side in pairs
    ]
    if "power" in row:
        lines.append(f"power of posts: cpu {row['power']['cpu_s']:.2f}, MB {row['power']['mb']:.2f}")
    return "\n".join(lines)


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--case", action="append", choices=CASES)
    parser.add_argument("--worker", nargs=2, metavar=("WHO", "POSTS"))
    options = parser.parse_args()
    if options.worker:
        return work(options.worker[0], int(options.worker[1]))
    rows = []
    if not options.json:
        print(HEAD)
    for row in run(options.case or list(CASES), options.quick):
        rows.append(row)
        if not options.json:
            print(shown(row), flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))
    return None


if __name__ == "__main__":
    main()

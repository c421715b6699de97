"""A table of utterances of any size with everything in it that goes wrong, and what must become of every row.

``python -m validation.big_utterances csv 10 /tmp/big`` writes 10 GB (forms: csv, jsonl, parquet), reads them, holds the counts
against what was planted, and says how fast and in how much memory. The file is removed afterwards.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from halfstep.core.config import StudyConfig
from halfstep.data.utterances import Tally, open_utterances

__all__ = ["config", "main", "planted", "write"]

_ROWS = 10_000
"""Rows of a block; each block holds every kind of trouble once, and 100 rows whose id the block before has."""
_TWINS = 100
_WORDS = (
    "今天提车了，【半步】开起来很安静；the range is fine 😀 续航也可以，售后回复有点慢。价格比上一代高一点，值不值？"
)
_LONG = "很长的帖子🚗" * 16_667
"""100,000 characters."""
_START = 1_735_689_600
Row = dict[str, str]
Trouble = tuple[str, Callable[[Row], bytes]]


def config(*, author: bool = True) -> StudyConfig:
    """Return the settings of a study that reads such a table."""
    both = {"en": "invented", "zh": "虚构"}
    columns: dict[str, object] = {
        "id": "id",
        "time": "time",
        "text": "text",
        "platform": "platform",
        "engagement": ["likes"],
    }
    study = {
        "title": both, "focal": "A", "benchmarks": ["B"], "currency": both, "as_of": "2025-12-31", "margin": 0.1,
        "margin_reason": both, "invented": True,
    }  # fmt: skip
    return StudyConfig.model_validate({
        "study": study, "tables": {"utterances": "utterances"}, "voice": {"zone": "Asia/Shanghai"},
        "utterance_columns": columns | ({"author": "author"} if author else {}),
    })  # fmt: skip


def _row(number: int) -> Row:
    at = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(_START + number * 7 % 25_000_000))
    text = f"{number} {_WORDS[: 10 + number * 13 % len(_WORDS)]}"
    return {"id": str(4_900_000_000_000_000 + number), "time": at, "author": f"u{number * 31 % 100_003}",
            "likes": str(number % 977), "platform": "weibo" if number % 3 else "zhihu", "text": text}  # fmt: skip


def _cells(row: Row) -> bytes:
    return (
        ",".join('"' + v.replace('"', '""') + '"' if set(v) & set(',"\n') else v for v in row.values()).encode() + b"\n"
    )


def _object(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def _troubles(form: str) -> list[Trouble]:
    """Return kinds of trouble: what must become of the row, and how it is written."""
    line = _cells if form == "csv" else _object
    common: list[Trouble] = [
        ("invalid UTF-8", lambda row: line(row | {"text": "bad@@bytes"}).replace(b"@@", b"\xff\xfe")),
        ("impossible time", lambda row: line(row | {"time": "1970-01-01 00:00:00"})),
        ("impossible time", lambda row: line(row | {"time": "2104-01-01 00:00:00"})),
        ("after as_of", lambda row: line(row | {"time": "2026-02-01 00:00:00"})),
        ("time without year", lambda row: line(row | {"time": "4月1日 12:30"})),
        ("no text", lambda row: line(row | {"text": "　 "})),
        ("", lambda row: line(row | {"text": _LONG})),
        ("", lambda row: line(row | {"text": '两行\n一条，带"引号"和\0'})),
    ]
    if form == "csv":
        return [
            *common,
            ("stray quote", lambda row: line(row).replace(b",weibo,", b',"weibo,').replace(b",zhihu,", b',"zhihu,')),
            ("cells missing or too many", lambda _: b"1,2\n"),
        ]
    return [*common, ("not a JSON object", lambda row: line(row)[:30] + b"\n"), ("not a JSON object", lambda _: b"[1]\n"),
            ("nested value", lambda row: line(row).replace(b'"platform": "', b'"platform": {"a": 1}, "p": "'))]  # fmt: skip


def _blocks(form: str, wanted: Counter[str]) -> Iterator[bytes]:
    """Yield blocks of a text file without end, and count what must become of their rows."""
    line, troubles, number = (_cells if form == "csv" else _object), _troubles(form), 0
    while True:
        parts = [line(_row(number - 2 - i)) for i in range(_TWINS)] if number else []
        wanted["same id"] += len(parts)
        for i in range(_ROWS):
            if i % 1000 == 999 and i // 1000 < len(troubles):
                kind, written = troubles[i // 1000]
                parts.append(written(_row(number)))
                wanted[kind] += 1
            else:
                parts.append(line(_row(number)))
                wanted[""] += 1
            number += 1
        yield b"".join(parts)


def write(path: Path, form: str, size: int) -> Counter[str]:
    """Write a file of about so many bytes, cut in its middle of a row; return outcome -> rows ("": used)."""
    wanted: Counter[str] = Counter()
    if form == "parquet":
        return _write_parquet(path, size, wanted)
    with path.open("wb") as out:
        if form == "csv":
            out.write(",".join(_row(0)).encode() + b"\n")
        for block in _blocks(form, wanted):
            out.write(block)
            if out.tell() >= size:
                break
        out.write(b'4900,"2025-' if form == "csv" else b'{"id": "4900", "te')
    wanted["stray quote" if form == "csv" else "not a JSON object"] += 1
    return wanted


def _write_parquet(path: Path, size: int, wanted: Counter[str]) -> Counter[str]:
    writer, number = None, 0
    while writer is None or path.stat().st_size < size:
        rows = [_row(number + i) for i in range(_ROWS * 10)]
        rows[:_TWINS] = rows[:_TWINS] if number == 0 else [_row(number - 2 - i) for i in range(_TWINS)]
        wanted["same id"] += _TWINS if number else 0
        rows[500]["text"], rows[501]["text"], rows[502]["time"] = _LONG, " ", "1970-01-01 00:00:00"
        wanted["no text"] += 1
        wanted["impossible time"] += 1
        wanted["invalid UTF-8"] += 1
        wanted[""] += len(rows) - 3 - (_TWINS if number else 0)
        table = pa.Table.from_pylist(rows)
        seconds = pa.array([row["time"] for row in rows]).cast(pa.timestamp("s")).cast(pa.timestamp("us"))
        texts = pa.array([row["text"].encode() if i != 503 else b"bad\xff" for i, row in enumerate(rows)], pa.binary())
        texts = pa.StringArray.from_buffers(len(texts), texts.buffers()[1], texts.buffers()[2])
        table = table.set_column(1, "time", seconds).set_column(5, "text", texts)
        table = table.set_column(3, "likes", table["likes"].cast(pa.int64()))
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        number += len(rows)
    writer.close()
    return wanted


def planted(wanted: Counter[str], tally: Tally) -> bool:
    """Whether every row became what it had to, and none was lost."""
    found = Counter(tally.rejected) + Counter(tally.left_out) + Counter({"": tally.yielded, "same id": tally.same_id})
    return found == +wanted and tally.rows == sum(wanted.values())


def main(form: str, gigabytes: float, folder: Path) -> bool:
    """Write, read, compare; say how it went."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"utterances.{form}"
    try:
        wanted = write(path, form, int(gigabytes * 1e9))
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        said = open_utterances(config(), path, path.name)
        if isinstance(said, tuple):
            raise SystemExit("\n".join(fault.line() for fault in said))
        begun = time.process_time()
        tally = said.read_through()
        used = time.process_time() - begun
        said.keep_rejected(folder / "rejected.jsonl")
        kept = sum(1 for _ in (folder / "rejected.jsonl").open(encoding="utf-8"))
        good = planted(wanted, tally) and kept == sum(tally.rejected.values())
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sys.stdout.write(
            f"{form} {path.stat().st_size / 1e9:.2f} GB: {tally}\n{'as planted' if good else f'PLANTED: {wanted}'}; {kept} kept; "
            f"{tally.rows / used:,.0f} rows per CPU second; peak {most / 1024:.0f} MB (after writing {before / 1024:.0f} MB)\n"
        )
        return good
    finally:
        path.unlink(missing_ok=True)
        (folder / "rejected.jsonl").unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3])) else 1)

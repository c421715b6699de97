"""A table of utterances of any size with everything in it that goes wrong, and what must become of every row.

``python -m validation.big_utterances csv 10 /tmp/big`` writes 10 GB (forms: csv, jsonl, parquet), reads them, holds the counts
against what was planted, and says how fast and in how much memory. The file is removed afterwards. With the name of a JSON file
after the folder the figures are put there (docs/validation/big_utterances.json).
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from halfstep.core.config import StudyConfig
from halfstep.data.utterances import Tally, Utterances, open_utterances

__all__ = ["config", "main", "planted", "write"]

_FIRST, _DIGITS = 4_900_000_000_000_000, 16
_ROWS = 10_000
"""Rows of a block; each block holds every kind of trouble once, and 100 rows whose id the block before has."""
_TWINS, _APART = 100, 800
_WORDS = (
    "今天提车了，【半步】开起来很安静；the range is fine 😀 续航也可以，售后回复有点慢。价格比上一代高一点，值不值？"
)
_LONG = "很长的帖子🚗" * 16_667
"""100,000 characters."""
_START = 1_735_689_600
Row = dict[str, str]
Table = dict[str, str | int | float | bool]
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
    text = f"{number % _ROWS} {_WORDS[: 10 + number * 13 % len(_WORDS)]}"
    return {"id": str(_FIRST + number), "time": at, "author": f"u{number * 31 % 100_003}",
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


@dataclass(frozen=True, slots=True, eq=False)
class _Block:
    """Rows of a text file as bytes, the places of their ids, and what must become of them; all blocks differ in their ids alone."""

    raw: npt.NDArray[np.uint8]
    at: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    wanted: Counter[str]

    def numbered(self, block: int) -> bytes:
        """Return the bytes of a block, in which ids are `block` * 10,000 larger."""
        raw, left = self.raw.copy(), _FIRST + self.number + _ROWS * block
        for place in range(_DIGITS - 1, -1, -1):
            raw[self.at + place] = 48 + left % 10
            left //= 10
        return raw.tobytes()


def _block(form: str) -> _Block:
    """Return a block as `numbered` needs it."""
    line: Callable[[Row], bytes]
    written: Callable[[Row], bytes]
    line, troubles = (_cells if form == "csv" else _object), _troubles(form)
    parts, numbers, wanted = [], [], Counter[str]()
    for number in range(-_TWINS, _ROWS):
        of = number if number >= 0 else -1 - number - _TWINS
        kind, written = "" if number >= 0 else "same id", line
        if number >= 0 and number % _APART == _APART - 1 and number // _APART < len(troubles):
            kind, written = troubles[number // _APART]
        parts.append(written(_row(of)))
        numbers.append(of)
        wanted[kind] += 1
    begin: npt.NDArray[np.int64] = np.cumsum([0, *(len(part) for part in parts)])
    held = [part.find(str(_FIRST + number).encode()) for part, number in zip(parts, numbers, strict=True)]
    has = np.array(held) >= 0
    raw = np.frombuffer(b"".join(parts), np.uint8)
    return _Block(raw, (begin[:-1] + held)[has], np.array(numbers)[has], wanted)


def write(path: Path, form: str, size: int) -> Counter[str]:
    """Write a file of about so many bytes, cut in its middle of a row; return outcome -> rows ("": used)."""
    if form == "parquet":
        return _write_parquet(path, size)
    block, number = _block(form), 0
    wanted = Counter({"stray quote" if form == "csv" else "not a JSON object": 1})
    with path.open("wb") as out:
        if form == "csv":
            out.write(",".join(_row(0)).encode() + b"\n")
        while out.tell() < size:
            out.write(block.numbered(number))
            wanted += block.wanted
            number += 1
        out.write(b'4900,"2025-' if form == "csv" else b'{"id": "4900", "te')
    wanted.update({"": _TWINS, "same id": -_TWINS})  # nobody is before the first block
    return wanted


def _write_parquet(path: Path, size: int) -> Counter[str]:
    """Write row groups of 100,000 rows that differ in their ids alone; texts unpacked, since repeated ones would pack to nothing."""
    numbers = np.arange(-_TWINS, _ROWS * 10 - _TWINS)
    rows = [_row(int(number)) for number in numbers]
    rows[500]["text"], rows[501]["text"], rows[502]["time"] = _LONG, " ", "1970-01-01 00:00:00"
    texts = pa.array([row["text"].encode() if i != 503 else b"bad\xff" for i, row in enumerate(rows)], pa.binary())
    base = pa.Table.from_pylist(rows)
    base = base.set_column(
        1, "time", pa.array([row["time"] for row in rows]).cast(pa.timestamp("s")).cast(pa.timestamp("us"))
    )
    base = base.set_column(5, "text", pa.StringArray.from_buffers(len(texts), texts.buffers()[1], texts.buffers()[2]))
    base = base.set_column(3, "likes", base["likes"].cast(pa.int64()))
    wanted, group = Counter({"": _TWINS, "same id": -_TWINS}), 0
    step = len(rows) - _TWINS
    with pq.ParquetWriter(path, base.schema, compression="none", use_dictionary=["platform", "author"]) as writer:
        while path.stat().st_size < size:
            ids = pa.array(_FIRST + numbers + group * step).cast(pa.string())
            writer.write_table(base.set_column(0, "id", ids))
            wanted.update({"same id": _TWINS, "no text": 1, "impossible time": 1, "invalid UTF-8": 1, "": step - 3})
            group += 1
    return wanted


def planted(wanted: Counter[str], tally: Tally) -> bool:
    """Whether every row became what it had to, and none was lost."""
    found = Counter(tally.rejected) + Counter(tally.left_out) + Counter({"": tally.yielded, "same id": tally.same_id})
    return found == +wanted and tally.rows == sum(wanted.values())


def _read(said: Utterances, rows: int) -> float:
    """Go through the table; return CPU seconds, and say every tenth how far it is."""
    begun, told, tenth = time.process_time(), 0, max(rows // 10, 1)
    for _ in said.batches():
        if said.tally.rows >= told + tenth:
            told += tenth
            sys.stdout.write(f"read {said.tally.rows:,} of {rows:,} rows, {time.process_time() - begun:.0f} CPU s\n")
            sys.stdout.flush()
    return time.process_time() - begun


def main(form: str, gigabytes: float, folder: Path) -> Table | None:
    """Write, read, compare; say how it went and return the figures, None where a row did not become what it had to."""
    folder.mkdir(parents=True, exist_ok=True)
    path, kept_in = folder / f"utterances.{form}", folder / "rejected.jsonl"
    try:
        begun = time.process_time()
        wanted = write(path, form, int(gigabytes * 1e9))
        size, before = path.stat().st_size, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sys.stdout.write(f"{form} {size / 1e9:.2f} GB written in {time.process_time() - begun:.0f} CPU s\n")
        sys.stdout.flush()
        begun = time.process_time()
        said = open_utterances(config(), path, path.name)
        if isinstance(said, tuple):
            raise SystemExit("\n".join(fault.line() for fault in said))
        opening = time.process_time() - begun
        reading = _read(said, sum(wanted.values()))
        said.keep_rejected(kept_in)
        with kept_in.open(encoding="utf-8") as lines:
            kept = sum(1 for _ in lines)
        tally = said.tally
        good = planted(wanted, tally) and kept == sum(tally.rejected.values())
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        found: Table = {
            "form": form, "gigabytes": round(size / 1e9, 2), "rows": tally.rows, "yielded": tally.yielded, "same id": tally.same_id,
            "rejected": sum(tally.rejected.values()), "left out": sum(tally.left_out.values()), "as planted": good,
            "CPU seconds to open": round(opening, 1), "CPU seconds to read": round(reading, 1), "rows per CPU second": round(tally.rows / reading),
            "peak megabytes": round(most / 1024), "peak megabytes before reading": round(before / 1024),
        }  # fmt: skip
        sys.stdout.write(f"{found}\n{'as planted' if good else f'PLANTED: {wanted}; {tally}'}\n")
        return found if good else None
    finally:
        path.unlink(missing_ok=True)
        kept_in.unlink(missing_ok=True)


def keep(found: Table, path: Path) -> None:
    """Put the figures of one form and size beside those of the others."""
    held: list[Table] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []
    others = [one for one in held if (one["form"], one["gigabytes"]) != (found["form"], found["gigabytes"])]
    path.write_text(json.dumps([*others, found], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    figures = main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
    if figures is not None and len(sys.argv) > 4:
        keep(figures, Path(sys.argv[4]))
    sys.exit(1 if figures is None else 0)

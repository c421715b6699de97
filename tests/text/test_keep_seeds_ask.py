"""Models as files, heads of seed words, and what to label next."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from halfstep.core.check import Fault
from halfstep.core.errors import MisuseError
from halfstep.data.models import read_heads, write_heads
from halfstep.native.texts import pack
from halfstep.text.ask import ask
from halfstep.text.cuts import answers
from halfstep.text.keep import from_bytes, to_bytes
from halfstep.text.score import margins
from halfstep.text.seeds import seeded

SEEDS = seeded(("touchpoint.price", "touchpoint.fuel"), (("价格", "price tag"), ("油耗", "发动机油耗")))


def test_seed_words_read_where_they_stand() -> None:
    texts = ["这价格太高", "油耗低", "what a Price  Tag!", "price", "没说什么", ""]
    said = answers(SEEDS, margins(SEEDS, pack(texts)))
    assert said.tolist() == [
        [True, False],
        [False, True],
        [True, False],
        [False, False],
        [False, False],
        [False, False],
    ]
    assert SEEDS.card["by"] == "seed words" and SEEDS.card["posts"] == 0
    with pytest.raises(MisuseError, match="seed words"):
        seeded(("own",), ())


def test_a_model_comes_back_as_it_was(tmp_path: Path) -> None:
    write_heads(tmp_path / "m.npz", SEEDS)
    found = read_heads(tmp_path / "m.npz")
    assert not isinstance(found, Fault)
    assert found.names == SEEDS.names and found.card == SEEDS.card and found.grams == SEEDS.grams
    assert (found.weight == SEEDS.weight).all() and (found.cut == SEEDS.cut).all()
    assert to_bytes(found) == (tmp_path / "m.npz").read_bytes() and [p.name for p in tmp_path.iterdir()] == ["m.npz"]


def changed(name: str, raw: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(to_bytes(SEEDS))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            new.writestr(part, raw if part == name else old.read(part))
        if name not in old.namelist():
            new.writestr(name, raw)
    return out.getvalue()


def array(held: np.ndarray[tuple[int, ...], np.dtype[np.generic]], pickled: bool = False) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, held, allow_pickle=pickled)
    return out.getvalue()


HOSTILE = {
    "no zip": b"\x00" * 100,
    "empty": b"",
    "pickle": changed("bias.npy", array(np.array([print, print], dtype=object), pickled=True)),
    "shape": changed("weight.npy", array(np.zeros((4, 16), dtype=np.int8))),
    "dtype": changed("weight.npy", array(np.zeros(SEEDS.weight.shape, dtype=np.float16))),
    "bomb": changed("bias.npy", bytes(1 << 22)),
    "nan": changed("slope.npy", array(np.full(2, np.nan))),
    "more": changed("more.npy", array(np.zeros(1))),
    "json": changed("about.npy", array(np.frombuffer(b"[1]", dtype=np.uint8))),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_are_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(MisuseError, match="expected a model"):
        from_bytes(HOSTILE[kind])
    (tmp_path / "m.npz").write_bytes(HOSTILE[kind])
    assert isinstance(read_heads(tmp_path / "m.npz"), Fault)


def test_audit_posts_are_drawn_by_lot_and_the_others_are_unsure_and_unlike() -> None:
    n, rng = 60, np.random.default_rng(0)
    X = csr_matrix(np.eye(n)[:, np.repeat(np.arange(20), 3)])
    p = np.full((n, 1), 0.01)
    p[:12] = 0.5
    drawn = np.zeros(n)
    for _ in range(600):
        found = ask(X, p, np.arange(n), (15, 4), rng)
        drawn[found.audit] += 1
        assert found.drawn == 0.25 and not set(found.audit) & set(found.train) and len(found.train) == 4
    assert np.abs(drawn / 600 - 0.25).max() < 5 * np.sqrt(0.25 * 0.75 / 600)
    alone = ask(X, p, np.zeros(n, dtype=np.int64), (0, 4), rng)
    assert len(alone.train) == 1
    with pytest.raises(MisuseError, match="no more audit"):
        ask(X, p, np.arange(n), (61, 0), rng)

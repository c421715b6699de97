"""Heads as bytes of an .npz file and back: plain arrays and a card, no pickle, nothing that runs."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import numpy.typing as npt

from halfstep.core.errors import MisuseError
from halfstep.native.grams import Grams
from halfstep.text.heads import BLOCK, Heads

__all__ = ["VERSION", "from_bytes", "to_bytes"]

VERSION = "halfstep heads 1"
MOST_HEADS, MOST_CARD = 1024, 1 << 20
_LINES = ("scale", "bias", "slope", "offset", "cut")
_PARTS = {"about.npy", "weight.npy", *(f"{line}.npy" for line in _LINES)}


def to_bytes(heads: Heads) -> bytes:
    """Return an .npz file; the same heads give the same bytes."""
    grams = heads.grams
    about = {
        "version": VERSION, "names": list(heads.names), "card": heads.card,
        "grams": [grams.low, grams.high, grams.words, *grams.inside, grams.bits],
    }  # fmt: skip
    parts: dict[str, npt.NDArray[np.generic]] = {
        "about": np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), dtype=np.uint8),
        "weight": heads.weight,
    } | {line: getattr(heads, line) for line in _LINES}
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            one = io.BytesIO()
            np.lib.format.write_array(one, np.ascontiguousarray(part), allow_pickle=False)
            packed.writestr(zipfile.ZipInfo(f"{name}.npy"), one.getvalue(), zipfile.ZIP_DEFLATED)
    return held.getvalue()


def from_bytes(raw: bytes) -> Heads:
    """Return the heads of an .npz file.

    Raises
    ------
    MisuseError
        Where it is anything else than what `to_bytes` writes: other parts, shapes, types, figures that are not finite, more than
        it says it holds. Nothing of a size that the file itself made up is read before it is checked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            return _unpacked(packed)
    except MisuseError:
        raise
    except Exception as error:  # whatever a hostile archive or JSON makes its readers raise
        raise _refused(f"{type(error).__name__}: {error}") from error


def _unpacked(packed: zipfile.ZipFile) -> Heads:
    names = packed.namelist()
    if len(names) != len(_PARTS) or set(names) != _PARTS:
        raise _refused(f"parts {sorted(set(names))[:9]}")
    about = json.loads(_array(packed, "about", np.dtype(np.uint8), (None,), MOST_CARD).tobytes())
    if about["version"] != VERSION:
        raise _refused(f"version {about['version']!r}")
    heads, card = tuple(about["names"]), about["card"]
    if not 1 <= len(heads) <= MOST_HEADS or not all(isinstance(name, str) for name in heads):
        raise _refused(f"{len(heads)} heads")
    if not all(isinstance(value, str | float | int) for value in card.values()):
        raise _refused("a card of something else than words and figures")
    low, high, words, inside_low, inside_high, bits = (int(figure) for figure in about["grams"])
    grams = Grams(low, high, words, (inside_low, inside_high), bits)
    shape = (1 << bits, -(-len(heads) // BLOCK) * BLOCK)
    weight: npt.NDArray[np.int8] = _array(packed, "weight", np.dtype(np.int8), shape, shape[0] * shape[1]).astype(
        np.int8
    )
    lines = [
        _array(packed, line, np.dtype(np.float64), (len(heads),), 8 * len(heads)).astype(np.float64) for line in _LINES
    ]
    if not all(np.isfinite(line).all() for line in lines[:4]) or np.isnan(lines[4]).any():
        raise _refused("figures that are not finite")
    scale, bias, slope, offset, cut = lines
    return Heads(grams, heads, weight, scale, bias, slope, offset, cut, card)


def _array(
    packed: zipfile.ZipFile, name: str, dtype: np.dtype[np.generic], shape: tuple[int | None, ...], most: int
) -> npt.NDArray[np.generic]:
    """Return one part after its size, type and shape were looked at."""
    info = packed.getinfo(f"{name}.npy")
    if info.file_size > most + 4096:
        raise _refused(f"{info.file_size} bytes of {name}, where {most} were expected")
    with packed.open(info) as part:
        held = io.BytesIO(part.read(most + 4097))
    if len(held.getvalue()) > most + 4096:
        raise _refused(f"more bytes of {name} than the file says")
    found: npt.NDArray[np.generic] = np.lib.format.read_array(held, allow_pickle=False)
    wanted = tuple(have if want is None else want for want, have in zip(shape, found.shape, strict=False))
    if found.dtype != dtype or found.ndim != len(shape) or found.shape != wanted:
        raise _refused(f"{name} of {found.dtype} {found.shape}")
    return np.ascontiguousarray(found)


def _refused(got: str) -> MisuseError:
    return MisuseError(f"expected a model that halfstep teach wrote; got {got}; teach it again")

"""Texts as bytes and places in them: what every text kernel takes, a copy of nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Bytes", "Places", "Texts", "pack"]

Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts in one buffer of UTF-8; windows of a text are texts of the same buffer.

    Attributes
    ----------
    data
        Bytes, shape (M,). Bytes that are no UTF-8 are allowed and belong to no character.
    begin, end
        Where each text begins and ends (exclusive), shape (n,); ``0 <= begin <= end <= M``. They may overlap.
    """

    data: Bytes
    begin: Places
    end: Places

    @property
    def n(self) -> int:
        """Number of texts."""
        return len(self.begin)


def pack(texts: Iterable[str]) -> Texts:
    """Return Python strings as texts.

    Examples
    --------
    >>> found = pack(["半步", "half"])
    >>> found.begin.tolist(), found.end.tolist()
    ([0, 6], [6, 10])
    """
    held = [text.encode("utf-8", errors="surrogatepass") for text in texts]
    end = np.cumsum([len(text) for text in held], dtype=np.int64)
    begin = np.concatenate([np.zeros(1, dtype=np.int64), end])[:-1] if held else end
    return Texts(np.frombuffer(b"".join(held), dtype=np.uint8), begin, end)

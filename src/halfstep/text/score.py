"""Scores: margins and probabilities of all heads for many texts in one pass over their bytes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.native.grams import Margins, Weights
from halfstep.native.text_door import text_kernel
from halfstep.native.texts import Texts
from halfstep.text.heads import Heads

__all__ = ["margins", "probabilities", "quantised"]

_STEP = 1 << 16


def margins(heads: Heads, texts: Texts) -> Margins:
    """Return each head's margin for each text, shape (n, H); a text without n-grams has the head's bias.

    The bits depend neither on how texts are split into batches, nor on threads, nor on the kernel.

    Examples
    --------
    >>> import numpy as np
    >>> from halfstep.native.texts import pack
    >>> from halfstep.text.heads import Grams, Heads
    >>> one = np.ones(1)
    >>> heads = Heads(Grams(low=1, high=1), ("own",), np.ones((1 << 18, 16), dtype=np.int8), one, -2 * one, one, 0 * one, 0 * one)
    >>> margins(heads, pack(["四个汉字", ""])).ravel().tolist()
    [0.0, -2.0]
    """
    return text_kernel().margins(texts, heads.grams, Weights(heads.weight, heads.scale, heads.bias))


def probabilities(heads: Heads, texts: Texts) -> npt.NDArray[np.float32]:
    """Return each head's probability ``1 / (1 + exp(-(slope * margin + offset)))`` for each text, shape (n, H)."""
    return _platt(heads, margins(heads, texts))


def quantised(heads: Heads, texts: Texts) -> npt.NDArray[np.uint8]:
    """Return probabilities in steps of 1/255, ``round(255 p)``, shape (n, H): a byte a head, for tallies of millions."""
    margin = margins(heads, texts)
    out = np.empty(margin.shape, dtype=np.uint8)
    for first in range(0, len(margin), _STEP):
        p = _platt(heads, margin[first : first + _STEP])
        out[first : first + _STEP] = np.rint(p * np.float32(255)).astype(np.uint8)
    return out


def _platt(heads: Heads, margin: Margins) -> npt.NDArray[np.float32]:
    """Return probabilities at margins."""
    x = margin.astype(np.float64)
    x *= heads.slope
    x += heads.offset
    np.negative(x, out=x)
    with np.errstate(over="ignore"):
        np.exp(x, out=x)
    x += 1
    return np.reciprocal(x, out=x).astype(np.float32)

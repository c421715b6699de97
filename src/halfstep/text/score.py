"""Scores: margins and probabilities of all heads for many texts in one pass over their bytes."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from halfstep.native.grams import Margins, Weights
from halfstep.native.tally import Steps, stepped
from halfstep.native.text_door import text_kernel
from halfstep.native.texts import Texts
from halfstep.text.heads import Heads

__all__ = ["margins", "probabilities", "quantised"]


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
    """Return probabilities in steps of 1/255, ``round(255 p)``, shape (n, H): a byte a head, for tallies of millions.

    Step k begins where the probability is (k - 1/2) / 255, so that no exponential is needed and no bit depends on one.
    """
    return stepped(margins(heads, texts), _steps(heads))


def _steps(heads: Heads) -> Steps:
    p = (np.arange(1, 256) - 0.5) / 255
    sign = np.where(heads.slope < 0, -1.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        at = (np.log(p / (1 - p)) - heads.offset[:, None]) / np.abs(heads.slope)[:, None]
    at[np.isnan(at)] = -np.inf  # a head that always says just that
    return Steps(sign.astype(np.float32), at.astype(np.float32))


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

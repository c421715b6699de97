"""Who is named: a lexicon of names as people write them, its mentions in texts, and the windows around those."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfstep.core.errors import MisuseError
from halfstep.native import mentions as loops
from halfstep.native.mentions import Mentions, Spellings, folded
from halfstep.native.texts import Texts

__all__ = ["Lexicon", "Mentions", "find", "windows"]


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Names and their spellings.

    Attributes
    ----------
    names
        How many names there are.
    spellings
        Folded, for the kernel.
    """

    names: int
    spellings: Spellings

    @classmethod
    def of(cls, written: tuple[tuple[str, ...], ...], never: tuple[tuple[str, ...], ...] = ()) -> Lexicon:
        """Return the lexicon of names.

        Parameters
        ----------
        written
            Spellings of each name; case, full width and the amount of white space do not matter. A spelling may be that of
            several names: then each is mentioned.
        never
            For each name longer words that hold one of its spellings and mean something else; empty: none of any name.

        Raises
        ------
        MisuseError
            For an empty spelling, or a `never` word that is itself a spelling of the name.
        """
        if never and len(never) != len(written):
            raise MisuseError(f"expected words that never mean it for each of {len(written)} names, got {len(never)}")
        held: dict[tuple[int, bytes], bool] = {}
        for said, words in ((False, written), (True, never)):
            for name, own in enumerate(words):
                for word, made in zip(own, folded(own), strict=True):
                    if not made or b"\0" in made:
                        raise MisuseError(f"expected spellings with letters and no NUL, got {word!r}; take it out")
                    if said and held.get((name, made)) is False:
                        raise MisuseError(
                            f"{word!r} is both a spelling of a name and a word that never means it; take one out"
                        )
                    held[name, made] = said
        data = [made for _, made in held]
        at = np.cumsum([0, *map(len, data)], dtype=np.int64)
        return cls(
            len(written),
            Spellings(
                np.frombuffer(b"".join(data), dtype=np.uint8),
                at,
                np.array([name for name, _ in held], dtype=np.int32),
                np.array(list(held.values()), dtype=np.bool_),
                len(written),
            ),
        )


def find(texts: Texts, lexicon: Lexicon) -> Mentions:
    """Return every mention of every name, sorted by text, then begin, then name.

    A spelling's end that is an ASCII letter or digit touches no other ASCII letter or digit; Chinese characters may touch
    it. What lies inside a `never` word of its own name is no mention. Of the rest of one name the leftmost are taken, of
    those the longest, without overlap. Mentions of different names may overlap: a product's name may hold its brand's.

    Examples
    --------
    >>> from halfstep.native.texts import pack
    >>> lexicon = Lexicon.of((("Wick", "威客"), ("Wick 5", "威客5")), (("威客网",), ()))
    >>> found = find(pack(["威客网说威客5", "ＷＩＣＫ  5 or wick50, Wick?"]), lexicon)
    >>> found.text.tolist(), found.name.tolist(), found.begin.tolist()
    ([0, 0, 1, 1, 1], [0, 1, 0, 1, 0], [12, 12, 19, 19, 46])
    """
    return loops.find(texts, lexicon.spellings)


def windows(texts: Texts, mentions: Mentions, characters: int) -> Texts:
    """Return `characters` characters on either side of each mention, the mention with them.

    They are texts of the same buffer, one a mention: nothing is copied, no character is cut, none leaves its own text.

    Examples
    --------
    >>> from halfstep.native.texts import pack
    >>> texts = pack(["半步之遥Wick好"])
    >>> near = windows(texts, find(texts, Lexicon.of((("wick",),))), 2)
    >>> bytes(texts.data[near.begin[0] : near.end[0]]).decode()
    '之遥Wick好'
    """
    return loops.windows(texts, mentions, characters)

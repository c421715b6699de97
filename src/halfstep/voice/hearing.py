"""The utterances of one study, from bytes to records: surveyed once, read once, then asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from halfstep.core.check import Check, Status
from halfstep.core.estimate import Estimate
from halfstep.core.series import Series
from halfstep.data.utterances import Utterances
from halfstep.market.inputs import Inputs
from halfstep.voice.codings import codings
from halfstep.voice.fickle import fickle, lives_of
from halfstep.voice.hand import Hand, lexicon_of
from halfstep.voice.ledger import covered, ledger, observed
from halfstep.voice.loud import found_bursts, loud
from halfstep.voice.reading import Taught, checks_of, reader_of
from halfstep.voice.replies import replies
from halfstep.voice.scan import Reader, merge, scan
from halfstep.voice.shares import shares
from halfstep.voice.survey import Survey, survey
from halfstep.voice.tallies import Tallies
from halfstep.voice.turns import contents, fames, flips
from halfstep.voice.writer import Facts, Writer

__all__ = ["Hearing"]

Record = Estimate | Series | Check
SAMPLE, FOLLOWED = 2_000, 200_000
"""Utterances drawn for the reader's eye, and most posts of followed authors."""


@dataclass(slots=True)
class Hearing:
    """The utterances of one study, gone through twice: once to survey them, once to read them."""

    inputs: Inputs
    utterances: Utterances
    rng: np.random.Generator

    def records(self) -> Iterator[Record]:
        """Yield everything that is found in them."""
        config = self.inputs.config
        labels = self.inputs.labels
        asked = np.empty(0, np.uint64) if labels is None else Hand.textless(labels)
        by_text = labels is not None and config.label_columns is not None and config.label_columns.id is None
        said = labels.frame["text"].to_list() if labels is not None and by_text else []
        seen = survey(self.utterances.batches(), config.voice, asked, said)
        labels = Hand.placed(labels, seen.keys) if labels is not None and by_text else labels
        hand = None if labels is None else Hand(config, labels, seen.texts)
        write = Writer(config, self.utterances.file, seen.rows, seen.n)
        yield from self._aside(seen, write)
        if not seen.n:
            yield write.refusal(
                "voice.utterances",
                "voice utterances",
                "voice nothing read",
                ("utterances that can be read",),
                (write.origin("named"), ()),
            )
            return
        taught = reader_of(config, hand, self.inputs.heads, self.rng)
        tallies, brands = self._read(seen, taught, hand)
        yield from ledger(tallies, self.inputs.exposure, brands, write)
        yield from codings(tallies, hand, brands, self.utterances.place, write)
        if taught is not None:
            yield from checks_of(taught, write)
            yield from shares(tallies, hand, write)
        total = observed(tallies, self.inputs.exposure)
        flares = found_bursts(tallies, total, write)
        yield from loud(tallies, flares, write)
        lives = lives_of(tallies, total, flares, config.voice.level, self.rng)
        yield from fickle(tallies, self.inputs.exposure, lives, write, self.rng)
        yield from fames(tallies, lives, total, write)
        yield from flips(tallies, hand, write, self.rng)
        yield from contents(tallies, hand, brands, write)
        yield from replies(tallies, seen, write, self.rng)

    def _read(self, seen: Survey, taught: Taught | None, hand: Hand | None) -> tuple[Tallies, dict[int, str]]:
        """Read every utterance; return what it adds up to, and the brand of each place in `Reader.whole`."""
        voice = self.inputs.config.voice
        ids = [name.id for name in voice.names]
        founders = {
            brand: tuple(k for k, name in enumerate(voice.names) if name.kind == "founder" and name.of == brand)
            for brand in ids
        }
        brands = [brand for brand in ids if founders[brand]]
        rest = {
            b: tuple(
                k for k, name in enumerate(voice.names) if name.id == b or (name.kind == "product" and name.of == b)
            )
            for b in brands
        }
        reader = Reader(
            tuple(ids), lexicon_of(self.inputs.config), None if taught is None else taught.heads,
            tuple((founders[b], rest[b]) for b in brands), voice.window, seen.copies.copy_rows,
            np.unique(hand.audit["key"].to_numpy()) if hand is not None else np.empty(0, np.uint64),
            max(1, seen.n // SAMPLE), -(-seen.authored // FOLLOWED), seen.roots,
        )  # fmt: skip
        frame = merge((scan(batch, reader) for batch in self.utterances.batches()), reader)
        return Tallies(frame, reader, voice, seen.dated > 0, covered(self.inputs.exposure)), dict(enumerate(brands))

    def _aside(self, seen: Survey, write: Writer) -> Iterator[Check]:
        """Yield what was not read, and what was said again."""
        rejected = sum(self.utterances.rejected.values())
        tally = self.utterances.tally
        facts: Facts = (
            ("rejected", rejected), ("rows", tally.rows), ("used", seen.n), ("same", tally.same_id), ("left", sum(tally.left_out.values())),
        )  # fmt: skip
        status = Status.REVIEW if rejected else Status.PASS
        yield write.check("rejected", status, "voice rejected" if rejected else "voice all read", facts)
        again = len(seen.copies.copy_rows)
        if again:
            largest = int(seen.copies.size.max())
            chorus = int((seen.copies.size >= self.inputs.config.voice.copies.chorus).sum())
            facts = (("copies", again), ("share", again / seen.n), ("largest", largest), ("chorus", chorus))
            yield write.check("copies", Status.REVIEW if chorus else Status.PASS, "voice copies", facts)

"""From a study folder to a checked `Loaded`: settings, tables, hashes, faults."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from halfstep.core.check import Fault, Guess
from halfstep.core.config import StudyConfig, Text
from halfstep.core.errors import MisuseError, StudyFaultsError
from halfstep.data.buyers import uncovered
from halfstep.data.cells.settle import settle
from halfstep.data.choices import Beliefs, Choices, Lineup, tidy_beliefs, tidy_choices, tidy_lineup
from halfstep.data.outcomes import Outcomes, tidy_outcomes
from halfstep.data.press import Press, read_press
from halfstep.data.read.tables import Table, parted, read_table
from halfstep.data.rules import check_tables
from halfstep.data.schema import Sales, tidy_sales
from halfstep.data.side import Side, plans, tidy_side
from halfstep.data.voice import Controversies, Exposure, Labels, tidy_controversies, tidy_exposure, tidy_labels

if TYPE_CHECKING:
    from halfstep.data.utterances import Utterances
    from halfstep.text.heads import Heads

__all__ = ["Loaded", "load"]

_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A study whose settings and tables passed every check.

    Attributes
    ----------
    config
        Settings as read; command-line overrides applied.
    inputs
        File as study.toml names it -> sha256.
    guesses
        What the readers decided without being told, in the order of the tables.
    sold
        The sales table in the study's terms; None where the study names none.
    press
        Printed figures known at the as-of date; None where the study names no press table.
    reach, flow, second_choices, buyers, micro
        The optional tables, None where the study names none.
    outcomes
        Outcomes in which events may show, in the order of the study.
    choices, beliefs, lineup
        A choice experiment, what respondents believe, real products; None where the study names no such table.
    utterances
        What people say, not read yet but for its first rows; None where the study names no such table.
    labels, exposure, controversies
        Hand labels, rows in all, the ledger of controversies; None where the study names no such table.
    heads
        The taught model that `voice.model` names; None where the study names none.
    """

    config: StudyConfig
    inputs: dict[str, str]
    guesses: tuple[Guess, ...] = ()
    sold: Sales | None = None
    press: Press | None = None
    reach: Side | None = None
    flow: Side | None = None
    second_choices: Side | None = None
    buyers: Side | None = None
    micro: Side | None = None
    outcomes: tuple[Outcomes, ...] = ()
    choices: Choices | None = None
    beliefs: Beliefs | None = None
    lineup: Lineup | None = None
    utterances: Utterances | None = None
    labels: Labels | None = None
    exposure: Exposure | None = None
    controversies: Controversies | None = None
    heads: Heads | None = None

    @property
    def sales(self) -> Sales:
        """The sales table.

        Raises
        ------
        MisuseError
            If the study names none.
        """
        if self.sold is None:
            raise MisuseError("expected a study with a sales table; this one has none: look at `sold` first")
        return self.sold

    @property
    def left_out(self) -> dict[str, int]:
        """Reason -> rows that the scope or the as-of date left out."""
        out = dict(self.sold.left_out) if self.sold else {}
        for reason, rows in (self.press.left_out if self.press else {}).items():
            out[f"press, {reason}"] = rows
        of_rows = {outcome.id for outcome in self.config.outcomes if outcome.table == "outcomes"}
        for found in (found for found in self.outcomes if found.id in of_rows):
            for reason, rows in found.left_out.items():
                out[f"outcomes, {reason}"] = out.get(f"outcomes, {reason}", 0) + rows
        for table, side in (("exposure", self.exposure), ("controversies", self.controversies)):
            if side is not None and side.left_out:
                out[f"{table}, after as_of"] = side.left_out
        return out


def load(folder: Path, *, as_of: str | None = None, seed: int | None = None) -> Loaded:
    """Read and check a study folder, or the study.toml in it.

    Raises
    ------
    StudyFaultsError
        With every fault found, so that all can be mended in one go.
    """
    path = folder if folder.suffix == ".toml" else folder / "study.toml"
    config, settings_hash = _settings(path)
    changes: dict[str, object] = {k: v for k, v in (("as_of", as_of), ("seed", seed)) if v is not None}
    if changes:
        config = _changed(path.name, config, changes)
    small = {name: file for name, file in config.tables.items() if name != "utterances"}
    read = {name: _read(name, path.parent, file, config.obtain.get(name)) for name, file in small.items()}
    said = _utterances(config, path.parent)
    model = _model(config, path.parent)
    faults = [fault for found in (*read.values(), said) if isinstance(found, tuple) for fault in found]
    faults += [model] if isinstance(model, Fault) else []
    tables = settle(config, {name: found for name, found in read.items() if isinstance(found, Table)})
    faults += check_tables(config, tables)
    press, wrong = read_press(config, tables["press"]) if "press" in tables else (None, [])
    faults += wrong
    if faults:
        raise StudyFaultsError(tuple(faults))
    sold = None
    if "sales" in tables:
        sold, faults = tidy_sales(config, tables)
        if faults:
            raise StudyFaultsError(tuple(faults))
    inputs = {path.name: settings_hash} | {file: tables[name].sha256 for name, file in small.items()}
    guesses = [guess for table in tables.values() for guess in table.guesses]
    if said is not None and not isinstance(said, tuple):
        inputs[said.file], guesses = said.sha256, [*guesses, *said.guesses]
    heads = None
    if config.voice.model is not None and model is not None and not isinstance(model, Fault):
        heads, inputs[config.voice.model] = model
    sides = {plan.name: tidy_side(config, plan, tables[plan.name]) for plan in plans(config)}
    if sold is not None and "buyers" in sides and (faults := list(uncovered(sold, sides["buyers"]))):
        raise StudyFaultsError(tuple(faults))
    shown, taken = tidy_outcomes(config, tables, sold)
    choices, beliefs = tidy_choices(config, tables), tidy_beliefs(config, tables)
    guesses += [*(press.guesses if press else ()), *taken]
    guesses += [guess for found in (choices, beliefs) if found is not None for guess in found.guesses]
    return Loaded(
        config, inputs, tuple(guesses), sold, press, sides.get("reach"), sides.get("flow"), sides.get("second_choices"),
        sides.get("buyers"), sides.get("micro"), shown, choices, beliefs, tidy_lineup(config, tables),
        said if not isinstance(said, tuple) else None, tidy_labels(config, tables), tidy_exposure(config, tables), tidy_controversies(config, tables), heads,
    )  # fmt: skip


def _utterances(config: StudyConfig, folder: Path) -> Utterances | tuple[Fault, ...] | None:
    """Open the table of utterances; None where the study names none, or does not say which column is what."""
    if "utterances" not in config.tables or config.utterance_columns is None:
        return None
    from halfstep.data.utterances import open_utterances

    file = config.tables["utterances"]
    path, hidden, where = _located(folder, file, config.obtain.get("utterances"))
    if path is None:
        return _unset(file, where)
    found = open_utterances(config, path, file)
    if not isinstance(found, tuple):
        return found
    shown = (replace(f, what=f.what.replace(str(path), file)) if hidden else f for f in found)
    return tuple(replace(f, mend=f.mend + ("" if path.exists() else where)) for f in shown)


def _model(config: StudyConfig, folder: Path) -> tuple[Heads, str] | Fault | None:
    """Return the taught model that the study names and the sha256 of its file; None where it names none."""
    if config.voice.model is None:
        return None
    from halfstep.data.models import read_heads

    path = folder / config.voice.model
    found = read_heads(path)
    if isinstance(found, Fault):
        return replace(found, table=config.voice.model, what=found.what.replace(str(path), config.voice.model))
    return found, hashlib.sha256(path.read_bytes()).hexdigest()


def _read(name: str, folder: Path, file: str, told: Text | None) -> Table | tuple[Fault, ...]:
    """Read a table; where its file is absent, the fault says where it is obtained, as it was `told`.

    A name may begin with an environment variable, ${CASES}/sales.csv; what that stands for is never printed.
    """
    path, variable, where = _located(folder, file, told)
    if path is None:
        return _unset(file, where)
    found = read_table(name, path)
    if isinstance(found, Table):
        return found
    held = parted(path)[0]
    hidden, where = (str(held) if variable else ""), "" if held.is_file() else where
    return tuple(
        replace(fault, what=fault.what.replace(hidden, file) if hidden else fault.what, mend=fault.mend + where)
        for fault in found
    )


def _located(folder: Path, file: str, told: Text | None) -> tuple[Path | None, bool, str]:
    """Return where a file is (None where its variable is not set), whether a variable says so, and where it is obtained."""
    where = "" if told is None else "".join(f"; {text}" for text in dict.fromkeys((told.en, told.zh)))
    variable = _VARIABLE.match(file)
    if variable is None:
        return folder / file, False, where
    root = os.environ.get(variable[1], "")
    return (Path(root + file[variable.end() :]) if root else None), True, where


def _unset(file: str, where: str) -> tuple[Fault, ...]:
    """Return the fault of a variable that is not set."""
    variable = _VARIABLE.match(file)
    assert variable is not None
    what = f"expected the environment variable {variable[1]}, with the folder of {file}; it is not set"
    return (Fault(table=file, what=what, mend=f"set {variable[1]}{where}"),)


def _settings(path: Path) -> tuple[StudyConfig, str]:
    try:
        raw = path.read_bytes()
        parsed = tomllib.loads(raw.decode("utf-8-sig"))
    except OSError:
        fault = Fault(
            table=str(path), what="expected a study file; there is none", mend="name a folder that holds study.toml"
        )
        raise StudyFaultsError((fault,)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        fault = Fault(table=path.name, what=f"expected TOML in UTF-8: {error}", mend="correct that line")
        raise StudyFaultsError((fault,)) from None
    return _validated(path.name, parsed), hashlib.sha256(raw).hexdigest()


def _changed(file: str, config: StudyConfig, changes: dict[str, object]) -> StudyConfig:
    settings = config.model_dump(exclude_unset=True)
    settings["study"] |= changes
    return _validated(file, settings)


def _validated(file: str, settings: dict[str, object]) -> StudyConfig:
    try:
        return StudyConfig.model_validate(settings)
    except ValidationError as error:
        faults = tuple(
            Fault(
                table=file,
                column=".".join(str(part) for part in item["loc"]) or None,
                what=f"{item['msg'].lower()}; got {str(item['input'])[:60]!r}",
                mend="see docs/study.md for the key",
            )
            for item in error.errors()
        )
        raise StudyFaultsError(faults) from None

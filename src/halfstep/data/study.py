"""From a study folder to a checked `Loaded`: settings, tables, hashes, faults."""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from halfstep.core.check import Fault, Guess
from halfstep.core.config import StudyConfig, Text
from halfstep.core.errors import MisuseError, StudyFaultsError
from halfstep.data.buyers import uncovered
from halfstep.data.choices import Beliefs, Choices, Lineup, tidy_beliefs, tidy_choices, tidy_lineup
from halfstep.data.claims import Claims, read_claims
from halfstep.data.docket_names import called
from halfstep.data.frozen import as_of_of
from halfstep.data.months import Months, read_months
from halfstep.data.optional import left_without, without
from halfstep.data.outcomes import Outcomes, tidy_outcomes
from halfstep.data.press import Press, read_press
from halfstep.data.read.tables import Table, parted, read_table
from halfstep.data.rules import check_tables
from halfstep.data.schema import Sales, tidy_sales
from halfstep.data.settle import settle
from halfstep.data.side import Side, plans, tidy_side
from halfstep.data.voice import Controversies, Exposure, Labels, tidy_controversies, tidy_exposure, tidy_labels

if TYPE_CHECKING:
    from halfstep.data.utterances import Utterances
    from halfstep.text.heads import Heads

__all__ = ["Loaded", "load"]

_LATER = "after as_of"
_MAY_BE_EMPTY = ("press", "outcomes", "ramp", "ramps")
"""Tables of which no row need be known yet: what they would show then has no answer."""
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A study whose settings and tables passed every check.

    Attributes
    ----------
    config
        Settings as read; command-line overrides applied, optional tables that are absent taken out.
    inputs
        File as study.toml names it -> sha256; where rows first known after the as-of date were left out, of the rest
        (`halfstep.data.read.tables.Table.sha256`).
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
    claims
        What a source says; None where the study names no such table.
    ramp, ramps
        Months of the maker in question and of others; None where the study names no such table.
    absent
        Optional table that the study goes on without -> where it, or the table that it hangs on, is obtained; its file where
        study.toml does not say.
    later
        Table that says from when its rows are known -> rows first known after the as-of date, which are not looked at.
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
    claims: Claims | None = None
    ramp: Months | None = None
    ramps: Months | None = None
    absent: dict[str, Text] = field(default_factory=dict)
    later: dict[str, int] = field(default_factory=dict)

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
        """Reason -> rows that the scope or the as-of date left out.

        Rows first known after the as-of date are in none of them where a table says from when they are known: a run frozen at
        that date must not show how many have come since.
        """
        out = dict(self.sold.left_out) if self.sold else {}
        for reason, rows in (self.press.left_out if self.press else {}).items():
            out[f"press, {reason}"] = rows
        if "sales" in self.later:
            out.pop(_LATER, None)
        of_rows = {outcome.id for outcome in self.config.outcomes if outcome.table == "outcomes"}
        for found in (found for found in self.outcomes if found.id in of_rows):
            for reason, rows in found.left_out.items():
                out[f"outcomes, {reason}"] = out.get(f"outcomes, {reason}", 0) + rows
        for table, side in (("exposure", self.exposure), ("controversies", self.controversies)):
            if side is not None and side.left_out:
                out[f"{table}, {_LATER}"] = side.left_out
        for table in self.later:
            out.pop(f"{table}, {_LATER}", None)
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
    whole, absent = config, _absent(config, path.parent)
    config = without(config, absent)
    small = {name: file for name, file in config.tables.items() if name != "utterances"}
    read = {name: _read(config, name, path.parent) for name in small}
    said = _utterances(config, path.parent)
    model = _model(config, path.parent)
    faults = [fault for found in (*read.values(), said) if isinstance(found, tuple) for fault in found]
    faults += [model] if isinstance(model, Fault) else []
    tables = settle(config, {name: found for name, found in read.items() if isinstance(found, Table)})
    faults += check_tables(config, tables, whole)
    press, wrong = read_press(config, tables["press"]) if "press" in tables else (None, [])
    faults += wrong
    claims, wrong = read_claims(config, tables["claims"]) if "claims" in tables else (None, [])
    faults += wrong
    months, wrong = _months(config, tables)
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
    told = (choices, beliefs, claims, *months.values())
    guesses += [guess for found in told if found is not None for guess in found.guesses]
    return Loaded(
        config, inputs, tuple(guesses), sold, press, sides.get("reach"), sides.get("flow"), sides.get("second_choices"),
        sides.get("buyers"), sides.get("micro"), shown, choices, beliefs, tidy_lineup(config, tables),
        said if not isinstance(said, tuple) else None, tidy_labels(config, tables), tidy_exposure(config, tables), tidy_controversies(config, tables), heads,
        claims, months.get("ramp"), months.get("ramps"), absent,
        {name: table.later for name, table in tables.items() if as_of_of(config, name) is not None},
    )  # fmt: skip


def _absent(config: StudyConfig, folder: Path) -> dict[str, Text]:
    """Return the optional tables that cannot be read -> where they are obtained; none where the study would have no table left."""
    files = {str(name): file for name, file in config.tables.items()}
    lacking = []
    for name in (name for name in config.optional if name in files):
        path = _located(folder, files[name], None)[0]
        if path is None or not (path.exists() or parted(path)[0].exists()):
            lacking.append(name)
    gone = left_without(config, lacking)
    if set(files) <= set(gone):
        return {}
    return {name: config.obtain.get(on, Text(en=files[on], zh=files[on])) for name, on in gone.items()}


def _months(config: StudyConfig, tables: dict[str, Table]) -> tuple[dict[str, Months], list[Fault]]:
    """Read the tables of months that the study has, and what is wrong with them."""
    found: dict[str, Months] = {}
    faults: list[Fault] = []
    for name, columns in (("ramp", config.ramp_columns), ("ramps", config.ramps_columns)):
        if columns is not None and name in tables:
            months, wrong = read_months(config, tables[name], columns, config.ramp.maker or config.study.focal)
            faults += wrong
            found |= {} if months is None else {name: months}
    return found, faults


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


def _read(config: StudyConfig, name: str, folder: Path) -> Table | tuple[Fault, ...]:
    """Read a table; where its file is absent, the fault says where it is obtained, as the study tells.

    A name may begin with an environment variable, ${CASES}/sales.csv; what that stands for is never printed.
    """
    file = {str(known): file for known, file in config.tables.items()}[name]
    path, variable, where = _located(folder, file, config.obtain.get(name))
    if path is None:
        return _unset(file, where)
    found = read_table(name, path, as_of_of(config, name))
    if isinstance(found, Table):
        if found.frame.height or name in _MAY_BE_EMPTY:
            return found
        what = f"expected rows known by {config.study.as_of}; all {found.later} were first known later"
        return (Fault(table=file, what=what, mend="move as_of, or look at first_known"),)
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
    return _validated(path.name, parsed, raw.decode("utf-8-sig")), hashlib.sha256(raw).hexdigest()


def _changed(file: str, config: StudyConfig, changes: dict[str, object]) -> StudyConfig:
    settings = config.model_dump(exclude_unset=True)
    settings["study"] |= changes
    return _validated(file, settings)


def _validated(file: str, settings: dict[str, object], text: str = "") -> StudyConfig:
    """Check settings; `text` is the file, in which a key may wait behind a # to be filled in."""
    try:
        return StudyConfig.model_validate(settings)
    except ValidationError as error:
        faults = tuple(
            Fault(
                table=file,
                column=called(settings, item["loc"]) or None,
                what=f"{item['msg'].lower()}; got {_came(item['type'], item['input'])}",
                mend=_mend(item["type"], item["loc"], text),
            )
            for item in error.errors()
        )
        raise StudyFaultsError(faults) from None


def _came(kind: str, value: object) -> str:
    """Return what stands under a key; of a section or a list only that it is one."""
    if kind == "missing" or value is None:
        return "nothing"
    return "a section" if isinstance(value, dict) else "a list" if isinstance(value, list) else repr(str(value)[:60])


def _mend(kind: str, key: tuple[int | str, ...], text: str) -> str:
    """Return what to do about a key: to take off the mark of what is left to fill in, where the file has it."""
    name = str(key[-1]) if key else ""
    if kind == "missing" and re.search(rf"(?m)^#\s*{re.escape(name)}\s*=", text):
        return f"take the # off {name} and fill it in"
    return "see docs/study.md for the key"

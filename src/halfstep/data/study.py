"""From a study folder to a checked `Loaded`: settings, tables, hashes, faults."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from halfstep.core.check import Fault, Guess
from halfstep.core.config import StudyConfig
from halfstep.core.errors import MisuseError, StudyFaultsError
from halfstep.data.buyers import uncovered
from halfstep.data.cells.settle import settle
from halfstep.data.press import Press, read_press
from halfstep.data.read.tables import Table, read_table
from halfstep.data.rules import check_tables
from halfstep.data.schema import Sales, tidy_sales
from halfstep.data.side import Side, plans, tidy_side

__all__ = ["Loaded", "load"]


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
    read = {name: read_table(name, path.parent / file) for name, file in config.tables.items()}
    faults = [fault for found in read.values() if not isinstance(found, Table) for fault in found]
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
    inputs = {path.name: settings_hash} | {file: tables[name].sha256 for name, file in config.tables.items()}
    guesses = [guess for table in tables.values() for guess in table.guesses]
    sides = {plan.name: tidy_side(config, plan, tables[plan.name]) for plan in plans(config)}
    if sold is not None and "buyers" in sides and (faults := list(uncovered(sold, sides["buyers"]))):
        raise StudyFaultsError(tuple(faults))
    optional = (sides.get(name) for name in ("reach", "flow", "second_choices", "buyers", "micro"))
    return Loaded(config, inputs, (*guesses, *(press.guesses if press else ())), sold, press, *optional)


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

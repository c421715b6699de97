"""From a study folder to a checked `Loaded`: settings, tables, hashes, faults."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from halfstep.core.check import Fault
from halfstep.core.config import StudyConfig
from halfstep.core.errors import StudyFaultsError
from halfstep.data.rules import check_tables
from halfstep.data.schema import Sales, tidy_sales
from halfstep.data.side import Side, plans, tidy_side
from halfstep.data.tables import Table, read_table

__all__ = ["Loaded", "load"]


@dataclass(frozen=True, slots=True, eq=False)
class Loaded:
    """A study whose settings and tables passed every check.

    Attributes
    ----------
    config
        Settings as read; command-line overrides applied.
    sales
        The sales table in the study's terms.
    inputs
        File as study.toml names it -> sha256.
    reach, flow, second_choices
        The optional tables, None where the study names none.
    """

    config: StudyConfig
    sales: Sales
    inputs: dict[str, str]
    reach: Side | None = None
    flow: Side | None = None
    second_choices: Side | None = None


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
    read = [read_table(name, path.parent / file) for name, file in config.tables.items()]
    missing = [fault for fault in read if isinstance(fault, Fault)]
    tables = {table.name: table for table in read if isinstance(table, Table)}
    faults = missing + check_tables(config, tables)
    if faults:
        raise StudyFaultsError(tuple(faults))
    sales, more = tidy_sales(config, tables)
    if more:
        raise StudyFaultsError(tuple(more))
    inputs = {path.name: settings_hash} | {file: tables[name].sha256 for name, file in config.tables.items()}
    sides = {plan.name: tidy_side(config, plan, tables[plan.name]) for plan in plans(config)}
    return Loaded(config, sales, inputs, *(sides.get(name) for name in ("reach", "flow", "second_choices")))


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

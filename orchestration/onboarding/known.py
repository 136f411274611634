"""Is this a layout that a built-in profile describes?

Belongs here: comparing file names and headers with the profiles. Does not belong here: what a profile maps (contracts/profiles).
"""

import csv
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.contracts import ContractError
from orchestration.contracts.odcs import ContractPart, TablePart, read
from orchestration.contracts.profile import PROFILES, with_profile
from orchestration.contracts.reading import CONVERTED_FORMATS
from orchestration.onboarding.files import GivenFile
from orchestration.onboarding.grid import Grid, fold_header


@dataclass(frozen=True)
class KnownProfile:
    """The profile that fits best, the files it reads and how many of its tables are there."""

    name: str
    files: tuple[str, ...]
    tables: int
    of_tables: int


def recognise(files: Sequence[GivenFile], grids: Sequence[Grid]) -> KnownProfile | None:
    """The profile most of whose tables have their file here, with the header they need."""
    headers: dict[str, set[str]] = {}
    for grid in grids:
        headers.setdefault(grid.file, set()).update(fold_header(name) for name in grid.names)
    best: tuple[float, KnownProfile] | None = None
    if not headers:
        return None
    for name, part in _profiles().items():
        fitting = [files_of for table in part.tables.values() if (files_of := _files(table, headers))]
        read_files = tuple(dict.fromkeys(member for group in fitting for member in group))
        wanted = [table for table in part.tables.values() if not table.extras.values.get("optional")]
        # Where every table may be missing, the profile must read most of what is there.
        met = sum(bool(_files(table, headers)) for table in wanted) / len(wanted) if wanted else len(read_files) / len(headers)
        version = _version_fits(part.extras.values.get("manifest"), files)
        if version is False or not fitting or met < 0.6 or (wanted and _too_small(part.tables, fitting)):
            continue
        score = met + 0.01 * len(fitting) + (1.0 if version else 0.0)
        if best is None or score > best[0]:
            best = (score, KnownProfile(name, read_files, len(fitting), len(part.tables)))
    return best[1] if best else None


@cache
def _profiles() -> dict[str, ContractPart]:
    """Built-in profiles as written; one that cannot be read is recognised nowhere."""
    found: dict[str, ContractPart] = {}
    for file in sorted(PROFILES.glob("*.yaml")):
        with suppress(ContractError):
            found[file.stem] = with_profile(read(file))
    return found


def _files(table: TablePart, headers: dict[str, set[str]]) -> list[str]:
    """Files with the name and the columns the table asks for."""
    globs = table.extras.values.get("files") or table.data.get("physicalName") or []
    globs = [globs] if isinstance(globs, str) else globs
    wanted = [_alternatives(prop.data, prop.extras.values) for prop in table.properties.values()]
    needed = [
        names
        for names, prop in zip(wanted, table.properties.values(), strict=True)
        if names and not prop.extras.values.get("optional_column")
    ]
    # Pages and interchange files write only what a record has.
    least = 0.5 if table.extras.values.get("reader", {}).get("format") in CONVERTED_FORMATS else 1.0
    return [
        name
        for name, found in headers.items()
        if any(fnmatch(name.lower(), str(glob).lower()) for glob in globs)
        and needed
        and sum(bool(names & found) for names in needed) >= least * len(needed)
    ]


def _alternatives(data: dict[str, Any], extras: dict[str, Any]) -> set[str]:
    column = data.get("physicalName")
    if not column or str(column).startswith("#"):
        return set()
    return {fold_header(str(name)) for name in (column, *extras.get("aliases", ()))}


def _too_small(tables: dict[str, TablePart], fitting: list[list[str]]) -> bool:
    """One file with a name anybody might use is no bundle, unless the profile is about one file."""
    return len(tables) > 2 and len({name for group in fitting for name in group}) < 2


def _version_fits(manifest: Any, files: Sequence[GivenFile]) -> bool | None:
    """Whether the manifest of the delivery says the version the profile is for; None where either says nothing."""
    if not isinstance(manifest, dict) or not manifest.get("expect"):
        return None
    globs = manifest.get("file", [])
    wanted = [str(glob).lower() for glob in ([globs] if isinstance(globs, str) else globs)]
    path = next((file.path for file in files if any(fnmatch(file.name.lower(), glob) for glob in wanted)), None)
    if path is None:
        return None
    said = _said(path, str(manifest.get("name", "propertyName")), str(manifest.get("value", "value")))
    return all(said.get(key) in [str(value) for value in values] for key, values in manifest["expect"].items() if key in said)


def _said(path: Path, name: str, value: str) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="", errors="replace") as stream:
        rows = csv.DictReader(stream)
        return {str(row.get(name, "")).strip(): str(row.get(value, "")).strip() for row in rows}

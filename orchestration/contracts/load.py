"""From contract files to `Contract`: profile merged, every part typed, every promise about feeds checked.

Does not belong here: the YAML and ODCS shape (yaml_lines.py, odcs.py), one table (tables.py) or its checks (check.py).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from orchestration.contracts import odcs
from orchestration.contracts.attendance import check_attendance
from orchestration.contracts.check import check_tables
from orchestration.contracts.errors import ContractError, ContractProblem
from orchestration.contracts.model import (
    AttendanceRules,
    Contract,
    DeliveryRules,
    IdSystem,
    Manifest,
    Party,
    Strictness,
    Terms,
)
from orchestration.contracts.odcs import ContractPart, Place
from orchestration.contracts.profile import with_profile
from orchestration.contracts.tables import TableBuilder


def load_contracts(folder: Path) -> dict[str, Contract]:
    """All contracts of a folder by source. Raises ContractError with every problem of every file."""
    contracts: dict[str, Contract] = {}
    problems: list[ContractProblem] = []
    for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        try:
            contract = load_contract(file)
        except ContractError as error:
            problems += error.problems
            continue
        contracts[contract.source] = contract
    if problems:
        raise ContractError(problems)
    return contracts


def load_contract(file: Path) -> Contract:
    """One contract file; a profile it names is merged in first."""
    own = odcs.read(file)
    problem = own.document.problem
    if own.data.get("id") != file.stem:
        raise ContractError([problem(("id",), f"the id is the source and must equal the file name: {file.stem}")])
    whole = with_profile(own)
    tables = whole.tables
    if not tables:
        raise ContractError([problem(("schema",), "a contract needs at least one table under schema, or a profile")])
    problems: list[ContractProblem] = []
    rules = _typed(whole, "delivery", DeliveryRules, problems) or DeliveryRules()
    party = _typed(whole, "party", Party, problems)
    terms = _typed(whole, "terms", Terms, problems)
    if party is None or terms is None:
        missing = [name for name in ("party", "terms") if name not in whole.extras.values]
        problems += [problem(("customProperties",), f"customProperties must say {name!r}") for name in missing]
        raise ContractError(problems)
    student_ids = _typed(whole, "student_ids", TypeAdapter(dict[str, IdSystem]), problems) or {"local": IdSystem()}
    attendance = _typed(whole, "attendance", AttendanceRules, problems) or AttendanceRules()
    strictness: Strictness = _typed(whole, "strictness", TypeAdapter(Strictness), problems) or "lenient"
    manifest = _typed(whole, "manifest", Manifest, problems)
    builder = TableBuilder(rules, student_ids, strictness, problems)
    built = [builder.build(part) for part in tables.values()]
    fits = [] if problems else check_attendance(attendance, [table for table in built if table is not None])
    for name, extra, message in check_tables([table for table in built if table is not None]):
        part = tables[name]
        problems.append(part.extras.places.get(extra, part.place).problem(f"{name}: {message}"))
    place = whole.extras.places.get("attendance", Place(own.document, ("customProperties",)))
    problems += [place.problem(f"attendance: {message}") for message in fits]
    if problems:
        raise ContractError(problems)
    parts: dict[str, Any] = {
        "source": file.stem,
        "name": own.data.get("name") or file.stem,
        "version": own.data.get("version") or "0",
        "party": party,
        "delivery": rules,
        "terms": terms,
        "student_ids": {name: system or IdSystem() for name, system in student_ids.items()},
        "attendance": attendance,
        "strictness": strictness,
        "manifest": manifest,
        "freshness_days": _freshness_days(own),
        "tables": tuple(table for table in built if table is not None),
    }
    return Contract(**parts, hash=_hash(parts))


def _typed(own: ContractPart, name: str, kind: Any, problems: list[ContractProblem]) -> Any:
    """The extra `name` as `kind`, or None where it is absent or wrong (then a problem is added)."""
    if name not in own.extras.values:
        return None
    value = own.extras.values[name]
    if isinstance(value, dict) and name == "student_ids":
        value = {key: item or {} for key, item in value.items()}
    try:
        return kind.validate_python(value) if isinstance(kind, TypeAdapter) else kind.model_validate(value)
    except ValidationError as error:
        place = own.extras.places[name]
        problems += [place.at(*item["loc"]).problem(item["msg"]) for item in error.errors(include_input=False)]
        return None


def _freshness_days(own: ContractPart) -> int | None:
    for item in own.data.get("slaProperties") or []:
        if item.get("property") == "frequency" and item.get("unit") in ("d", "day", "days"):
            return int(item["value"])
    return None


def _hash(parts: dict[str, Any]) -> str:
    def encode(value: Any) -> Any:
        return value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else str(value)

    return hashlib.sha256(json.dumps(parts, default=encode, sort_keys=True).encode()).hexdigest()

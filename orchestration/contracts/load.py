"""From contract files to `Contract`: profile merged, every part typed, every promise about feeds checked.

Does not belong here: the YAML and ODCS shape (yaml_lines.py, odcs.py) or the checks of one table (check.py).
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError

from orchestration.contracts import odcs
from orchestration.contracts.check import check_table
from orchestration.contracts.errors import ContractError, ContractProblem
from orchestration.contracts.model import (
    AttendanceRules,
    Contract,
    DeliveryRules,
    IdSystem,
    Party,
    Property,
    Table,
    Terms,
)
from orchestration.contracts.odcs import ContractPart, PropertyPart, TablePart
from orchestration.feeds import FEEDS

PROFILES = Path(__file__).parent / "profiles"


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
    tables = _with_profile(own)
    if not tables:
        raise ContractError([problem(("schema",), "a contract needs at least one table under schema, or a profile")])
    problems: list[ContractProblem] = []
    rules = _typed(own, "delivery", DeliveryRules, problems) or DeliveryRules()
    party = _typed(own, "party", Party, problems)
    terms = _typed(own, "terms", Terms, problems)
    if party is None or terms is None:
        missing = [name for name in ("party", "terms") if name not in own.extras.values]
        problems += [problem(("customProperties",), f"customProperties must say {name!r}") for name in missing]
        raise ContractError(problems)
    student_ids = _typed(own, "student_ids", TypeAdapter(dict[str, IdSystem]), problems) or {"local": IdSystem()}
    attendance = _typed(own, "attendance", AttendanceRules, problems) or AttendanceRules()
    built = [_table(part, rules, student_ids, problems) for part in tables.values()]
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
        "freshness_days": _freshness_days(own),
        "tables": tuple(table for table in built if table is not None),
    }
    return Contract(**parts, hash=_hash(parts))


def _with_profile(own: ContractPart) -> dict[str, TablePart]:
    """Tables of the named profile, overridden by the contract's own tables and properties of the same name."""
    name = own.extras.values.get("profile")
    if name is None:
        return own.tables
    file = PROFILES / f"{name}.yaml"
    if not file.is_file():
        known = ", ".join(sorted(p.stem for p in PROFILES.glob("*.yaml")))
        raise ContractError([own.document.problem(own.extras.places["profile"], f"no such profile {name!r}; known: {known}")])
    tables = odcs.read(file).tables
    for table_name, table in own.tables.items():
        base = tables.get(table_name)
        if base is not None:
            table.data = {**base.data, **table.data}
            table.properties = {**base.properties, **table.properties}
            table.extras.values = {**base.extras.values, **table.extras.values}
        tables[table_name] = table
    return tables


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
        problems += [own.document.problem((*place, *item["loc"]), item["msg"]) for item in error.errors(include_input=False)]
        return None


def _table(part: TablePart, rules: DeliveryRules, student_ids: dict[str, IdSystem], problems: list[ContractProblem]) -> Table | None:
    extras = part.extras.values
    files = extras.get("files") or part.data.get("physicalName") or []
    values: dict[str, Any] = {
        "replacement": rules.replacement,
        "duplicates": rules.duplicates,
        **{key: value for key, value in extras.items() if key != "files"},
        "name": part.data["name"],
        "files": [files] if isinstance(files, str) else files,
        "properties": _properties(part, student_ids, problems),
    }
    for key in ("where", "deleted_when"):
        if isinstance(values.get(key), dict):
            values[key] = [values[key]]
    try:
        table = Table.model_validate(values)
    except ValidationError as error:
        for item in error.errors(include_input=False, include_url=False):
            place = part.extras.places.get(str(item["loc"][0]), part.place)
            problems.append(part.document.problem((*place, *item["loc"][1:]), f"{item['loc'][0]}: {item['msg']}"))
        return None
    found = check_table(table, student_ids)
    for column, extra, message in found:
        here: TablePart | PropertyPart = part.properties.get(column, part)
        name = f"{table.name}.{column}" if column else table.name
        problems.append(here.document.problem(here.extras.places.get(extra, here.place), f"{name}: {message}"))
    return None if found else table


def _properties(part: TablePart, student_ids: dict[str, IdSystem], problems: list[ContractProblem]) -> list[Property]:
    built: list[Property] = []
    for name, entry in part.properties.items():
        values = {**entry.extras.values, "name": name, "column": entry.data.get("physicalName")}
        values["required"] = bool(entry.data.get("required"))
        if "otherwise" in values:
            values["has_otherwise"] = True
        if isinstance(values.get("if_missing"), dict) and isinstance(values["if_missing"].get("where"), dict):
            values["if_missing"] = {**values["if_missing"], "where": [values["if_missing"]["where"]]}
        if isinstance(values.get("codes"), dict):
            values["codes"] = {str(key): value for key, value in values["codes"].items()}
        try:
            built.append(Property.model_validate(values))
        except ValidationError as error:
            problems += [_property_problem(entry, item) for item in error.errors(include_input=False, include_url=False)]
    feed = FEEDS.get(part.extras.values.get("feed", ""))
    names = {prop.name for prop in built}
    if feed and "student_id_system" in feed.by_name and "student_id_system" not in names and len(student_ids) == 1:
        built.append(Property(name="student_id_system", constant=next(iter(student_ids))))
    return built


def _property_problem(entry: PropertyPart, item: Any) -> ContractProblem:
    name = str(item["loc"][0])
    place = entry.extras.places.get(name, entry.place)
    return entry.document.problem((*place, *item["loc"][1:]), f"{name}: {item['msg']}")


def _freshness_days(own: ContractPart) -> int | None:
    for item in own.data.get("slaProperties") or []:
        if item.get("property") == "frequency" and item.get("unit") in ("d", "day", "days"):
            return int(item["value"])
    return None


def _hash(parts: dict[str, Any]) -> str:
    def encode(value: Any) -> Any:
        return value.model_dump(mode="json", by_alias=True) if isinstance(value, BaseModel) else str(value)

    return hashlib.sha256(json.dumps(parts, default=encode, sort_keys=True).encode()).hexdigest()

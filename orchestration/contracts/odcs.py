"""A contract file as an Open Data Contract Standard document plus our extras, checked key by key.

Belongs here: the ODCS shape (models of `open-data-contract-standard`, which ignore unknown keys on most levels: those are
refused here) and the extras under customProperties. Does not belong here: what the extras mean (model.py, load.py).
"""

import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Union, get_args, get_origin

from open_data_contract_standard.model import OpenDataContractStandard
from pydantic import BaseModel, ValidationError

from orchestration.contracts.errors import ContractError, ContractProblem
from orchestration.contracts.model import CONTRACT_EXTRAS, PROPERTY_EXTRAS, TABLE_EXTRAS
from orchestration.contracts.yaml_lines import Document

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """Where something is written: a file and the path of keys inside it."""

    document: Document
    path: Path_

    def at(self, *more: str | int) -> "Place":
        return Place(self.document, (*self.path, *more))

    def problem(self, message: str) -> ContractProblem:
        return self.document.problem(self.path, message)


@dataclass
class Extras:
    """customProperties of one level as a dict, with the place of each for error messages."""

    values: dict[str, Any] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)


@dataclass
class PropertyPart:
    """One property of a table as written: its ODCS fields, its extras and where it stands."""

    data: dict[str, Any]
    extras: Extras
    place: Place


@dataclass
class TablePart:
    """One schema object as written; properties by feed column name."""

    data: dict[str, Any]
    extras: Extras
    place: Place
    properties: dict[str, PropertyPart]


@dataclass
class ContractPart:
    """One contract file as written; tables by name."""

    document: Document
    data: dict[str, Any]
    extras: Extras
    tables: dict[str, TablePart]


def read(file: Path) -> ContractPart:
    """Read and check the shape of one contract file; every problem found is raised together."""
    document = Document(file)
    problems = [document.problem(place, message) for place, message in _unknown_keys(document.data, OpenDataContractStandard, ())]
    try:
        OpenDataContractStandard.model_validate(document.data)
    except ValidationError as error:
        seen = {str(problem) for problem in problems}
        for item in error.errors(include_input=False, include_url=False):
            found = document.problem(tuple(item["loc"]), item["msg"])
            if item["type"] != "extra_forbidden" and str(found) not in seen:
                problems.append(found)
    if problems:
        raise ContractError(problems)
    extras = _extras(document, document.data, (), tuple(CONTRACT_EXTRAS), problems)
    tables = _tables(document, problems)
    if problems:
        raise ContractError(problems)
    return ContractPart(document, document.data, extras, tables)


def _tables(document: Document, problems: list[ContractProblem]) -> dict[str, TablePart]:
    tables: dict[str, TablePart] = {}
    for index, data in enumerate(document.data.get("schema") or []):
        place: Path_ = ("schema", index)
        name = data.get("name")
        if not name or name in tables:
            problems.append(document.problem((*place, "name"), "every table needs a name of its own"))
            continue
        properties: dict[str, PropertyPart] = {}
        for number, entry in enumerate(data.get("properties") or []):
            here: Path_ = (*place, "properties", number)
            column = entry.get("name")
            if not column or column in properties:
                problems.append(document.problem(here, "every property names one feed column, once"))
                continue
            properties[column] = PropertyPart(entry, _extras(document, entry, here, PROPERTY_EXTRAS, problems), Place(document, here))
        tables[name] = TablePart(data, _extras(document, data, place, TABLE_EXTRAS, problems), Place(document, place), properties)
    return tables


def _extras(document: Document, data: dict[str, Any], place: Path_, known: tuple[str, ...], problems: list[ContractProblem]) -> Extras:
    extras = Extras()
    for index, entry in enumerate(data.get("customProperties") or []):
        here: Path_ = (*place, "customProperties", index)
        name = entry.get("property")
        if name not in known:
            problems.append(document.problem((*here, "property"), f"unknown property {name!r}; known here: {', '.join(sorted(known))}"))
        elif name in extras.values:
            problems.append(document.problem((*here, "property"), f"{name!r} stands twice; keep one"))
        else:
            extras.values[name] = entry.get("value")
            extras.places[name] = Place(document, (*here, "value"))
    return extras


def _unknown_keys(data: Any, model: Any, place: Path_) -> list[tuple[Path_, str]]:
    """Keys that the standard does not know, on every level; free-form values are left alone."""
    model = _model_of(model)
    if isinstance(data, list):
        return [found for index, item in enumerate(data) for found in _unknown_keys(item, model, (*place, index))]
    if model is None or not isinstance(data, dict):
        return []
    fields = {info.alias or name: info.annotation for name, info in model.model_fields.items()}
    found: list[tuple[Path_, str]] = []
    for key, value in data.items():
        if key not in fields:
            found.append(((*place, key), f"unknown key {key!r}; known here: {', '.join(sorted(fields))}"))
        else:
            found += _unknown_keys(value, fields[key], (*place, key))
    return found


def _model_of(annotation: Any) -> type[BaseModel] | None:
    """The pydantic model inside Optional, Union or list; None for free-form values."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, types.UnionType, list):
        for inner in get_args(annotation):
            if (model := _model_of(inner)) is not None:
                return model
    return None

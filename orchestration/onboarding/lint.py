"""A contract looked over before it is used: what is wrong, and what will be regretted.

Belongs here: the checks of loading, the schema of the standard, and warnings about sound contracts that say too little or take too much.
Does not belong here: what makes a contract sound (contracts), how findings look on a terminal (cli/contract.py).
"""

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from jsonschema import Draft201909Validator

from orchestration.contracts import Contract, ContractError, load_contract
from orchestration.contracts.errors import ContractProblem
from orchestration.contracts.odcs import ContractPart, Place, TablePart, read
from orchestration.contracts.profile import with_profile
from orchestration.contracts.yaml_lines import Document
from orchestration.feeds import FEEDS
from orchestration.onboarding.write import PLACEHOLDERS
from orchestration.quality.usage import PROJECT, Usage, project_usage, unused_columns

SEEDS = PROJECT / "dbt_project" / "seeds"


@dataclass(frozen=True)
class Finding:
    """One line about one place; an error keeps the contract from being used."""

    severity: str
    problem: ContractProblem

    def __str__(self) -> str:
        return f"{self.severity}: {self.problem}"


def lint_contract(file: Path, usage: Usage | None = None) -> list[Finding]:
    """Errors, or where there are none the warnings, in the order of the lines."""
    try:
        errors = _breaks_standard(Document(file))
    except ContractError as error:
        return [Finding("error", problem) for problem in error.problems]
    try:
        contract = load_contract(file)
    except ContractError as error:
        said = {problem.line for problem in error.problems}
        errors = [*error.problems, *(problem for problem in errors if problem.line not in said)]
    if errors:
        return _sorted(Finding("error", problem) for problem in errors)
    part = with_profile(read(file))
    warnings = [*_gathered_for_nothing(contract, part, usage or project_usage()), *_says_too_little(contract, part)]
    for table in part.tables.values():
        warnings += _lets_pass(table)
        warnings += _unknown_measure(table)
    # What a profile says is its own; a part that several tables share by an anchor is told of once.
    once = {(problem.line, problem.message.rpartition(": ")[2]): problem for problem in reversed(warnings) if problem.file == file}
    return _sorted(Finding("warning", problem) for problem in once.values())


@cache
def _standard() -> Draft201909Validator:
    text = resources.files("open_data_contract_standard").joinpath("schema.json").read_text(encoding="utf-8")
    return Draft201909Validator(json.loads(text))


def _breaks_standard(document: Document) -> list[ContractProblem]:
    """What the schema of the standard refuses."""
    found = _standard().iter_errors(document.data)
    return [document.problem(tuple(error.absolute_path), f"not as the standard says: {error.message[:200]}") for error in found]


def _gathered_for_nothing(contract: Contract, part: ContractPart, usage: Usage) -> Iterator[ContractProblem]:
    for unused in unused_columns([contract], usage):
        table = part.tables[unused.table]
        if unused.column == "*":
            message = f"no model reads feed {unused.feed} yet; leave the table out until one does"
            yield table.place.problem(f"{unused.table}: {message}")
            continue
        entry = table.properties.get(unused.column)
        place = entry.place if entry else table.extras.places.get("layouts", table.place)
        yield place.problem(f"{unused.table}.{unused.column}: no model, link or release uses it; gather only what leads to action")


def _says_too_little(contract: Contract, part: ContractPart) -> Iterator[ContractProblem]:
    top = Place(part.document, ())
    if contract.freshness_days is None:
        yield top.problem("no freshness: say under slaProperties after how many days a source counts as late")
    if part.data.get("status") == "draft":
        yield top.at("status").problem("a draft: set active once a person has gone through it")
    terms = part.extras.places["terms"]
    if contract.terms.agreement in PLACEHOLDERS:
        yield terms.problem("terms: name the agreement under which the hub holds this")
    if contract.party.type == "publisher" and not contract.terms.attribution:
        yield terms.problem("terms: a publisher wants to be named; fill in attribution")
    for name, system in contract.student_ids.items():
        if system.issuer in PLACEHOLDERS:
            yield part.extras.places["student_ids"].problem(f"student_ids.{name}: name the issuer as the other sources with these ids do")


def _lets_pass(table: TablePart) -> Iterator[ContractProblem]:
    """Codes of standard lists that pass unmapped; of kinds of units there are few, and the rest is one of them by design."""
    feed = FEEDS.get(str(table.extras.values.get("feed")))
    for name, entry in table.properties.items():
        column = feed.by_name.get(name) if feed else None
        if "otherwise" not in entry.extras.values or column is None or column.codes in (None, "unit_type"):
            continue
        other = entry.extras.values["otherwise"]
        said = "stays as it is" if other == "keep" else "becomes missing" if other is None else f"becomes {other}"
        place = entry.extras.places["otherwise"]
        yield place.problem(f"{table.data['name']}.{name}: a code nobody mapped {said} without a word; list the codes where you can")


def _unknown_measure(table: TablePart) -> Iterator[ContractProblem]:
    """A published figure must name a measure and a definition that the hub knows, or it is shown nowhere."""
    if table.extras.values.get("feed") != "published_indicator":
        return
    said = {name: table.properties[name].extras for name in ("measure_id", "definition") if name in table.properties}
    values = {name: extras.values.get("constant") for name, extras in said.items()}
    measure, definition = values.get("measure_id"), values.get("definition")
    known = _definitions()
    if measure is not None and measure not in {name for name, _ in known}:
        choice = ", ".join(sorted({name for name, _ in known}))
        yield (
            said["measure_id"].places["constant"].problem(f"no publisher's definition of measure {measure!r}; there are some of: {choice}")
        )
    elif measure is not None and definition is not None and (measure, definition) not in known:
        yield (
            said["definition"]
            .places["constant"]
            .problem(f"definition {definition!r} of {measure} is unknown; add a row to dbt_project/seeds/publisher_definition.csv")
        )


@cache
def _definitions() -> frozenset[tuple[str, str]]:
    with (SEEDS / "publisher_definition.csv").open(encoding="utf-8", newline="") as stream:
        return frozenset((row["measure_id"], row["definition"]) for row in csv.DictReader(stream))


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(
        findings, key=lambda finding: (str(finding.problem.file), finding.problem.line, finding.problem.field, finding.problem.message)
    )


def as_data(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """Findings for a script."""
    return [
        {
            "severity": finding.severity,
            "file": str(finding.problem.file),
            "line": finding.problem.line,
            "field": finding.problem.field,
            "message": finding.problem.message,
        }
        for finding in findings
    ]

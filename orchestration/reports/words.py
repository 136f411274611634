"""What a contract expects of a cell, said to the person who fills it in.

Belongs here: hints that only the contract of this source can give. Does not belong here: what is wrong in general and what to do
(ingestion/problem.py). Every word comes from the contract or from here, never from a delivered row.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from orchestration.contracts.model import Contract, Expectation, Property, Reference, Table
from orchestration.feeds import CODE_LISTS, FEEDS
from orchestration.ingestion.record import FileRecord
from orchestration.ingestion.rules import place_of

_SAMPLE = date(2024, 1, 31)
_MOST_WORDS = 15
# Rules about a row as a whole, though ingestion names the first column of its key.
WHOLE_ROW = ("duplicate_row", "duplicate_key")
_SCHOOL_YEARS = {"spring": "2024 for the school year 2023-24", "fall": "2023 for the school year 2023-24", "label": "2023-24"}

_FOR_AUTHORS = "Whoever keeps the contract: ranges, markers and marker_pattern say what may stand in place of a number."


def table_of(contract: Contract, name: str) -> Table | None:
    return next((table for table in contract.tables if table.name == name), None)


def unit_of(table: Table | None) -> Literal["line", "row", "record"]:
    """What a sender counts in a file of this kind."""
    if table is not None and table.reader.format == "excel":
        return "row"
    return "record" if table is not None and table.reader.format in ("json", "xml") else "line"


def column_words(table: Table | None, file: FileRecord | None, column: str) -> str:
    """A feed column in the sender's own header words; '' where the row as a whole is meant."""
    if not column:
        return ""
    if file is not None and column in file.columns:
        return file.columns[column]
    prop = next(iter(_properties(table, column)), None)
    if prop is None:
        return column
    return "" if _elsewhere(prop) else prop.column or column.replace("_", " ")


def hint(table: Table | None, column: str, rule: str) -> str:
    """What is expected here, and where it comes from if not from a column; '' where the remedy says it all or layouts differ."""
    if table is None:
        return ""
    if rule in WHOLE_ROW:
        return _key(table)
    if rule in ("not_allowed", "reference"):
        return _ruled(table, column, rule)
    props = _properties(table, column)
    if not props or any(prop != props[0] for prop in props):
        return ""
    return " ".join(part for part in (_elsewhere(props[0]), _expected(table, props[0], rule)) if part)


def _elsewhere(prop: Property) -> str:
    """Said of what stands in no column of its own."""
    if prop.from_file is not None:
        return "It is taken from the name of the file."
    if prop.from_sheet is not None:
        return "It is taken from the name of the sheet."
    if prop.from_unpivot is not None:
        return "It is a column heading." if prop.from_unpivot == "name" else "It stands under one of the column headings."
    return ""


def _expected(table: Table, prop: Property, rule: str) -> str:
    match rule:
        case "date":
            told = _dates(prop)
        case "code":
            told = _codes(table, prop)
        case "yes_no":
            told = f"Yes is written {_either(prop.true_values)}; no is written {_either(prop.false_values)}."
        case "school_year":
            told = f"Write {_SCHOOL_YEARS[prop.format or 'spring']}."
        case "number" | "whole_number":
            told = f"Agreed in place of a number: {_either(prop.markers)}. " if prop.markers else ""
            told += _FOR_AUTHORS
        case _:
            told = ""
    return told


def _key(table: Table) -> str:
    """What makes two rows the same record, in header words of the contract."""
    key = FEEDS[table.feed].key
    words = [table.record_id] if table.record_id else [prop.column for prop in table.properties if prop.name in key and prop.column]
    return f"Rows are about the same record where they agree in {_both(words)}." if words else ""


def _ruled(table: Table, column: str, rule: str) -> str:
    """What a rule across columns or files asks for."""
    if rule == "reference":
        told = [
            f"It is looked for in column “{one.key}” of {_either(one.file)}." for one in table.references if _is_about(table, one, column)
        ]
    else:
        told = [f"Agreed: {_listed(one.is_in)}." for one in table.expect if one.is_in and _is_about(table, one, column)]
    return told[0] if len(told) == 1 else ""


def _is_about(table: Table, rule: Reference | Expectation, column: str) -> bool:
    return place_of(table, rule.column) == column


def _dates(prop: Property) -> str:
    if prop.epoch is not None:
        return f"Expected: whole days since {prop.epoch}."
    samples = dict.fromkeys(_SAMPLE.strftime(form) for form in prop.formats or ("%Y-%m-%d",))
    return f"January 31, 2024, for example, is written {_either(list(samples))}."


def _codes(table: Table, prop: Property) -> str:
    standard = FEEDS[table.feed].by_name[prop.name].codes
    known = [code for code in prop.codes if code] if prop.codes else list(CODE_LISTS[standard]) if standard else []
    return f"Codes we know: {_listed(known)}." if known else ""


def _properties(table: Table | None, column: str) -> list[Property]:
    """The property as each layout of the table has it."""
    return [prop for variant in table.variants for prop in variant.properties if prop.name == column] if table is not None else []


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _MOST_WORDS} more" if len(words) > _MOST_WORDS else ""
    return ", ".join(words[:_MOST_WORDS]) + more


def _both(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _either(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"

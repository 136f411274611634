"""Does a table of a contract keep its promises to the feed it fills?

Belongs here: checks that need the feed catalogue. Does not belong here: the shape of the YAML (odcs.py).
"""

import re

from orchestration.contracts.model import IdSystem, Property, Table
from orchestration.feeds import CODE_LISTS, FEEDS, Column, ColumnType

Found = tuple[str, str, str]


def check_table(table: Table, student_ids: dict[str, IdSystem]) -> list[Found]:
    """Problems as (feed column or '', extra or '', message); empty when the table is sound."""
    feed = FEEDS.get(table.feed)
    if feed is None:
        return [("", "feed", f"unknown feed {table.feed!r}; known: {', '.join(FEEDS)}")]
    found: list[Found] = []
    if not table.files:
        found.append(("", "files", "which files? give physicalName a glob such as students*.csv"))
    mapped = {prop.name for prop in table.properties}
    found += [
        ("", "feed", f"feed {table.feed} needs {column.name}; map it or give it a constant")
        for column in feed.columns
        if column.required and column.name not in mapped
    ]
    if table.replacement == "per_period" and table.period_column is None:
        found.append(("", "replacement", "replacement per_period needs school_year, or a required date, to be mapped"))
    if table.replacement == "delta" and not mapped & set(feed.key) - {"student_id_system"}:
        keys = ", ".join(feed.key) or "none, the feed has no key"
        found.append(("", "replacement", f"replacement delta changes rows by key; map one of: {keys}"))
    groups = _groups(table, found)
    for prop in table.properties:
        expected = feed.by_name.get(prop.name)
        if expected is None:
            found.append((prop.name, "", f"feed {table.feed} has no such column; it has: {', '.join(feed.by_name)}"))
            continue
        found += [(prop.name, extra, message) for extra, message in _check_property(prop, expected, table, groups)]
        if prop.name.endswith("student_id_system") and isinstance(prop.constant, str) and prop.constant not in student_ids:
            found.append((prop.name, "constant", f"id system {prop.constant!r} is not declared under student_ids"))
    return found


def _groups(table: Table, found: list[Found]) -> set[str]:
    groups: set[str] = set()
    for pattern in (table.file_name, table.unpivot.pattern if table.unpivot else None):
        if pattern is None:
            continue
        try:
            groups |= set(re.compile(pattern).groupindex)
        except re.error as error:
            found.append(("", "file_name", f"{pattern!r} is not a regular expression: {error}"))
    return groups


def _check_property(prop: Property, column: Column, table: Table, groups: set[str]) -> list[tuple[str, str]]:
    origins = [prop.column, prop.constant, prop.from_file, prop.from_unpivot, prop.from_delivery, prop.template]
    found: list[tuple[str, str]] = []
    if sum(origin is not None for origin in origins) != 1:
        found.append(("", "needs exactly one origin: physicalName, constant, from_file, from_unpivot, from_delivery or template"))
    if prop.from_file is not None and prop.from_file not in groups:
        found.append(("from_file", f"file_name has no group {prop.from_file!r}; write (?P<{prop.from_file}>...) in it"))
    if prop.from_unpivot is not None and table.unpivot is None:
        found.append(("from_unpivot", "from_unpivot needs an unpivot on the table"))
    looked_up = {"lookup": prop.lookup, "then_lookup": prop.then_lookup}
    found += [
        (extra, f"lookup {name!r} is not declared under lookups") for extra, name in looked_up.items() if name and name not in table.lookups
    ]
    if prop.extract is not None:
        try:
            if re.compile(prop.extract).groups < 1:
                found.append(("extract", "extract needs one group in brackets"))
        except re.error as error:
            found.append(("extract", f"extract is not a regular expression: {error}"))
    if column.codes is not None:
        found += [("codes", message) for message in _check_codes(prop, column)]
    if prop.format is not None and column.name not in ("school_year", "first_grade9_school_year"):
        found.append(("format", "format is for school years; use formats for dates"))
    if (prop.formats or prop.epoch) and column.type is not ColumnType.DATE:
        found.append(("formats", "formats and epoch are for date columns"))
    return found


def _check_codes(prop: Property, column: Column) -> list[str]:
    known = CODE_LISTS[column.codes or ""]
    given = [*(prop.codes or {}).values(), prop.constant]
    if prop.otherwise is not None and prop.otherwise != "keep":
        given.append(prop.otherwise)
    wrong = sorted({str(code) for code in given if code is not None and code not in known})
    return [f"{code!r} is not a standard {column.codes} code; use one of: {', '.join(known)}" for code in wrong]

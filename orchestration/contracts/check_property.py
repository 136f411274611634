"""Does a property of a contract fit the feed column it fills?

Belongs here: checks of one property. Does not belong here: checks of its table (check.py).
"""

import re

from orchestration.contracts.columns import NO_COLUMN, PLACEHOLDER
from orchestration.contracts.model import ORIGINS, Property, Table
from orchestration.contracts.patterns import pattern_problem
from orchestration.feeds import CODE_LISTS, FEEDS, Column, ColumnType

Found = list[tuple[str, str]]


def check_property(prop: Property, column: Column, table: Table, groups: set[str]) -> Found:
    """Problems as (extra or '', message); `groups`: the groups of the table's file_name."""
    found = _check_origin(prop, table, groups)
    looked_up = {"lookup": prop.lookup, "then_lookup": prop.then_lookup}
    found += [
        (extra, f"lookup {name!r} is not declared under lookups") for extra, name in looked_up.items() if name and name not in table.lookups
    ]
    if prop.extract is not None:
        if message := pattern_problem(prop.extract):
            found.append(("extract", message))
        elif re.compile(prop.extract).groups < 1:
            found.append(("extract", "extract needs one group in brackets"))
    if column.codes is not None:
        found += [("codes", message) for message in _check_codes(prop, column)]
    if prop.format is not None and column.name not in ("school_year", "first_grade9_school_year"):
        found.append(("format", "format is for school years; use formats for dates"))
    if (prop.formats or prop.epoch) and column.type is not ColumnType.DATE:
        found.append(("formats", "formats and epoch are for date columns"))
    return found + _check_absence(prop, column) + _check_numbers(prop, column, table)


def _check_origin(prop: Property, table: Table, groups: set[str]) -> Found:
    found: Found = []
    if sum(getattr(prop, origin) is not None for origin in ORIGINS) != 1:
        found.append(
            ("", "needs exactly one origin: physicalName, constant, from_file, from_sheet, from_unpivot, from_delivery or template")
        )
    if prop.from_sheet is not None and prop.from_sheet not in _sheet_groups(table):
        found.append(("from_sheet", f"sheet_pattern has no group {prop.from_sheet!r}; write (?P<{prop.from_sheet}>...) in it"))
    slots = ["name", *(table.unpivot.groups or ["value"])] if table.unpivot else []
    asked = [("from_file", "file", prop.from_file), ("from_unpivot", "unpivot", prop.from_unpivot)]
    for part in PLACEHOLDER.findall(prop.template or ""):
        kind, _, name = part.partition(":")
        asked += [("template", kind, name)] if part.startswith(NO_COLUMN) else []
    for extra, kind, name in asked:
        if name is None:
            continue
        if kind == "file" and name not in groups:
            found.append((extra, f"file_name has no group {name!r}; write (?P<{name}>...) in it"))
        if kind == "unpivot" and name not in slots:
            known = f"it has: {', '.join(slots)}" if slots else "the table has no unpivot"
            found.append((extra, f"unpivot gives no {name!r}; {known}"))
    return found


def _sheet_groups(table: Table) -> set[str]:
    try:
        return set(re.compile(table.reader.sheet_pattern or "").groupindex)
    except re.error:
        return set()


def _check_absence(prop: Property, column: Column) -> Found:
    found: Found = []
    if prop.aliases and prop.column is None:
        found.append(("aliases", "aliases are other headers of a physicalName; give it one"))
    if prop.optional_column and prop.column is None and prop.template is None:
        found.append(("optional_column", "optional_column is about a column of the file: it goes with physicalName or template"))
    if prop.optional_column and (column.required or prop.required) and prop.if_missing is None:
        found.append(("optional_column", f"{column.name} must be filled on every row; a file without the column would lose them all"))
    return found


def _check_numbers(prop: Property, column: Column, table: Table) -> Found:
    found: Found = []
    columns = FEEDS[table.feed].by_name
    is_number = column.type in (ColumnType.DECIMAL, ColumnType.INTEGER) and not column.name.endswith("school_year")
    if (prop.number_format or prop.scale is not None) and not is_number:
        found.append(("number_format", "number_format and scale are for number columns"))
    companions = {f"{prop.name}_low": prop.ranges, f"{prop.name}_high": prop.ranges}
    companions[f"{prop.name}_marker"] = prop.ranges or bool(prop.markers) or prop.marker_pattern is not None
    missing = [name for name, wanted in companions.items() if wanted and name not in columns]
    extra = "ranges" if prop.ranges else "marker_pattern" if prop.marker_pattern is not None else "markers"
    if missing:
        can = sorted({name.removesuffix("_marker") for name in columns if name.endswith("_marker")})
        known = f"columns that can: {', '.join(can)}" if can else "no column of it can"
        found.append((extra, f"feed {table.feed} has no {', '.join(missing)} to keep what stood there; {known}"))
    mapped = [name for name, wanted in companions.items() if wanted and any(other.name == name for other in table.properties)]
    found += [(extra, f"{extra} fill {name} already; leave one of them out") for name in mapped]
    if prop.marker_pattern is not None and (message := pattern_problem(prop.marker_pattern)):
        found.append(("marker_pattern", message))
    return found


def _check_codes(prop: Property, column: Column) -> list[str]:
    known = CODE_LISTS[column.codes or ""]
    given = [*(prop.codes or {}).values(), prop.constant]
    if prop.otherwise is not None and prop.otherwise != "keep":
        given.append(prop.otherwise)
    wrong = sorted({str(code) for code in given if code is not None and code not in known})
    return [f"{code!r} is not a standard {column.codes} code; use one of: {', '.join(known)}" for code in wrong]

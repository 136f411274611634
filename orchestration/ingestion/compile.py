"""A table of a contract as DuckDB expressions: text in, typed feed columns and the first broken rule out.

Belongs here: what each extra of a property means in SQL. Does not belong here: reading files or splitting rows (scan.py).
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from orchestration.contracts.model import Condition, Property, Table
from orchestration.feeds import CODE_LISTS, FEEDS, Column, ColumnType
from orchestration.ingestion.header import Header, needed_columns
from orchestration.sql import literal

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_YEAR_OFFSET = {"spring": 0, "fall": 1}
_NO_MATCH = "(no match)"


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file besides its rows: groups found in its name, relations to look codes up in, the delivery's date."""

    groups: dict[str, str]
    lookups: dict[str, str]
    as_of: date


def stored_columns(table: Table) -> list[str]:
    """Feed columns that the table fills, in feed order; the others are not written (a constant column costs as much as a real one)."""
    filled = {prop.name for prop in table.properties} | {f"{prop.name}_marker" for prop in table.properties if prop.markers}
    return [name for name in FEEDS[table.feed].by_name if name in filled]


def typed_select(table: Table, header: Header, facts: FileFacts, source: str) -> str:
    """SELECT over `source` (columns c0..cn as text, with unpivot also _name and _value): the feed's columns in order,
    then _scope, _deleted, _excluded (row of another table) and _problem ('column|rule' of the first broken rule)."""
    feed = FEEDS[table.feed]
    by_name = {prop.name: prop for prop in table.properties}
    texts: list[str] = []
    values: list[str] = []
    problems: list[str] = []
    for number, column in enumerate(feed.columns):
        prop = by_name.get(column.name)
        if prop is None:
            values.append(f"{_marker(column, by_name, feed.by_name)} AS {column.name}")
            continue
        text = f"t{number}"
        texts.append(f"{_text(prop, table, header, facts)} AS {text}")
        values.append(f"{_value(prop, column, text)} AS {column.name}")
        problems += _problems(prop, column, text)
    index = {column.name: number for number, column in enumerate(feed.columns)}
    period = f"coalesce({_period(table)}::VARCHAR, '*')" if table.replacement == "per_period" else "'*'"
    excluded = _conditions(table.where, header, negate=True)
    deleted = _conditions(table.deleted_when, header, negate=False)
    problem = f"CASE {' '.join(problems)} END" if problems else "NULL::VARCHAR"
    names = ", ".join(index)
    texts += [f"{excluded} AS _excluded", f"{deleted} AS _deleted"]
    inner = f"SELECT *, {', '.join(texts)} FROM ({_trimmed(table, header, source)})"
    typed = f"SELECT *, {', '.join(values)} FROM ({inner})"
    return (
        f"SELECT {names}, {literal(table.name + '/')} || {period} AS _scope, _deleted, _excluded, "
        f"CASE WHEN _excluded THEN NULL ELSE {problem} END AS _problem, * EXCLUDE ({names}, _deleted, _excluded) FROM ({typed})"
    )


def _period(table: Table) -> str:
    """School year of a row; a date belongs to the year that ends the June after it."""
    column = table.period_column
    return "school_year" if column in ("school_year", None) else f"(year({column}) + (month({column}) >= 7)::INT)"


def _cell(name: str, header: Header) -> str:
    """Trimmed text of a file column; '' where it is empty."""
    return f"k{header.index(name)}"


def _trimmed(table: Table, header: Header, source: str) -> str:
    """`source` with column k<n> beside c<n> for every column the table reads: the text without blanks around it."""
    cells = []
    for index in sorted({header.index(name) or 0 for name in needed_columns(table)}):
        # Only texts that begin or end with a blank are trimmed: looking costs a tenth of trimming.
        text = f"CASE WHEN c{index} < '!' OR suffix(c{index}, ' ') THEN trim(c{index}) ELSE c{index} END"
        cells.append(f"regexp_replace({text}, '^=\"(.*)\"$', '\\1') AS k{index}" if table.reader.excel_text else f"{text} AS k{index}")
    return f"SELECT {', '.join(['*', *cells])} FROM ({source})"


def _text(prop: Property, table: Table, header: Header, facts: FileFacts) -> str:
    """Text of a property before it is typed; NULL where it is missing."""
    text = _origin(prop, header, facts)
    if prop.extract is not None:
        text = f"regexp_extract({text}, {literal(prop.extract)}, 1)"
    codes = prop.codes or {}
    missing = [value for value in (prop.missing if prop.missing is not None else table.reader.missing) if value not in codes]
    for lookup in (prop.lookup, prop.then_lookup):
        if lookup is not None:
            found = f"(SELECT any_value(v) FROM {facts.lookups[lookup]} WHERE k = {text})"
            text = f"CASE WHEN {text} = '' THEN '' ELSE coalesce({found}, '{_NO_MATCH}') END"
    if prop.if_missing is not None:
        held = _conditions(prop.if_missing.where, header, negate=False)
        is_missing = f"{text} IN ({', '.join(map(literal, table.reader.missing))})"
        text = f"CASE WHEN {is_missing} AND {held} THEN {literal(prop.if_missing.value)} ELSE {text} END"
    if missing == [""]:
        return f"nullif({text}, '')"
    return f"CASE WHEN {text} IN ({', '.join(map(literal, missing))}) THEN NULL ELSE {text} END" if missing else text


def _origin(prop: Property, header: Header, facts: FileFacts) -> str:
    if prop.column is not None:
        return _cell(prop.column, header)
    if prop.constant is not None:
        return literal(str(prop.constant).lower() if isinstance(prop.constant, bool) else str(prop.constant))
    if prop.from_file is not None:
        return literal(facts.groups.get(prop.from_file, ""))
    if prop.from_unpivot is not None:
        return "_name" if prop.from_unpivot == "name" else "trim(_value)"
    if prop.from_delivery is not None:
        ends = facts.as_of.year + (facts.as_of.month >= 7)
        return literal(facts.as_of.isoformat() if prop.from_delivery == "as_of" else str(ends))
    parts = _PLACEHOLDER.split(prop.template or "")
    return " || ".join(_cell(part, header) if place % 2 else literal(part) for place, part in enumerate(parts))


def _value(prop: Property, column: Column, text: str) -> str:
    """Typed value of the text; NULL where it cannot be had."""
    if prop.codes is not None:
        text = _coded(prop, text)
    if prop.markers:
        text = f"CASE WHEN {text} IN ({', '.join(map(literal, prop.markers))}) THEN NULL ELSE {text} END"
    match column.type:
        case ColumnType.TEXT:
            return text
        case ColumnType.DATE:
            return _date(prop, text)
        case ColumnType.BOOLEAN:
            yes, no = (", ".join(literal(v.lower()) for v in values) for values in (prop.true_values, prop.false_values))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN TRUE WHEN lower({text}) IN ({no}) THEN FALSE END"
        case ColumnType.INTEGER if prop.format is not None or column.name.endswith("school_year"):
            return _school_year(prop, text)
        case ColumnType.INTEGER:
            return (
                f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+([.]0+)?') THEN try_cast(try_cast({text} AS DECIMAL(18,6)) AS BIGINT) END"
            )
        case _:
            number = (
                f"CASE WHEN regexp_full_match({text}, '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)') THEN try_cast({text} AS DECIMAL(28,10)) END"
            )
            scale = f" * {Decimal(str(prop.scale))}::DECIMAL(10,6)" if prop.scale is not None else ""
            return f"try_cast(({number}){scale} AS DECIMAL(18,6))"


def _coded(prop: Property, text: str) -> str:
    key = f"lower({text})" if prop.fold_case else text
    whens = " ".join(
        f"WHEN {literal(code.lower() if prop.fold_case else code)} THEN {'NULL' if to is None else literal(to)}"
        for code, to in (prop.codes or {}).items()
    )
    rest = text if prop.otherwise == "keep" else "NULL" if prop.otherwise is None else literal(prop.otherwise)
    return f"CASE {key} {whens} ELSE {rest} END" if whens else rest


def _date(prop: Property, text: str) -> str:
    if prop.epoch is not None:
        days = f"CASE WHEN regexp_full_match({text}, '-?[0-9]{{1,6}}') THEN try_cast({text} AS INTEGER) END"
        return f"(DATE {literal(prop.epoch)} + ({days}))::DATE"
    formats = ", ".join(map(literal, prop.formats or ("%Y-%m-%d",)))
    return f"try_strptime({text}, [{formats}])::DATE"


def _school_year(prop: Property, text: str) -> str:
    if prop.format == "label":
        is_label = f"regexp_full_match({text}, '[0-9]{{4}}\\s*[-/]\\s*([0-9]{{2}}|[0-9]{{4}})')"
        return f"CASE WHEN {is_label} THEN try_cast({text}[1:4] AS BIGINT) + 1 END"
    year = f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}') THEN try_cast({text} AS BIGINT) END"
    return f"({year}) + {_YEAR_OFFSET[prop.format or 'spring']}"


def _problems(prop: Property, column: Column, text: str) -> list[str]:
    """WHEN branches that name the broken rule of this column."""
    found: list[str] = []
    place = column.name
    is_set = f"{text} IS NOT NULL"
    if prop.markers:
        is_set += f" AND {text} NOT IN ({', '.join(map(literal, prop.markers))})"
    if prop.lookup is not None and not prop.has_otherwise:
        found.append(f"WHEN {text} = '{_NO_MATCH}' THEN '{place}|lookup'")
    if prop.codes is not None and not prop.has_otherwise:
        keys = ", ".join(literal(code.lower() if prop.fold_case else code) for code in prop.codes)
        key = f"lower({text})" if prop.fold_case else text
        found.append(f"WHEN {is_set} AND {key} NOT IN ({keys}) THEN '{place}|code'")
    elif column.codes is not None and (prop.codes is None or prop.otherwise == "keep") and prop.constant is None:
        known = ", ".join(map(literal, CODE_LISTS[column.codes]))
        found.append(f"WHEN {place} IS NOT NULL AND {place} NOT IN ({known}) THEN '{place}|code'")
    elif column.type is not ColumnType.TEXT and prop.codes is None:
        found.append(f"WHEN {is_set} AND {place} IS NULL THEN '{place}|{_rule(prop, column)}'")
    if column.required or prop.required:
        marked = f" AND NOT coalesce({text} IN ({', '.join(map(literal, prop.markers))}), FALSE)" if prop.markers else ""
        found.append(f"WHEN {place} IS NULL{marked} THEN '{place}|required'")
    return found


def _rule(prop: Property, column: Column) -> str:
    match column.type:
        case ColumnType.DATE:
            return "date"
        case ColumnType.BOOLEAN:
            return "yes_no"
        case ColumnType.INTEGER:
            return "school_year" if prop.format is not None or column.name.endswith("school_year") else "whole_number"
        case _:
            return "number"


def _marker(column: Column, by_name: dict[str, Property], columns: dict[str, Column]) -> str:
    """NULL of the column's type, or for `x_marker` the marker that stood in place of x."""
    base = column.name.removesuffix("_marker")
    prop = by_name.get(base)
    if column.name.endswith("_marker") and prop is not None and prop.markers:
        text = f"t{list(columns).index(base)}"
        return f"CASE WHEN {text} IN ({', '.join(map(literal, prop.markers))}) THEN {text} END"
    return f"NULL::{column.duckdb_type}"


def _conditions(conditions: tuple[Condition, ...], header: Header, *, negate: bool) -> str:
    if not conditions:
        return "FALSE"
    tests = []
    for condition in conditions:
        cell = _cell(condition.column, header)
        if condition.is_in is not None:
            tests.append(f"{cell} IN ({', '.join(map(literal, condition.is_in))})")
        if condition.not_in is not None:
            tests.append(f"{cell} NOT IN ({', '.join(map(literal, condition.not_in))})")
    held = " AND ".join(tests)
    return f"NOT ({held})" if negate else f"({held})"

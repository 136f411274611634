"""A table of a contract as DuckDB expressions: text in, typed feed columns and the first broken rule out.

Belongs here: where a property's text comes from, and which rule it breaks. Does not belong here: typing it (typed.py), reading files or
splitting rows (scan.py).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from orchestration.contracts.columns import NO_COLUMN, PLACEHOLDER, needed_columns, origin_columns
from orchestration.contracts.model import Property, Table
from orchestration.feeds import CODE_LISTS, FEEDS, Column, ColumnType
from orchestration.ingestion.header import Header
from orchestration.ingestion.numbers import number_sql
from orchestration.ingestion.problem import RULES
from orchestration.ingestion.rules import Keys, cell, conditions, place_of, rule_problems
from orchestration.ingestion.typed import NO_MATCH, enum, is_marker, typed_value
from orchestration.ingestion.unpivot import slot_column
from orchestration.sql import literal

_LABEL = re.compile(rf"'((?:[^']|'')*[|](?:{'|'.join(RULES)}))'")
_MOST_TEXTS = 100


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file besides its rows: groups found in its name and in that of its sheet, relations (k, v) to look codes up
    in, the delivery's date, relations (k) of the keys of other files, and whether the file brings the whole or
    changes. A relation is None where the delivery has no such file."""

    groups: dict[str, str]
    lookups: Mapping[str, str | None]
    as_of: date
    keys: Keys = field(default_factory=Keys)
    mode: Literal["bulk", "delta"] = "bulk"
    sheet_groups: Mapping[str, str] = field(default_factory=dict)


def stored_columns(table: Table) -> list[str]:
    """Feed columns that the table fills, in feed order; the others are not written (a constant column costs as much as a real one)."""
    filled = {name for variant in table.variants for prop in variant.properties for name in (prop.name, *_companions(prop))}
    return [name for name in FEEDS[table.feed].by_name if name in filled]


def raw_extras(table: Table) -> list[str]:
    """Columns beside those of the feed that every row of the table carries."""
    extras = {"_record": table.record_id, "_sequence": table.sequence, "_deleted": table.takes_back}
    return ["_scope", *(name for name, used in extras.items() if used)]


def constant_texts(table: Table, facts: FileFacts) -> dict[str, str]:
    """Columns of the raw rows that hold the same text in every row of a file."""
    columns = FEEDS[table.feed].by_name
    found: dict[str, str] = {}
    for prop in table.properties:
        text = prop.constant if isinstance(prop.constant, str) else _named(prop, facts)
        changed = (prop.extract, prop.lookup, prop.if_missing, prop.codes, prop.marker_pattern)
        as_it_is = all(part is None for part in changed) and not prop.markers
        if text and as_it_is and columns[prop.name].type is ColumnType.TEXT and text not in (prop.missing or table.reader.missing):
            found[prop.name] = text
    if table.replacement != "per_period":
        found["_scope"] = f"{table.deletes_from or table.name}/*"
    return found


def closed_texts(table: Table, facts: FileFacts) -> dict[str, list[str]]:
    """Columns that can hold no text but these: constants, and codes that the contract maps to."""
    columns = FEEDS[table.feed].by_name
    found = {name: [text] for name, text in constant_texts(table, facts).items()}
    for prop in table.properties:
        if prop.codes is not None and prop.otherwise != "keep" and prop.lookup is None and columns[prop.name].type is ColumnType.TEXT:
            known = list(dict.fromkeys(text for text in (*prop.codes.values(), prop.otherwise) if text is not None))
            if known and len(known) <= _MOST_TEXTS:
                found[prop.name] = known
    return found


def typed_select(table: Table, header: Header, facts: FileFacts, source: str, *, blanks: bool = True) -> str:
    """SELECT over `source` (columns c0..cn as text, with unpivot also _name and _value): the feed's columns in order,
    then raw_extras, _excluded (row of another table) and _problem ('column|rule' of the first broken rule). `blanks`: may a text of the
    file hold one?"""
    feed = FEEDS[table.feed]
    by_name = {prop.name: prop for prop in table.properties}
    texts: list[str] = []
    values: list[str] = []
    problems: list[str] = []
    key_problems: list[str] = []
    closed = closed_texts(table, facts)
    for number, column in enumerate(feed.columns):
        prop = by_name.get(column.name)
        if prop is None:
            values.append(f"{_companion(column, by_name, feed.by_name)} AS {column.name}")
            continue
        text = f"t{number}"
        texts.append(f"{_text(prop, table, header, facts)} AS {text}")
        if prop.ranges:
            numbers = number_sql(prop, text)
            texts += [f"{numbers.low} AS {text}_low", f"{numbers.high} AS {text}_high"]
        values.append(f"{typed_value(prop, column, text, closed.get(prop.name, ()))} AS {column.name}")
        found = _problems(prop, column, text, table, header)
        problems += found
        key_problems += found if column.key and table.record_id is None else []
    own = _own_problems(table, header)
    extras = {
        "_record": f"nullif({cell(table.record_id, header)}, '')" if table.record_id else None,
        "_sequence": f"try_cast({cell(table.sequence, header)} AS BIGINT)" if table.sequence else None,
        "_deleted": "TRUE" if table.deleted else conditions(table.deleted_when, header, facts.keys, negate=False),
    }
    excluded = conditions(table.where, header, facts.keys, negate=True)
    period = f"coalesce({_period(table)}::VARCHAR, '*')" if table.replacement == "per_period" else "'*'"
    problem = _case([*problems, *own, *rule_problems(table, header, facts.keys, facts.mode)])
    if table.takes_back:
        # A row that takes a record back needs no more than to say which one.
        problem = f"CASE WHEN _deleted THEN {_case([*key_problems, *own])} ELSE {problem} END"
    if labels := _labels(problem):
        problem = enum(problem, labels)
    names = ", ".join(column.name for column in feed.columns)
    known = {name: expression for name, expression in extras.items() if expression is not None}
    texts += [f"{excluded} AS _excluded", *(f"{expression} AS {name}" for name, expression in known.items())]
    inner = f"SELECT *, {', '.join(texts)} FROM ({trimmed(table, header, source, blanks=blanks)})"
    typed = f"SELECT *, {', '.join(values)} FROM ({inner})"
    scope = literal(f"{table.deletes_from or table.name}/")
    return (
        f"SELECT {names}, {scope} || {period} AS _scope, {', '.join(known)}, _excluded, "
        f"CASE WHEN _excluded THEN NULL ELSE {problem} END AS _problem, * EXCLUDE ({names}, {', '.join(known)}, _excluded) FROM ({typed})"
    )


def _labels(problem: str) -> list[str]:
    """Every 'column|rule' that an expression may give."""
    return list(dict.fromkeys(text.replace("''", "'") for text in _LABEL.findall(problem)))


def _case(whens: list[str]) -> str:
    return f"CASE {' '.join(whens)} END" if whens else "NULL::VARCHAR"


def _own_problems(table: Table, header: Header) -> list[str]:
    """WHEN branches about the record's own id and its number in a sequence of changes."""
    found = []
    if table.record_id is not None:
        place = literal(f"{place_of(table, table.record_id)}|required")
        found.append(f"WHEN _record IS NULL THEN {place}")
    if table.sequence is not None:
        text, place = cell(table.sequence, header), place_of(table, table.sequence)
        found += [] if table.optional_sequence else [f"WHEN {text} = '' THEN {literal(f'{place}|required')}"]
        found.append(f"WHEN _sequence IS NULL AND {text} <> '' THEN {literal(f'{place}|whole_number')}")
    return found


def _period(table: Table) -> str:
    """School year of a row; a date belongs to the year that ends the June after it."""
    column = table.period_column
    return "school_year" if column in ("school_year", None) else f"(year({column}) + (month({column}) >= 7)::INT)"


def trimmed(table: Table, header: Header, source: str, *, blanks: bool = True) -> str:
    """`source` with column k<n> beside c<n> for every column the table reads: the text without blanks around it."""
    cells = []
    for index in sorted({index for name in needed_columns(table) if (index := header.index(name)) is not None}):
        # Only texts that begin or end with a blank are trimmed: looking costs a tenth of trimming.
        text = f"CASE WHEN c{index} < '!' OR suffix(c{index}, ' ') THEN trim(c{index}) ELSE c{index} END" if blanks else f"c{index}"
        cells.append(f"regexp_replace({text}, '^=\"(.*)\"$', '\\1') AS k{index}" if table.reader.excel_text else f"{text} AS k{index}")
    return f"SELECT {', '.join(['*', *cells])} FROM ({source})"


def _text(prop: Property, table: Table, header: Header, facts: FileFacts) -> str:
    """Text of a property before it is typed; NULL where it is missing."""
    if prop.column is not None and header.index(prop.column) is None and prop.if_missing is None:
        return "NULL::VARCHAR"
    text = _origin(prop, header, facts)
    if prop.extract is not None:
        text = f"regexp_extract({text}, {literal(prop.extract)}, 1)"
    codes = prop.codes or {}
    missing = [value for value in (prop.missing if prop.missing is not None else table.reader.missing) if value not in codes]
    for lookup in (prop.lookup, prop.then_lookup):
        if lookup is not None:
            relation = facts.lookups[lookup]
            found = f"coalesce((SELECT any_value(v) FROM {relation} WHERE k = {text}), '{NO_MATCH}')"
            text = f"CASE WHEN {text} = '' THEN '' ELSE {found} END" if relation else "''"
    if prop.if_missing is not None:
        held = conditions(prop.if_missing.where, header, facts.keys, negate=False)
        is_missing = f"{text} IN ({', '.join(map(literal, table.reader.missing))})"
        text = f"CASE WHEN {is_missing} AND {held} THEN {literal(prop.if_missing.value)} ELSE {text} END"
    if missing == [""]:
        return f"nullif({text}, '')"
    return f"CASE WHEN {text} IN ({', '.join(map(literal, missing))}) THEN NULL ELSE {text} END" if missing else text


def _origin(prop: Property, header: Header, facts: FileFacts) -> str:
    if prop.column is not None:
        return cell(prop.column, header)
    if prop.constant is not None:
        return literal(str(prop.constant).lower() if isinstance(prop.constant, bool) else str(prop.constant))
    if prop.from_file is not None or prop.from_sheet is not None:
        return literal(_named(prop, facts))
    if prop.from_unpivot is not None:
        return _unpivoted(prop.from_unpivot)
    if prop.from_delivery is not None:
        ends = facts.as_of.year + (facts.as_of.month >= 7)
        return literal(facts.as_of.isoformat() if prop.from_delivery == "as_of" else str(ends))
    return joined_cells(prop.template or "", header, facts.groups)


def _named(prop: Property, facts: FileFacts) -> str:
    """The part of the file's or the sheet's name that a property asks for."""
    return facts.sheet_groups.get(prop.from_sheet, "") if prop.from_sheet is not None else facts.groups.get(prop.from_file or "", "")


def joined_cells(template: str, header: Header, groups: Mapping[str, str] = MappingProxyType({})) -> str:
    """A column, or a template of columns, groups of the file's name and parts of an unpivoted row."""
    parts = PLACEHOLDER.split(template)
    if len(parts) == 1:
        return cell(template, header)
    texts = [_placeholder(part, header, groups) if place % 2 else literal(part) for place, part in enumerate(parts)]
    return " || ".join(text for text in texts if text != "''") or "''"


def _placeholder(part: str, header: Header, groups: Mapping[str, str]) -> str:
    kind, _, name = part.partition(":")
    if kind == "file" and part.startswith(NO_COLUMN):
        return literal(groups.get(name, ""))
    return _unpivoted(name) if part.startswith(NO_COLUMN) else cell(part, header)


def _unpivoted(name: str) -> str:
    return "_name" if name == "name" else f"trim({slot_column(name)})"


def _problems(prop: Property, column: Column, text: str, table: Table, header: Header) -> list[str]:
    """WHEN branches that name the broken rule of this column."""
    found: list[str] = []
    place = column.name
    is_set = f"{text} IS NOT NULL"
    if prop.lookup is not None and prop.has_otherwise:
        is_set += f" AND {text} <> '{NO_MATCH}'"
    marker = is_marker(prop, text)
    if marker:
        is_set += f" AND NOT {marker}"
    if prop.ranges:
        is_set += f" AND {text}_low IS NULL AND {text}_high IS NULL"
        found.append(f"WHEN {text}_low > {text}_high THEN '{place}|number'")
    formula = _formula(prop, text, table, header)
    if formula and not _refuses_unknown(prop, column):
        found.append(f"WHEN {is_set} AND {formula} THEN '{place}|formula'")
    if prop.lookup is not None and not prop.has_otherwise:
        found.append(f"WHEN {text} = '{NO_MATCH}' THEN '{place}|lookup'")
    if prop.codes is not None and not prop.has_otherwise:
        keys = ", ".join(literal(code.lower() if prop.fold_case else code) for code in prop.codes)
        key = f"lower({text})" if prop.fold_case else text
        found.append(f"WHEN {is_set} AND {key} NOT IN ({keys}) THEN {_rule_or_formula(place, 'code', formula)}")
    elif column.codes is not None and (prop.codes is None or prop.otherwise == "keep") and prop.constant is None:
        known = ", ".join(map(literal, CODE_LISTS[column.codes]))
        found.append(f"WHEN {place} IS NOT NULL AND {place} NOT IN ({known}) THEN {_rule_or_formula(place, 'code', formula)}")
    elif column.type is not ColumnType.TEXT and prop.codes is None:
        found.append(f"WHEN {is_set} AND {place} IS NULL THEN {_rule_or_formula(place, _rule(prop, column), formula)}")
    if column.required or prop.required:
        marked = f" AND NOT coalesce({marker}, FALSE)" if marker else ""
        marked += f" AND {text}_low IS NULL AND {text}_high IS NULL" if prop.ranges else ""
        found.append(f"WHEN {place} IS NULL{marked} THEN '{place}|required'")
    return found


def _formula(prop: Property, text: str, table: Table, header: Header) -> str:
    """Test for a formula in a cell of this column; '' where formulas count by their value or no cell is read."""
    if table.reader.formulas == "value" or (prop.column is None and prop.template is None and prop.from_unpivot in (None, "name")):
        return ""
    changed = (prop.extract, prop.lookup, prop.template, prop.if_missing)
    cells = [text]
    if any(part is not None for part in changed) and prop.from_unpivot is None:
        cells = [cell(name, header) for name in origin_columns(prop)]
    # A comparison of the first letter costs a tenth of starts_with.
    return "(" + " OR ".join(f"({name} >= '=' AND {name} < '>')" for name in cells) + ")" if cells else ""


def _refuses_unknown(prop: Property, column: Column) -> bool:
    """Is every text that is no value of this column rejected anyway? Then only the rejected rows are asked about formulas."""
    if prop.extract is not None or prop.lookup is not None or prop.template is not None or prop.if_missing is not None:
        return False
    if prop.codes is not None:
        return not prop.has_otherwise
    return column.codes is not None or column.type is not ColumnType.TEXT


def _rule_or_formula(place: str, rule: str, formula: str) -> str:
    return f"CASE WHEN {formula} THEN '{place}|formula' ELSE '{place}|{rule}' END" if formula else f"'{place}|{rule}'"


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


def _companions(prop: Property) -> list[str]:
    """Feed columns that a property fills beside its own."""
    bounds = [f"{prop.name}_low", f"{prop.name}_high"] if prop.ranges else []
    return [*bounds, f"{prop.name}_marker"] if prop.ranges or prop.markers or prop.marker_pattern is not None else []


def _companion(column: Column, by_name: Mapping[str, Property], columns: Mapping[str, Column]) -> str:
    """NULL of the column's type, or the bounds and the marker of the column beside which it stands."""
    base, _, suffix = column.name.rpartition("_")
    prop = by_name.get(base)
    if prop is None or column.name not in _companions(prop):
        return f"NULL::{column.duckdb_type}"
    text = f"t{list(columns).index(base)}"
    if suffix != "marker":
        return f"try_cast({text}_{suffix} AS DECIMAL(18,6))"
    tests = [is_marker(prop, text)] if is_marker(prop, text) else []
    tests += [f"{text}_low IS NOT NULL OR {text}_high IS NOT NULL"] if prop.ranges else []
    return f"CASE WHEN {' OR '.join(tests)} THEN {text} END"

"""Does a table of a contract keep its promises to the feed it fills?

Belongs here: checks of a whole table and of tables among each other. Does not belong here: one property (check_property.py), how the
files are read (check_reader.py), the shape of the YAML (odcs.py).
"""

import re
from collections.abc import Sequence

from orchestration.contracts.check_property import check_property
from orchestration.contracts.check_reader import check_reader
from orchestration.contracts.columns import NO_COLUMN, PLACEHOLDER, key_files, needed_columns
from orchestration.contracts.model import Condition, IdSystem, Lookup, Table
from orchestration.contracts.patterns import pattern_problem
from orchestration.contracts.refused import is_refused
from orchestration.feeds import FEEDS

Found = tuple[str, str, str]

_SLOT = re.compile(r"^[a-z][a-z0-9_]*$")


def check_table(table: Table, student_ids: dict[str, IdSystem]) -> list[Found]:
    """Problems as (feed column or '', extra or '', message); empty when the table is sound."""
    feed = FEEDS.get(table.feed)
    if feed is None:
        return [("", "feed", f"unknown feed {table.feed!r}; known: {', '.join(FEEDS)}")]
    found: list[Found] = []
    if not table.files:
        found.append(("", "files", "which files? give physicalName a glob such as students*.csv"))
    mapped = {prop.name for prop in table.properties}
    # A row that takes a record back needs to say which record, and no more.
    found += [
        ("", "feed", f"feed {table.feed} needs {column.name}; map it or give it a constant")
        for column in feed.columns
        if column.required and column.name not in mapped and not table.deleted
    ]
    found += _check_replacement(table, mapped)
    found += [("", extra, message) for extra, message in (*check_reader(table), *_check_unpivot(table), *_check_rules(table))]
    found += _check_refused(table)
    groups = _groups(table.file_name)
    for prop in table.properties:
        expected = feed.by_name.get(prop.name)
        if expected is None:
            found.append((prop.name, "", f"feed {table.feed} has no such column; it has: {', '.join(feed.by_name)}"))
            continue
        found += [(prop.name, extra, message) for extra, message in check_property(prop, expected, table, groups)]
        if prop.name.endswith("student_id_system") and isinstance(prop.constant, str) and prop.constant not in student_ids:
            found.append((prop.name, "constant", f"id system {prop.constant!r} is not declared under student_ids"))
    return found


def check_tables(tables: Sequence[Table]) -> list[tuple[str, str, str]]:
    """Problems between the tables of one contract, as (table, extra, message)."""
    by_name = {table.name: table for table in tables}
    found: list[tuple[str, str, str]] = []
    for table in tables:
        if table.deletes_from is None:
            continue
        other = by_name.get(table.deletes_from)
        if other is None or other is table or other.deleted:
            found.append((table.name, "deletes_from", f"no table {table.deletes_from!r} to take rows back from"))
        elif other.feed != table.feed:
            found.append((table.name, "deletes_from", f"{other.name} fills feed {other.feed}; this table must fill it too"))
        elif (other.record_id is None) != (table.record_id is None):
            found.append((table.name, "record_id", f"{other.name} and this table both name their record_id, or neither does"))
        elif table.record_id is None:
            missing = [name for name in FEEDS[table.feed].key if _maps(other, name) and not _maps(table, name)]
            found += [(table.name, "deletes_from", f"rows of {other.name} are told apart by {name}; map it here too") for name in missing]
    return found


def _maps(table: Table, name: str) -> bool:
    return any(prop.name == name for variant in table.variants for prop in variant.properties)


def _check_replacement(table: Table, mapped: set[str]) -> list[Found]:
    found: list[Found] = []
    if table.replacement == "per_period" and table.period_column is None:
        found.append(("", "replacement", "replacement per_period needs school_year, or a required date, to be mapped"))
    if table.replacement == "delta" and table.record_id is None and not mapped & set(FEEDS[table.feed].key) - {"student_id_system"}:
        keys = ", ".join(FEEDS[table.feed].key) or "none, the feed has no key"
        found.append(("", "replacement", f"replacement delta changes rows by key; map one of: {keys}, or name the record_id"))
    if table.deleted and table.deletes_from is None:
        found.append(("", "deleted", "deleted: true takes rows of another table back; name it under deletes_from"))
    if table.deletes_from is not None and not table.deleted:
        found.append(("", "deletes_from", "deletes_from goes with deleted: true"))
    if table.deleted and table.deleted_when:
        found.append(("", "deleted_when", "deleted: true already says it of every row; leave deleted_when out"))
    if table.optional_sequence and table.sequence is None:
        found.append(("", "optional_sequence", "optional_sequence goes with sequence"))
    return found


def _groups(pattern: str | None) -> set[str]:
    try:
        return set(re.compile(pattern).groupindex) if pattern else set()
    except re.error:
        return set()


def _check_unpivot(table: Table) -> list[tuple[str, str]]:
    unpivot = table.unpivot
    found = [("file_name", message) for message in _wrong_patterns([table.file_name])]
    if unpivot is None:
        return found
    found += [("unpivot", message) for message in _wrong_patterns([unpivot.pattern])]
    if unpivot.groups and (unpivot.columns or unpivot.pattern):
        found.append(("unpivot", "give groups, or columns and pattern, not both"))
    if not (unpivot.groups or unpivot.columns or unpivot.pattern):
        found.append(("unpivot", "which columns? give columns, a pattern or groups"))
    for slot, given in unpivot.groups.items():
        if not _SLOT.match(slot) or slot == "name":
            found.append(("unpivot", f"{slot!r} is no name for a slot: small letters, digits and _, and not 'name'"))
        if isinstance(given, str):
            wrong = _wrong_patterns([given])
            found += [("unpivot", message) for message in wrong]
            if not wrong and re.compile(given).groups < 1:
                found.append(("unpivot", f"{given!r} needs one group in brackets: the part of the header that names the row"))
    return found


def _wrong_patterns(patterns: Sequence[str | None]) -> list[str]:
    """These are matched by Python alone."""
    found = []
    for pattern in patterns:
        try:
            re.compile(pattern or "")
        except re.error as error:
            found.append(f"{pattern!r} is not a regular expression: {error}")
    return found


def _check_rules(table: Table) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for extra, given in (("where", table.where), ("deleted_when", table.deleted_when)):
        for condition in given:
            found += [(extra, message) for message in _check_condition(condition)]
    for prop in table.properties:
        for condition in prop.if_missing.where if prop.if_missing else ():
            found += [("if_missing", f"{prop.name}: {message}") for message in _check_condition(condition)]
    for file in key_files(table):
        for condition in file.where:
            found += [("references", message) for message in _check_condition(condition)]
            if condition.in_file or condition.not_in_file:
                found.append(("references", "a condition on the rows of another file cannot ask a third file"))
    found += [("expect", message) for rule in table.expect if rule.matches and (message := pattern_problem(rule.matches))]
    for lookup in table.lookups.values():
        found += [("lookups", message) for message in _check_lookup(lookup)]
    return found


def _check_condition(condition: Condition) -> list[str]:
    tests = (condition.is_in, condition.not_in, condition.matches, condition.not_matches, condition.in_file, condition.not_in_file)
    found = [message for pattern in (condition.matches, condition.not_matches) if pattern and (message := pattern_problem(pattern))]
    if all(test is None for test in tests):
        found.append(f"column {condition.column!r}: say in, not_in, matches, not_matches, in_file or not_in_file")
    if condition.absent and condition.in_file is None and condition.not_in_file is None:
        found.append("absent says what holds without the other file: it goes with in_file or not_in_file")
    return found


def _check_lookup(lookup: Lookup) -> list[str]:
    if lookup.extract is None:
        return []
    if message := pattern_problem(lookup.extract):
        return [message]
    return [] if re.compile(lookup.extract).groups else ["extract needs one group in brackets"]


def _check_refused(table: Table) -> list[Found]:
    """Passwords and social security numbers are taken from no file, for no purpose."""
    said = "looks like a password or a social security number; such columns are never taken: leave it out"
    of_properties = {name: prop.name for prop in table.properties for name in _names(prop.column, *prop.aliases, prop.template)}
    others = {name for name in needed_columns(table) if name not in of_properties}
    others |= {name for file in key_files(table) for name in (*_names(file.key), *(one.column for one in file.where))}
    others |= {name for lookup in table.lookups.values() for name in _names(str(lookup.key), str(lookup.value))}
    others |= set(table.reader.fields) & set(needed_columns(table)) - set(of_properties)
    found: list[Found] = [(column, "", f"column {name!r} {said}") for name, column in of_properties.items() if is_refused(name)]
    return found + [("", "", f"column {name!r} {said}") for name in sorted(others) if is_refused(name)]


def _names(*texts: str | None) -> list[str]:
    """Header texts of columns and templates."""
    found: list[str] = []
    for text in texts:
        if text is not None:
            found += [part for part in PLACEHOLDER.findall(text) if not part.startswith(NO_COLUMN)] if "{" in text else [text]
    return found

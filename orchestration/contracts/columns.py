"""Which header texts a table reads: of its properties, conditions and rules, with their other names, and which a file may lack.

Does not belong here: where they stand in a file (ingestion/header.py).
"""

import re

from orchestration.contracts.model import Condition, Expectation, KeyFile, Property, Reference, Table

PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
# Placeholders of a template that name no column: a group of the file's name, the name or a slot of an unpivoted row.
NO_COLUMN = ("file:", "unpivot:")


def column_alternatives(table: Table) -> list[tuple[str, ...]]:
    """For each column that the table reads: its header text, then its aliases, in contract order."""
    aliases = column_aliases(table)
    return [(name, *aliases.get(name, ())) for name in _used(table)]


def needed_columns(table: Table) -> list[str]:
    """Every header text that the table may read, layouts and aliases included."""
    return list(dict.fromkeys(name for variant in table.variants for names in column_alternatives(variant) for name in names))


def required_columns(table: Table) -> list[str]:
    """Header texts (or an alias of each) without which the table cannot be read."""
    return [name for name, is_optional in _used(table).items() if not is_optional]


def column_aliases(table: Table) -> dict[str, tuple[str, ...]]:
    """Other headers of a column; whoever else reads that column (a condition, a template) follows them too."""
    given: dict[str, tuple[str, ...]] = {}
    for prop in table.properties:
        if prop.column is not None and prop.aliases:
            given[prop.column] = (*given.get(prop.column, ()), *prop.aliases)
    return given


def origin_columns(prop: Property) -> list[str]:
    """Header texts that the text of a property is made of."""
    if prop.column is not None:
        return [prop.column]
    return [place for place in PLACEHOLDER.findall(prop.template or "") if not place.startswith(NO_COLUMN)]


def _used(table: Table) -> dict[str, bool]:
    """Every column the table reads, and whether a file may lack it: the properties that read it say so, else any rule that does."""
    by_property: dict[str, bool] = {}
    by_rule: dict[str, bool] = {}
    for prop in table.properties:
        for name in origin_columns(prop):
            by_property[name] = by_property.get(name, True) and prop.optional_column
    rules: list[Condition | Reference | Expectation] = [*all_conditions(table), *table.references, *table.expect]
    for rule in rules:
        by_rule[rule.column] = by_rule.get(rule.column, False) or rule.optional_column
    for name in (*(table.unpivot.columns if table.unpivot else ()), *_group_columns(table), *table.reader.fill_down, table.record_id):
        if name is not None:
            by_rule[name] = False
    if table.sequence is not None:
        by_rule[table.sequence] = by_rule.get(table.sequence, table.optional_sequence)
    return {**by_property, **{name: is_optional for name, is_optional in by_rule.items() if name not in by_property}}


def _group_columns(table: Table) -> list[str]:
    slots = table.unpivot.groups.values() if table.unpivot else ()
    return [column for slot in slots if isinstance(slot, dict) for column in slot.values()]


def _with_absent(conditions: tuple[Condition, ...]) -> list[Condition]:
    return [one for condition in conditions for one in (condition, *_with_absent(condition.absent))]


def key_files(table: Table) -> list[KeyFile]:
    """Every other file of the delivery whose keys the table asks for."""
    found: list[KeyFile] = []
    for variant in table.variants:
        found += variant.references
        found += [file for one in all_conditions(variant) for file in (one.in_file, one.not_in_file) if file]
    return found


def all_conditions(table: Table) -> list[Condition]:
    """Conditions of the table and of its properties, with those that hold where a file is absent."""
    if_missing = [condition for prop in table.properties if prop.if_missing for condition in prop.if_missing.where]
    return _with_absent((*if_missing, *table.where, *table.deleted_when))

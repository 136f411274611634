"""Conditions, expectations and references of a contract as SQL over the trimmed cells of a row.

Belongs here: which rows a table takes, takes back, or refuses by a rule of its own.
Does not belong here: typed values and their rules (compile.py), loading the files that references speak of (side.py).
"""

from orchestration.contracts.model import Condition, Expectation, KeyFile, Table
from orchestration.ingestion.header import Header
from orchestration.sql import literal

KeyPlace = tuple[tuple[str, ...], str, tuple[Condition, ...]]


class Keys(dict[KeyPlace, str | None]):
    """Relation (k) of the keys of each other file, None where the delivery has no such file.

    `partial`: those of files that bring changes only. A text among them is a key; one that is not may be one all the same.
    """

    partial: frozenset[KeyPlace] = frozenset()


def key_place(file: KeyFile) -> KeyPlace:
    """What two mentions of the same keys have in common."""
    return file.file, file.key, file.where


def cell(name: str, header: Header) -> str:
    """Trimmed text of a file column; '' where it is empty or the file has no such column."""
    index = header.index(name)
    return "''" if index is None else f"k{index}"


def conditions(given: tuple[Condition, ...], header: Header, keys: Keys, *, negate: bool) -> str:
    """All of them together; without any, FALSE."""
    if not given:
        return "FALSE"
    held = " AND ".join(test for condition in given for test in _tests(condition, header, keys))
    return f"NOT ({held})" if negate else f"({held})"


def _tests(condition: Condition, header: Header, keys: Keys) -> list[str]:
    text = cell(condition.column, header)
    tests = []
    if condition.is_in is not None:
        tests.append(f"{text} IN ({_texts(condition.is_in)})")
    if condition.not_in is not None:
        tests.append(f"{text} NOT IN ({_texts(condition.not_in)})")
    if condition.matches is not None:
        tests.append(f"regexp_full_match({text}, {literal(condition.matches)})")
    if condition.not_matches is not None:
        tests.append(f"NOT regexp_full_match({text}, {literal(condition.not_matches)})")
    for file, test in ((condition.in_file, "IN"), (condition.not_in_file, "NOT IN")):
        if file is None:
            continue
        place = key_place(file)
        relation = keys.get(place)
        unknown = conditions(condition.absent, header, keys, negate=False) if condition.absent else "TRUE"
        if relation is None:
            tests.append(unknown)
        elif test == "IN" and place in keys.partial:
            tests.append(f"({text} IN (SELECT k FROM {relation}) OR {unknown})")
        else:
            tests.append(f"{text} {test} (SELECT k FROM {relation})")
    return tests


def counted_text(table: Table, header: Header) -> str:
    """The text by which a left-out row is counted apart, NULL where the contract does not spell it out; '' where it counts none."""
    counted = [(cell(one.column, header), one.count) for one in table.where if one.count]
    whens = [f"WHEN {text} IN ({_texts(texts)}) THEN {text}" for text, texts in counted]
    return f"CASE {' '.join(whens)} END" if whens else ""


def rule_problems(table: Table, header: Header, keys: Keys, mode: str) -> list[str]:
    """WHEN branches of expectations, then of references. Changes, and references to changes, may mean records of earlier deliveries:
    nothing to check them against."""
    found = [_expectation(rule, table, header) for rule in table.expect if rule.mode in (None, mode)]
    for rule in table.references if mode == "bulk" else ():
        relation = keys.get(key_place(rule))
        if relation is not None and key_place(rule) not in keys.partial and header.index(rule.column) is not None:
            text = cell(rule.column, header)
            wrong = _some_part(text, rule.split, f"{{}} <> '' AND {{}} NOT IN (SELECT k FROM {relation})")
            found.append(f"WHEN {_filled(text, table)} AND {wrong} THEN {literal(f'{place_of(table, rule.column)}|reference')}")
    return found


def _expectation(rule: Expectation, table: Table, header: Header) -> str:
    if rule.is_in is not None:
        test = f"{{}} NOT IN ({_texts(rule.is_in)})"
    elif rule.not_in is not None:
        test = f"{{}} IN ({_texts(rule.not_in)})"
    else:
        test = f"NOT regexp_full_match({{}}, {literal(rule.matches or '')})"
    wrong = _some_part(cell(rule.column, header), rule.split, test)
    return f"WHEN {wrong} THEN {literal(f'{place_of(table, rule.column)}|not_allowed')}"


def _some_part(text: str, split: str | None, test: str) -> str:
    """`test` over the text, or over any part of it; {} in `test` is the text tested."""
    if split is None:
        return test.replace("{}", text)
    parts = f"SELECT trim(unnest(string_split({text}, {literal(split)}))) AS part"
    return f"EXISTS (SELECT 1 FROM ({parts}) WHERE {test.replace('{}', 'part')})"


def place_of(table: Table, column: str) -> str:
    """The feed column that reads this header; a rule about a column that no feed column reads is named by the header."""
    return next((prop.name for prop in table.properties if prop.column == column), column)


def _filled(text: str, table: Table) -> str:
    return f"{text} NOT IN ({_texts(table.reader.missing)})" if table.reader.missing else "TRUE"


def _texts(texts: tuple[str, ...]) -> str:
    return ", ".join(map(literal, texts)) or "NULL"

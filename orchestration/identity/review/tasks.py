"""Tasks as a reviewer sees them: one open record, its candidates beside it, what every field says and weighs.

Belongs here: gathering names, dates and evidence of the asked pairs. Does not belong here: which pairs (queue.py), look (page, workbook).
Values are those that were compared: without accents, punctuation and capitals.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

import duckdb

from orchestration.identity.comparisons import COMPARISONS, Comparison
from orchestration.identity.model import Model
from orchestration.identity.review.queue import AGAIN, SAMPLE, review_pairs, review_tasks, second_readings
from orchestration.identity.review.words import chance_words, level_words, why_words

# What is shown of a record, in this order; the comparison that the field belongs to.
FIELDS = {
    "first_name": "First name",
    "preferred_name": "Preferred name",
    "middle": "Middle initial",
    "last_name": "Last name",
    "birth": "Birth date",
    "sex": "Sex",
    "street": "Street",
    "city": "City",
    "zip": "ZIP code",
    "school": "School",
    "cohort": "Born about, by grade",
}
EVIDENCE = {
    "name": "Name", "birth": "Birth date", "address": "Address", "middle": "Middle initial",
    "sex": "Sex", "cohort": "Grade", "school": "School",
}  # fmt: skip
RARITY = "rarity"


@dataclass(frozen=True)
class Record:
    """One record as shown; `elsewhere` are other values of the person it belongs to, `lists` the other sources that person is in."""

    record_id: int
    source: str
    roster: str
    student_id: str
    values: dict[str, str]
    elsewhere: dict[str, tuple[str, ...]]
    lists: tuple[str, ...]


@dataclass(frozen=True)
class Evidence:
    """What one field says: `weight` in bits, above 0 for one child, below for two; None without a model."""

    name: str
    words: str
    weight: float | None


@dataclass(frozen=True)
class Candidate:
    """A record that may be the same child as the task's, and the pair both make."""

    pair: tuple[int, int]
    record: Record
    reason: str
    why: str
    chance: str
    weight: float | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True)
class Task:
    """One open record and its candidates, the likeliest first."""

    record: Record
    candidates: tuple[Candidate, ...]


def open_tasks(con: duckdb.DuckDBPyConnection, model: Model | None, *, reader: str | None = None, limit: int | None = None) -> list[Task]:
    """What waits for an answer, the likeliest pairs first. With a `reader`, also decided pairs that wait for a second reader."""
    review_pairs(con, "review_pair")
    if reader is not None:
        second_readings(con, reader, "second_reading")
        con.execute("INSERT INTO review_pair SELECT * FROM second_reading")
    review_tasks(con, "review_pair", "review_task")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE shown_task AS
        SELECT t.*, o.place FROM review_task AS t JOIN (
            SELECT task, row_number() OVER (ORDER BY max(coalesce(weight, 0)) DESC, task) AS place FROM review_task GROUP BY task
            ORDER BY place {f"LIMIT {int(limit)}" if limit is not None else ""}) AS o USING (task)"""
    )
    blind = {
        record for row in con.execute(f"SELECT a, b FROM shown_task WHERE reason IN ('{SAMPLE}', '{AGAIN}')").fetchall() for record in row
    }
    shown = _records(con, blind)
    recycled = _recycled(con)
    levels = ", ".join(f"({comparison.case()}) AS {comparison.name}" for comparison in COMPARISONS)
    rows = con.execute(
        f"""SELECT t.task, t.owner, t.a, t.b, t.reason, t.weight, t.why, p.model, {levels}
        FROM shown_task AS t JOIN identity.record AS l ON l.record_id = t.a JOIN identity.record AS r ON r.record_id = t.b
        LEFT JOIN identity.pair AS p ON p.a = t.a AND p.b = t.b
        ORDER BY t.place, coalesce(t.weight, -99) DESC, t.a, t.b"""
    ).fetchall()
    owners: dict[str, int] = {}
    candidates: dict[str, list[Candidate]] = defaultdict(list)
    for task, owner, a, b, reason, weight, why, version, *found in rows:
        words = why_words(why)
        if {a, b} & recycled:
            words += " One of the ids has stood for two children."
        told, chance, shown_weight = (
            _evidence(model, found, weight if model and version == model.version else None),
            chance_words(weight, reason),
            weight,
        )
        if reason == SAMPLE:
            told, chance, shown_weight = tuple(replace(item, weight=None) for item in told if item.name != RARITY), "", None
        owners[task] = owner
        candidates[task].append(Candidate((a, b), shown[b if owner == a else a], reason, words, chance, shown_weight, told))
    return [Task(shown[owners[task]], tuple(items)) for task, items in candidates.items()]


def _records(con: duckdb.DuckDBPyConnection, blind: set[int]) -> dict[int, Record]:
    """Records of the shown tasks. Of `blind` ones nothing is told of their person: it would give the first answer away."""
    columns = ", ".join(f"r.{name}::VARCHAR" for name in FIELDS)
    con.execute("CREATE OR REPLACE TEMP TABLE shown_record AS SELECT a AS record_id FROM shown_task UNION SELECT b FROM shown_task")
    others: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for record_id, *rest in con.execute(
        f"""SELECT s.record_id, r.source, {columns} FROM shown_record AS s
        JOIN identity.record_link AS k ON k.record_id = s.record_id AND k.valid_to_run IS NULL
        JOIN identity.record_link AS o ON o.person_id = k.person_id AND o.valid_to_run IS NULL AND o.record_id <> k.record_id
        JOIN identity.record AS r ON r.record_id = o.record_id ORDER BY r.source, r.record_id"""
    ).fetchall():
        if record_id not in blind:
            others[record_id].append(tuple(rest))
    found = {}
    for record_id, source, roster, student_id, *cells in con.execute(
        f"""SELECT r.record_id, r.source, r.roster, r.student_id_system || ' ' || r.student_id, {columns}
        FROM shown_record JOIN identity.record AS r USING (record_id)"""
    ).fetchall():
        values = {name: show_value(name, cell) for name, cell in zip(FIELDS, cells, strict=True) if cell}
        elsewhere = {}
        for place, name in enumerate(FIELDS, start=1):
            seen = {show_value(name, row[place]) for row in others[record_id] if row[place]} - {values.get(name, "")}
            if seen:
                elsewhere[name] = tuple(sorted(seen))
        lists = tuple(dict.fromkeys(row[0] for row in others[record_id]))
        found[record_id] = Record(record_id, source, roster, student_id, values, elsewhere, lists)
    return found


def show_value(field: str, value: str) -> str:
    """As a person writes it: dates with dashes, names with capitals."""
    if field == "birth" and len(value) == 8:
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    if field in ("first_name", "preferred_name", "middle", "last_name", "street", "city"):
        return value.title()
    return value


def _evidence(model: Model | None, levels: list[int], weight: float | None) -> tuple[Evidence, ...]:
    """One line a comparison; what the total weighs beyond them is how rare the name is."""
    told = [
        Evidence(c.name, level_words(c.name, _label(c, level), level), _bits(model, c.name, level))
        for c, level in zip(COMPARISONS, levels, strict=True)
    ]
    if model is not None and weight is not None:
        rest = weight - math.log2(model.prior / (1 - model.prior)) - sum(item.weight or 0.0 for item in told)
        if abs(rest) >= 0.05:
            told.append(Evidence(RARITY, "A rare name" if rest > 0 else "A common name", rest))
    return tuple(told)


def _label(comparison: Comparison, level: int) -> str | None:
    return comparison.levels[len(comparison.levels) - level].label if level > 0 else None


def _bits(model: Model | None, name: str, level: int) -> float | None:
    if model is None or name not in model.weights:
        return None
    if level < 0 or level not in model.weights[name]:
        return 0.0
    m, u = model.weights[name][level]
    return math.log2(max(m, 1e-12) / max(u, 1e-12))


def _recycled(con: duckdb.DuckDBPyConnection) -> set[int]:
    """Records whose id has stood for two children."""
    found = con.execute(
        "SELECT 1 FROM duckdb_columns() WHERE schema_name = 'identity' AND table_name = 'recycled_id' AND column_name = 'record_id'"
    ).fetchone()
    return {row[0] for row in con.execute("SELECT record_id FROM identity.recycled_id").fetchall()} if found else set()

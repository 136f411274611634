"""A night that would merge or split too many persons stops before anything after it is built.

Belongs here: the counts of a night and the limits on them. Does not belong here: settling persons (persons.py), the same limits held
against the candidate (expectations/identity_night.py).
"""

from dataclasses import dataclass

import duckdb

from orchestration.sql import one_row

# With fewer persons than this a share says nothing: one family would be over it.
FEWEST_PERSONS = 100


@dataclass(frozen=True)
class NightLimits:
    """Largest shares of the persons there were that a night may merge into others or split; `accepted`: a person has looked at it."""

    merged: float = 0.05
    split: float = 0.02
    accepted: bool = False


class TooManyChangesError(Exception):
    """A night that would change more persons than it may; nothing of it may be kept."""


def check_night(con: duckdb.DuckDBPyConnection, run: int, limits: NightLimits) -> None:
    """Raises TooManyChangesError for a night over its limits. The caller then rolls the night back.

    A night is checked once: what was let through stays, also where the limits are tightened or the setting is gone later.
    """
    create_gate_table(con)
    if con.execute("SELECT 1 FROM identity.run_checked WHERE run = ?", [run]).fetchone():
        return
    before, merged, split = night_counts(con, run)
    over = [
        f"{verb} {count:,} of {before:,} children ({count / before:.1%}; at most {most:.1%} may be)"
        for verb, count, most in (("merge", merged, limits.merged), ("split", split, limits.split))
        if count > most * before and before >= FEWEST_PERSONS
    ]
    if over and not limits.accepted:
        raise TooManyChangesError(
            f"tonight's matching would {' and '.join(over)}{_where(con, run)}, so nothing was changed and nothing is published: "
            "take back the delivery that causes it (datadrives delivery withdraw), or, if the change is right, "
            "run once with DATADRIVES_IDENTITY_ACCEPT_CHANGES=true"
        )
    con.execute("INSERT INTO identity.run_checked VALUES (?, ?)", [run, bool(over)])


def create_gate_table(con: duckdb.DuckDBPyConnection) -> None:
    """identity.run_checked: one row per night that was let through; over_limit: because somebody had looked at it."""
    con.execute("CREATE TABLE IF NOT EXISTS identity.run_checked (run BIGINT, over_limit BOOLEAN)")


def night_counts(con: duckdb.DuckDBPyConnection, run: int) -> tuple[int, int, int]:
    """(persons before the night, of them merged into others, of them split). Counts only."""
    before, merged, split = one_row(con, f"SELECT persons_before, merged, split FROM ({nights_sql()}) WHERE run = {int(run)}")
    return int(before), int(merged), int(split)


def nights_sql() -> str:
    """SELECT with one row per run: its counts. A person is split where records leave it for another and it goes on living."""
    return """
        WITH merges AS (SELECT run, count(DISTINCT person_id) AS merged FROM identity.identity_event WHERE event = 'merge' GROUP BY run),
        splits AS (
            SELECT l.valid_to_run AS run, count(DISTINCT l.person_id) AS split
            FROM identity.record_link AS l JOIN identity.record_link AS n ON n.record_id = l.record_id AND n.valid_from_run = l.valid_to_run
            ANTI JOIN (FROM identity.identity_event WHERE event IN ('merge', 'retire')) AS m
                ON m.run = l.valid_to_run AND m.person_id = l.person_id
            WHERE n.person_id <> l.person_id
            GROUP BY l.valid_to_run
        ), others AS (
            SELECT run, count(*) FILTER (event = 'mint') AS minted, count(*) FILTER (event = 'retire') AS retired
            FROM identity.identity_event GROUP BY run
        )
        SELECT r.run, r.ran_at, r.model, r.records, r.new_records, r.changed_records, r.withdrawn_records, r.persons,
            coalesce(lag(r.persons) OVER (ORDER BY r.run), 0) AS persons_before, coalesce(o.minted, 0) AS minted,
            coalesce(o.retired, 0) AS retired, coalesce(m.merged, 0) AS merged, coalesce(s.split, 0) AS split
        FROM identity.run AS r LEFT JOIN merges AS m USING (run) LEFT JOIN splits AS s USING (run) LEFT JOIN others AS o USING (run)"""


def _where(con: duckdb.DuckDBPyConnection, run: int) -> str:
    """', most of them by new or changed rows of x'; '' where all records were compared again, as under a new model."""
    if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'difference' AND temporary").fetchone():
        return ""
    found = con.execute(
        f"""WITH changed AS (
            SELECT DISTINCT n.person_id FROM identity.record_link AS l JOIN identity.record_link AS n USING (record_id)
            WHERE l.valid_to_run = {int(run)} AND n.valid_from_run = {int(run)} AND n.person_id <> l.person_id
        )
        SELECT r.source FROM difference AS d JOIN identity.record AS r USING (record_id)
        JOIN identity.record_link AS k ON k.record_id = d.record_id AND k.valid_to_run IS NULL SEMI JOIN changed USING (person_id)
        WHERE (SELECT count(*) FROM difference) < (SELECT count(*) FROM identity.record)
        GROUP BY r.source ORDER BY count(*) DESC, r.source LIMIT 1"""
    ).fetchone()
    return f", most of them by new or changed rows of {found[0]}" if found else ""

"""Link records whose truth is known, and count.

Belongs here: what is counted and against which denominator. Does not belong here: which figure is enough (the tests).
Denominators are all true pairs, not only those that blocking finds.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from orchestration.identity import guard, model, night, records, score
from orchestration.identity.compare import compare_records
from orchestration.identity.components import label_components
from orchestration.identity.review import review_pairs
from orchestration.sql import one_row


@dataclass(frozen=True)
class Agreement:
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@dataclass(frozen=True)
class Families:
    """What the guard did. `asked_share` is of all records, `misses_asked` of all true pairs that are no automatic link."""

    true_pairs: int
    links: int
    false: int
    false_unguarded: int
    asked_share: float
    misses_asked: float

    @property
    def recall(self) -> float:
        return (self.links - self.false) / self.true_pairs

    @property
    def false_share(self) -> float:
        return self.false / max(self.links, 1)


def connect() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET threads = 2; SET enable_progress_bar = false")
    return con


def tell(text: str) -> None:
    """A figure for docs/identity-quality.md; shown with -s."""
    sys.stdout.write(f"{text}\n")


def take_rows(con: duckdb.DuckDBPyConnection, rows: str, truth: str, columns: Mapping[str, str] | None = None) -> None:
    """Tables rec, name_frequency and truth(record_id, truth) from relation `rows`; `truth` is the SQL that names the person."""
    records.create_records(con, rows, "rec", columns)
    key = " || chr(31) || ".join(records.KEY_COLUMNS)
    con.execute(f"CREATE OR REPLACE TEMP TABLE truth AS SELECT md5_number_lower({key}) AS record_id, {truth} AS truth FROM {rows}")
    score.frequencies(con, "rec", "name_frequency")


def score_pairs(con: duckdb.DuckDBPyConnection, trained: model.Model) -> None:
    score.Scorer(con, trained, "name_frequency").all_pairs("rec", "pair")


def edges(con: duckdb.DuckDBPyConnection, least: float, *, within: bool) -> Agreement:
    """Pairs at `least` bits or more; `within`: two records of one roster may be one person."""
    where = "true" if within else "p.roster_a <> p.roster_b"
    found, right = one_row(
        con,
        f"""SELECT count(*), count(*) FILTER (x.truth = y.truth) FROM pair AS p
        JOIN truth AS x ON p.a = x.record_id JOIN truth AS y ON p.b = y.record_id WHERE p.weight >= {least} AND {where}""",
    )
    return Agreement(right / found, right / true_pairs(con, within=within))


def closure(con: duckdb.DuckDBPyConnection, least: float, *, within: bool) -> tuple[Agreement, int]:
    """All pairs of records that hang together over pairs at `least` bits, and how many groups hold two people."""
    where = "true" if within else "roster_a <> roster_b"
    con.execute(f"CREATE OR REPLACE TEMP TABLE used AS SELECT a, b FROM pair WHERE weight >= {least} AND {where}")
    label_components(con, edges="used", labels="used_label")
    con.execute(
        "CREATE OR REPLACE TEMP TABLE held AS SELECT label, truth, count(*) AS k FROM used_label JOIN truth ON node = record_id GROUP BY ALL"
    )
    found, right, mixed = one_row(
        con,
        """SELECT sum(n * (n - 1) / 2), sum(own), count(*) FILTER (people > 1)
        FROM (SELECT label, sum(k) AS n, sum(k * (k - 1) / 2) AS own, count(*) AS people FROM held GROUP BY label)""",
    )
    return Agreement(right / found, right / true_pairs(con, within=within)), mixed


def true_pairs(con: duckdb.DuckDBPyConnection, *, within: bool) -> int:
    where = "true" if within else "r.roster <> s.roster"
    (count,) = one_row(
        con,
        f"""SELECT count(*) FROM truth AS x JOIN truth AS y ON x.truth = y.truth AND x.record_id < y.record_id
        JOIN rec AS r ON x.record_id = r.record_id JOIN rec AS s ON y.record_id = s.record_id WHERE {where}""",
    )
    return count


def families(con: duckdb.DuckDBPyConnection, trained: model.Model) -> Families:
    """Let one night link table rec, and count what came of it: persons, not pairs, so that what hangs together counts too."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE rec_id AS SELECT record_id, student_id_issuer, student_id_system, student_id, false AS is_shared FROM rec"
    )
    night.run_night(con, compare_records(con, "rec", "rec_id", trained, "name_frequency"))
    con.execute(
        """CREATE OR REPLACE TEMP TABLE together AS
        SELECT x.record_id AS a, y.record_id AS b FROM identity.record_link AS x
        JOIN identity.record_link AS y ON x.person_id = y.person_id AND x.record_id < y.record_id"""
    )
    con.execute("CREATE OR REPLACE TEMP TABLE scored AS SELECT * EXCLUDE (verdict, why, rival, kin) FROM identity.pair")
    guard.judge(con, "scored", "unguarded", on=False)
    review_pairs(con, "asked")
    right = "JOIN truth AS x ON p.a = x.record_id JOIN truth AS y ON p.b = y.record_id"
    links, false = one_row(con, f"SELECT count(*), count(*) FILTER (x.truth <> y.truth) FROM together AS p {right}")
    (unguarded,) = one_row(con, f"SELECT count(*) FROM unguarded AS p {right} WHERE verdict = 'link' AND x.truth <> y.truth")
    (answered,) = one_row(con, f"SELECT count(*) FROM asked AS p {right} WHERE x.truth = y.truth")
    (share,) = one_row(con, "SELECT (SELECT count(*) FROM (SELECT a FROM asked UNION SELECT b FROM asked)) / (SELECT count(*) FROM rec)")
    total = true_pairs(con, within=False)
    return Families(total, links, false, unguarded, share, answered / max(total - links + false, 1))

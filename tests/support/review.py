"""A small warehouse of invented children with everything a reviewer can be asked, made by real nights under the shipped model.

Does not belong here: what is expected of it (tests/unit/test_review*.py, tests/pipeline/test_review_page.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from openpyxl import load_workbook

from orchestration.identity import night, records, score
from orchestration.identity.artefact import DEFAULT_MODEL
from orchestration.identity.compare import compare_records
from orchestration.identity.model import Model
from orchestration.identity.review.workbook import HEADER
from orchestration.identity.tables import create_identity_tables

# source, id, first, middle, last, born, sex, street, city, zip
ROWS = (
    # Sure: the same everywhere.
    ("alder", "1", "Philippa", "R", "Quennell", "2011-04-03", "female", "12 Larch Lane", "Elmsford", "10001"),
    ("birch", "901", "Philippa", "R", "Quennell", "2011-04-03", "female", "12 Larch Ln", "Elmsford", "10001"),
    # One child, another birth date: birth dates do not agree.
    ("alder", "2", "Thaddeus", "J", "Okonkwo-Reyes", "2010-09-17", "male", "7 Mill Road", "Elmsford", "10001"),
    ("birch", "902", "Thaddeus", "J", "Okonkwo-Reyes", "2010-02-24", "male", "7 Mill Rd", "Elmsford", "10001"),
    # Twins, one in each list under a name the other list does not have: kin or same?
    ("alder", "3", "Ottoline", "", "Vandersloot", "2012-01-30", "female", "88 Quarry Court", "Elmsford", "10002"),
    ("birch", "903", "Wilhelmina", "", "Vandersloot", "2012-01-30", "female", "88 Quarry Court", "Elmsford", "10002"),
    # Two of birch's records fit one of alder's nearly alike: another record comes close.
    ("alder", "4", "Ignatius", "", "Broadwater", "2013-06-11", "male", "5 Hill Street", "Elmsford", "10003"),
    ("birch", "904", "Ignatius", "", "Broadwater", "2013-06-11", "male", "5 Hill St", "Elmsford", "10003"),
    ("birch", "905", "Ignatius", "", "Broadwater", "2013-06-11", "male", "5 Hill St", "Elmsford", "10003"),
    # A first name is missing.
    ("alder", "6", "", "", "Fitzalan", "2011-11-02", "female", "19 Weir Place", "Elmsford", "10004"),
    ("birch", "906", "Seraphine", "", "Fitzalan", "2011-11-02", "female", "19 Weir Place", "Elmsford", "10004"),
)
# What comes from senders may be hostile to a page or a spreadsheet.
HOSTILE = "=1+1<script>alert(1)</script>"


@dataclass(frozen=True)
class ReviewHub:
    """`open()` gives a short-lived connection, as the CLI's does."""

    path: Path
    model: Model

    @contextmanager
    def open(self) -> Iterator[duckdb.DuckDBPyConnection]:
        con = duckdb.connect(str(self.path), config={"threads": 1})
        try:
            yield con
        finally:
            con.close()

    def night(self, rows: tuple[tuple[str, ...], ...] = ROWS, *, everything: bool = False, model: Model | None = None) -> None:
        with self.open() as con:
            run_night(con, model or self.model, rows, everything=everything)

    def record(self, source: str, student_id: str) -> int:
        with self.open() as con:
            row = con.execute("SELECT record_id FROM identity.record WHERE source = ? AND student_id = ?", [source, student_id]).fetchone()
        assert row is not None
        return int(row[0])

    def is_one_person(self, *ids: tuple[str, str]) -> bool:
        with self.open() as con:
            found = con.execute(
                "SELECT count(DISTINCT person_id) FROM identity.record_link WHERE valid_to_run IS NULL AND record_id = ANY ($ids)",
                {"ids": [self.record_in(con, *key) for key in ids]},
            ).fetchone()
        return found == (1,)

    @staticmethod
    def record_in(con: duckdb.DuckDBPyConnection, source: str, student_id: str) -> int:
        row = con.execute("SELECT record_id FROM identity.record WHERE source = ? AND student_id = ?", [source, student_id]).fetchone()
        assert row is not None
        return int(row[0])


def review_hub(folder: Path, rows: tuple[tuple[str, ...], ...] = ROWS) -> ReviewHub:
    hub = ReviewHub(folder / "warehouse.duckdb", Model.load(DEFAULT_MODEL))
    hub.night(rows)
    return hub


def run_night(con: duckdb.DuckDBPyConnection, model: Model, rows: tuple[tuple[str, ...], ...], *, everything: bool = False) -> None:
    create_identity_tables(con)
    con.execute(
        """CREATE OR REPLACE TEMP TABLE sent (source VARCHAR, student_id VARCHAR, first_name VARCHAR, middle_name VARCHAR, last_name VARCHAR,
        born VARCHAR, sex VARCHAR, street_address VARCHAR, city VARCHAR, zip VARCHAR)"""
    )
    con.executemany("INSERT INTO sent VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [list(row) for row in rows])
    con.execute(
        """CREATE OR REPLACE TEMP TABLE sent_row AS
        SELECT *, source AS student_id_issuer, 'local' AS student_id_system, source AS party_id, NULL::VARCHAR AS preferred_name,
            try_cast(nullif(born, '') AS DATE) AS birth_date, NULL::INTEGER AS cohort, NULL::VARCHAR AS school FROM sent"""
    )
    records.create_records(con, "sent_row", "incoming")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE incoming_id AS
        SELECT record_id, student_id_issuer, student_id_system, student_id, false AS is_shared FROM incoming"""
    )
    # Frequencies of a large place: in a list of ten children every name would be common.
    score.frequencies(con, "incoming", "name_share")
    con.execute("UPDATE name_share SET tf_full_name = 0.0001")
    compared = compare_records(con, "incoming", "incoming_id", model, "name_share", everything=everything)
    con.begin()
    night.run_night(con, compared)
    con.commit()


def fill(path: Path, *answers: str) -> None:
    """Answer the first questions of an exported workbook."""
    book = load_workbook(path)
    rows = [row for row in range(2, book["Review"].max_row + 1) if book["Review"].cell(row, len(HEADER)).value]
    for row, text in zip(rows, answers, strict=False):
        book["Review"].cell(row, HEADER.index("Same child?") + 1).value = text
    book.save(path)

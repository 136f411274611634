"""Sentinel values planted in a delivery stand in raw, staging and identity, and nowhere else that a refresh writes."""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from tests.support.hub import Hub
from tests.support.sentinel import SOURCE, VALUES

MAY_HOLD = {"raw", "staging", "identity"}


def test_sentinels_reached_the_places_meant_for_them(region: Hub) -> None:
    """Else the test below would prove nothing."""
    with duckdb.connect(str(region.home / "warehouse.duckdb"), read_only=True) as con:
        texts = list(_texts(con, {"staging", "identity"}))
    missing = [value for value in VALUES if not any(value in text for text in texts)]
    assert missing == ["03/14/1907"]  # a date by then


def test_no_table_beyond_identity_holds_a_sentinel(region: Hub) -> None:
    found = []
    for file in _databases(region.home):
        with duckdb.connect(str(file), read_only=True) as con:
            schemas = {row[0] for row in con.execute("SELECT DISTINCT table_schema FROM information_schema.tables").fetchall()}
            private = MAY_HOLD if file.name == "warehouse.duckdb" else set()
            found += [(file.name, value) for text in _texts(con, schemas - private) for value in VALUES if value in text]
    assert found == []


def test_no_file_but_raw_and_what_goes_back_to_the_sender_holds_a_sentinel(region: Hub) -> None:
    """Logs, pages of reports, receipts, dbt's artefacts, Dagster's storage, spilled and forgotten files."""
    found = []
    returned = set((region.home / "reports" / SOURCE).rglob("*.csv"))
    for file in region.home.rglob("*"):
        if not file.is_file() or file.is_relative_to(region.home / "raw") or file.suffix == ".duckdb" or file in returned:
            continue
        if file.suffix == ".parquet":
            text = "\n".join(str(row) for row in duckdb.execute("SELECT * FROM read_parquet($file)", {"file": str(file)}).fetchall())
        else:
            text = file.read_bytes().decode("latin-1")
        found += [(str(file.relative_to(region.home)), value) for value in VALUES if value in text]
    assert found == []


def test_rows_go_back_to_their_own_sender_alone(region: Hub) -> None:
    """The CSVs hold what the sender sent, by design; they and their folder are closed to everybody but the hub."""
    returned = _returned(region)
    texts = {file: file.read_text(encoding="utf-8-sig") for file in returned}
    assert any(value in text for text in texts.values() for value in VALUES), "nothing was given back, so nothing is proved"
    assert {file.stat().st_mode & 0o777 for file in returned} == {0o600}
    assert {file.parent.stat().st_mode & 0o777 for file in returned} == {0o700}
    pages = [file.with_name(f"{file.stem.rsplit('-', 1)[0]}.html") for file in returned]
    assert all(page.is_file() for page in pages)


def _returned(region: Hub) -> list[Path]:
    """The files of rejected rows of the sentinel source; those of every other source must not hold its values."""
    return sorted((region.home / "reports" / SOURCE).glob("*.csv"))


def _databases(home: Path) -> list[Path]:
    return [file for file in home.rglob("*.duckdb") if not file.is_symlink()]


def _texts(con: duckdb.DuckDBPyConnection, schemas: set[str]) -> Iterator[str]:
    """Every table and view as one text, its rows written out by DuckDB; child by day is left out, its rows are those of facts."""
    tables = con.execute("SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL").fetchall()
    for schema, table in tables:
        if schema in schemas and table != "attendance_day":
            rows = con.execute(f'SELECT DISTINCT t::VARCHAR FROM "{schema}"."{table}" AS t').fetchall()
            yield "\n".join(row[0] for row in rows)

"""A copy of a profile's fixture that a test may change before it delivers it, and what came of it.

Belongs here: delivering, and reading rows as staging does. Does not belong here: what a profile must do (tests/unit/test_profile_*.py).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader

from orchestration.contracts import load_contracts
from orchestration.feeds import FEEDS
from orchestration.ingestion import DeliveryRecord, build_ledger, ingest_source
from orchestration.settings import DBT_PROJECT_DIR

FIXTURES = Path(__file__).parents[1] / "fixtures" / "profiles"
SOURCE = "contract"


@dataclass
class Bundle:
    """Files of the next delivery, and the landing and raw folder they go to."""

    root: Path
    profile: str
    files: dict[str, bytes] = field(default_factory=dict)

    def edit(self, file: str, old: str, new: str) -> "Bundle":
        """Replace a text that must stand in the file."""
        text = self.files[file].decode()
        assert old in text, f"{file} has no {old!r}"
        self.files[file] = text.replace(old, new).encode()
        return self

    def drop(self, *files: str) -> "Bundle":
        for file in files:
            del self.files[file]
        return self

    def only(self, **files: str) -> "Bundle":
        """Begin the next delivery anew; keyword names are file names with __ for the dot."""
        self.files = {name.replace("__", "."): text.encode() for name, text in files.items()}
        return self

    def contract(self, old: str, new: str) -> "Bundle":
        file = self.root / "contracts" / f"{SOURCE}.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")
        return self

    def strict(self) -> "Bundle":
        return self.contract("  - property: terms", "  - {property: strictness, value: strict}\n  - property: terms")

    def deliver(self, name: str = "2024-09-30") -> DeliveryRecord:
        """Put the files into the inbox, take them in, return what is recorded of this delivery."""
        folder = self.root / "inbox" / SOURCE / name
        for file, content in self.files.items():
            place = folder / file
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        contract = load_contracts(self.root / "contracts")[SOURCE]
        result = ingest_source(contract, inbox=self.root / "inbox", raw_dir=self.root / "raw")
        return next(r for r in result.deliveries if name in (r.name, *(receipt.name for receipt in r.also_received)))

    def ledger(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(":memory:")
        build_ledger(con, self.root / "raw", load_contracts(self.root / "contracts"))
        return con

    def rejected(self) -> list[tuple[Any, ...]]:
        """(table, line, column, rule) of every rejected row, in order."""
        sql = "SELECT table_name, line, column_name, rule FROM governance.rejected_row ORDER BY ALL"
        return self.ledger().execute(sql).fetchall()

    def in_force(self, feed: str, *columns: str, table: str | None = None) -> list[tuple[Any, ...]]:
        """Distinct rows as staging sees them, in order; dates as text."""
        staged = _macros().staged(feed, key=list(FEEDS[feed].key), students="student_id" in FEEDS[feed].by_name)
        dates = {column.name for column in FEEDS[feed].columns if column.duckdb_type == "DATE"}
        listed = ", ".join(f"{name}::VARCHAR" if name in dates else name for name in columns)
        where = f"WHERE _table = '{table}'" if table else ""
        return self.ledger().execute(f"SELECT DISTINCT {listed} FROM ({staged}) {where} ORDER BY ALL").fetchall()


def bundle(tmp_path: Path, profile: str) -> Bundle:
    """The fixture of a profile as its files stand."""
    made = Bundle(tmp_path, profile)
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / f"{SOURCE}.yaml").write_bytes((FIXTURES / profile / "contract.yaml").read_bytes())
    folder = FIXTURES / profile / "delivery"
    made.files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return made


def counts(record: DeliveryRecord) -> dict[str, tuple[int, int, int]]:
    """Table -> rows accepted, rejected, excluded."""
    return {table.table: (table.rows_accepted, table.rows_rejected, table.rows_excluded) for table in record.tables}


def _macros() -> Any:
    """The project's own staging macro, without dbt around it."""
    environment = Environment(loader=FileSystemLoader(DBT_PROJECT_DIR / "macros"), autoescape=False)  # noqa: S701 - SQL, no page
    environment.globals.update(source=lambda schema, name: f"{schema}.{name}", raw_feed=lambda feed: f"raw.{feed}")
    return environment.get_template("staged.sql").module

"""What must hold whatever a delivery looks like, checked after taking it in the way a refresh does.

Belongs here: the invariants. Does not belong here: damage (mutations.py, tabular.py, structured.py) or good deliveries (corpus.py).
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import duckdb

from orchestration.contracts import load_contract
from orchestration.contracts.model import Contract
from orchestration.ingestion import DeliveryRecord, build_ledger, scan_inbox
from orchestration.ingestion.delivery import ingest_delivery
from orchestration.ingestion.problem import RULES
from orchestration.ingestion.record import REJECTED, read_records, reading_folder
from orchestration.ingestion.scratch import scratch_database
from orchestration.sql import one_row
from tests.fuzz.corpus import Entry
from tests.fuzz.mutations import Files
from tests.support.landing import ATTENDANCE, GOOD

# Stands in cells of damaged files only: wherever else it turns up, a delivered value got out.
SENTINEL = "Zyxqvanna"
_ARRIVAL = {"received_at", "stamp", "also_received", "number"}


@dataclass
class Bench:
    """One connection for many deliveries, as a long night has it; counts what came of them."""

    root: Path
    con: duckdb.DuckDBPyConnection
    outcomes: Counter[str] = field(default_factory=Counter)

    @cached_property
    def neighbour(self) -> Contract:
        file = self.root / "elm.yaml"
        file.write_text(ATTENDANCE, encoding="utf-8")
        return load_contract(file)

    def check(self, entry: Entry, files: Files, *, thorough: bool) -> DeliveryRecord:
        """Take the files in and hold everything that must hold; `thorough` also what costs a second reading."""
        with _folder(self.root) as place:
            record = take_in(self.con, entry.contract, place, entry.day, files)
            whole(self.con, place / "raw", record)
            after = take_in(self.con, self.neighbour, place, "2024-02-01", {"attendance.csv": GOOD.encode()})
            assert (after.status, after.rows_accepted) == ("accepted", 3), "another source was harmed"
            if thorough:
                self._again(entry, files, place, record)
                self._good_one_after(entry, place, record)
                ledger(place / "raw", {c.source: c for c in (entry.contract, self.neighbour)})
        self.outcomes["accepted" if record.status == "accepted" else record.problem.rule if record.problem else "?"] += 1
        return record

    def _again(self, entry: Entry, files: Files, place: Path, record: DeliveryRecord) -> None:
        """The same bytes give the same result, under a connection that has seen nothing else; and nothing is read twice."""
        known = {record.delivery_id: record}
        [waiting] = scan_inbox(place / "inbox", [entry.contract.source], wait=False).deliveries
        assert ingest_delivery(self.con, entry.contract, waiting, place / "raw", known) is record
        with _folder(self.root) as other, scratch_database(other / "raw") as fresh:
            again = take_in(fresh, entry.contract, other, entry.day, files)
            assert again.model_dump(exclude=_ARRIVAL) == record.model_dump(exclude=_ARRIVAL)
            assert rows(fresh, other / "raw", again) == rows(self.con, place / "raw", record)

    def _good_one_after(self, entry: Entry, place: Path, record: DeliveryRecord) -> None:
        """A good delivery after the damaged one is taken as if that had never been."""
        good = take_in(self.con, entry.contract, place, "2030-01-01", entry.files)
        assert good.delivery_id == record.delivery_id or good.status == "accepted", good.reason
        whole(self.con, place / "raw", good)


def take_in(con: duckdb.DuckDBPyConnection, contract: Contract, place: Path, day: str, files: Files) -> DeliveryRecord:
    """Put the files into the inbox under `place` and take the delivery in."""
    for name, content in files.items():
        path = place / "inbox" / contract.source / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    raw = place / "raw"
    raw.mkdir(exist_ok=True)
    known = {record.delivery_id: record for record in read_records(raw, contract.source)}
    waiting = [d for d in scan_inbox(place / "inbox", [contract.source], wait=False).deliveries if d.name == day]
    assert len(waiting) == 1
    return ingest_delivery(con, contract, waiting[0], raw, known)


def whole(con: duckdb.DuckDBPyConnection, raw: Path, record: DeliveryRecord) -> None:
    """Every row is accounted for, and a delivery is either there with all its rows or not there at all."""
    assert not list((raw / ".work").glob(f"{record.source}-*")), "the work folder is left behind"
    assert record in read_records(raw, record.source)
    for table in record.tables:
        assert table.rows_read == table.rows_accepted + table.rows_rejected
        for count in ("rows_read", "rows_accepted", "rows_rejected", "rows_excluded"):
            assert getattr(table, count) == sum(getattr(file, count) for file in table.read_files) >= 0
    stored = counts(con, raw, record)
    assert stored.pop(REJECTED, 0) == record.rows_rejected
    if record.status == "quarantined":
        assert not stored, "a quarantined delivery left rows"
        assert record.problem is not None and record.problem.rule in RULES
        assert record.reason and "\n" not in record.reason
    else:
        accepted: Counter[str] = Counter()
        for table in record.tables:
            accepted[table.feed] += table.rows_accepted
        assert +Counter(stored) == +accepted
    assert SENTINEL not in record.model_dump_json(exclude={"tables"}), "a delivered value stands in the record"


def counts(con: duckdb.DuckDBPyConnection, raw: Path, record: DeliveryRecord) -> dict[str, int]:
    """Rows of every feed that the delivery's reading left; rows that only take others back, which no file holds, left out."""
    found: dict[str, int] = {}
    for feed in (path.name for path in raw.iterdir() if path.name not in (".work", "delivery")):
        files = [str(file) for file in reading_folder(raw, feed, record).glob("*.parquet") if not file.stem.endswith("-gone")]
        if files:
            found[feed] = one_row(con, f"SELECT count(*) FROM read_parquet({files})")[0]
    return found


def rows(con: duckdb.DuckDBPyConnection, raw: Path, record: DeliveryRecord) -> dict[str, tuple[int, str]]:
    """Rows of every feed as the delivery's reading left them: how many, and a hash of all of them (but for their record numbers)."""
    found: dict[str, tuple[int, str]] = {}
    for feed in sorted(path.name for path in raw.iterdir() if path.name not in (".work", "delivery")):
        files = reading_folder(raw, feed, record) / "*.parquet"
        if list(files.parent.glob("*.parquet")):
            source = f"read_parquet('{files}', union_by_name = true, hive_partitioning = false)"
            names = [name for name, *_ in con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall() if name != "_row"]
            row = f"struct_pack({', '.join(names)})::VARCHAR"
            found[feed] = one_row(con, f"SELECT count(*), md5(string_agg({row}, chr(10) ORDER BY {row})) FROM {source}")
    return found


def ledger(raw: Path, contracts: dict[str, Contract]) -> None:
    """The ledger can be built of it and repeats no delivered value."""
    with duckdb.connect(":memory:") as con:
        build_ledger(con, raw, contracts)
        said = str(con.execute("SELECT table_name, file, column_name, rule, reason FROM governance.rejected_row").fetchall())
    assert SENTINEL not in said


@contextmanager
def _folder(root: Path) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(dir=root))
    try:
        yield place
    finally:
        shutil.rmtree(place)

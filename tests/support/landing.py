"""A small landing folder written by a test: one invented district, one contract, deliveries as text.

Does not belong here: the demo region (orchestration/demo) or open files (tests/open_data).
"""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts import load_contracts
from orchestration.ingestion import DeliveryRecord, SourceIngest, build_ledger, ingest_source

ATTENDANCE = """\
apiVersion: v3.1.0
kind: DataContract
id: elm
name: Elm district, daily attendance
version: 1.0.0
status: active
slaProperties:
  - {property: frequency, value: 1, unit: d}
customProperties:
  - property: party
    value: {id: district-elm, name: Elm School District, type: district}
  - property: delivery
    value: {replacement: snapshot, max_rejected_share: 0.5}
  - property: terms
    value: {agreement: test}
  - property: student_ids
    value: {local: {}}
  - property: attendance
    value: {register: positive, silence: unknown}
schema:
  - name: attendance
    physicalName: attendance*.csv
    customProperties:
      - {property: feed, value: attendance}
    properties:
      - {name: student_id, physicalName: Student}
      - {name: school_id, physicalName: School}
      - name: attendance_date
        physicalName: Date
        customProperties: [{property: formats, value: ["%Y-%m-%d"]}]
      - name: attendance_status
        physicalName: Code
        customProperties: [{property: codes, value: {P: present, A: absent, T: tardy}}]
"""
HEADER = "Student,School,Date,Code\n"
GOOD = HEADER + "s1,A,2024-01-08,P\ns2,A,2024-01-08,A\ns1,A,2024-01-09,T\n"


@dataclass
class Landing:
    """Folders of one test; `deliver` puts files into the inbox, `ingest` runs the source."""

    root: Path
    source: str = "elm"

    @property
    def contracts(self) -> Path:
        return self.root / "landing" / "contracts"

    @property
    def inbox(self) -> Path:
        return self.root / "landing" / "inbox"

    @property
    def raw(self) -> Path:
        return self.root / "home" / "raw"

    def contract(self, text: str = ATTENDANCE) -> "Landing":
        self.contracts.mkdir(parents=True, exist_ok=True)
        (self.contracts / f"{self.source}.yaml").write_text(text, encoding="utf-8")
        return self

    def deliver(self, name: str, **files: str | bytes) -> Path:
        """Keyword names are file names with __ for the dot: attendance__csv='...'."""
        folder = self.inbox / self.source / name
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            path = folder / file.replace("__", ".")
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    def ingest(self) -> SourceIngest:
        return ingest_source(load_contracts(self.contracts)[self.source], inbox=self.inbox, raw_dir=self.raw)

    def one(self, content: str | bytes, name: str = "2024-02-01") -> DeliveryRecord:
        """Deliver one attendance file and return its record."""
        self.deliver(name, attendance__csv=content)
        return next(record for record in self.ingest().deliveries if record.name == name)

    def ledger(self) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect(":memory:")
        build_ledger(con, self.raw, load_contracts(self.contracts))
        return con

    def rejected(self) -> list[tuple[object, ...]]:
        return (
            self.ledger().execute("SELECT file, line, column_name, rule FROM governance.rejected_row ORDER BY line, column_name").fetchall()
        )

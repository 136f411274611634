"""Whatever arrives, in any order, withdrawn and read again: the rows that count are those a plain list of rules gives.

The whole way from files to staged rows; the rules alone are tried much more often in test_force.py.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.contracts import load_contracts
from orchestration.ingestion import read_records, standings
from orchestration.ingestion.operate import reingest, withdraw
from tests.support.landing import ATTENDANCE, HEADER, Landing
from tests.support.staging import staged_rows

Mode = Literal["bulk", "delta"]
Row = tuple[str, str]  # student, date
DAYS = ("2023-01-09", "2024-01-08")  # one in each of two school years
CODES = {"P": "present", "A": "absent", "T": "tardy"}
MANIFEST = """\
  - property: manifest
    value: {file: manifest.csv, name: name, value: value, files: {marks: attendance.csv}}
"""
DELETES = "{property: feed, value: attendance}\n      - {property: deleted_when, value: {column: State, in: [gone]}}"


def contract(replacement: str, *, manifest: bool, reading: int) -> str:
    text = ATTENDANCE.replace("{property: feed, value: attendance}", DELETES).replace("attendance*.csv", "attendance.csv")
    text = text.replace("replacement: snapshot", f"replacement: {replacement}").replace("version: 1.0.0", f"version: 1.0.{reading}")
    return text.replace("schema:\n", MANIFEST + "schema:\n") if manifest else text


@dataclass(frozen=True)
class Sent:
    """One delivery: the day in its name, how it comes, rows with their code, rows it takes back."""

    name: str
    mode: Mode | None
    rows: dict[Row, str]
    gone: frozenset[Row]

    def write(self, landing: Landing) -> None:
        lines = [f"{student},A,{day},{code},\n" for (student, day), code in self.rows.items()]
        lines += [f"{student},A,{day},P,gone\n" for student, day in sorted(self.gone)]
        files = {"attendance__csv": HEADER.replace("\n", ",State\n") + "".join(lines)}
        landing.deliver(self.name, **files, **({"manifest__csv": f"name,value\nmarks,{self.mode}\n"} if self.mode else {}))


@dataclass(frozen=True)
class Story:
    """A source's contract, its deliveries in order of arrival, those withdrawn, those read again."""

    replacement: str
    sent: list[Sent]
    withdrawn: frozenset[str]
    read_again: frozenset[str]


def oracle(story: Story) -> list[Row]:
    """The rules in a loop: (student, date, code) of every row that counts, repeated where rows are only ever added."""
    stands: dict[Row, list[str]] = {}
    has_whole = any(one.mode == "bulk" and one.name not in story.withdrawn for one in story.sent)
    for one in sorted(story.sent, key=lambda one: one.name):
        if one.name in story.withdrawn or (one.mode == "delta" and not has_whole):
            continue
        kind = {"bulk": story.replacement, "delta": "delta", None: story.replacement}[one.mode]
        if one.mode == "bulk" and kind not in ("snapshot", "per_period"):
            kind = "snapshot"
        if kind == "snapshot":
            stands = {}
        elif kind == "per_period":
            years = {day[:4] for _, day in (*one.rows, *one.gone)}
            stands = {row: codes for row, codes in stands.items() if row[1][:4] not in years}
        for row, code in one.rows.items():
            stands[row] = [*stands.get(row, []), CODES[code]] if kind == "append" else [CODES[code]]
        for row in one.gone:
            if kind == "delta":
                stands.pop(row, None)
    return sorted((*row, code) for row, codes in stands.items() for code in codes)  # type: ignore[misc]


rows = st.tuples(st.sampled_from(("s1", "s2", "s3")), st.sampled_from(DAYS))


@st.composite
def stories(draw: st.DrawFn) -> Story:
    replacement = draw(st.sampled_from(("snapshot", "per_period", "delta", "append")))
    with_manifest = replacement != "append" and draw(st.booleans())
    days = draw(st.lists(st.integers(1, 28), min_size=1, max_size=6, unique=True))
    sent = []
    for day in days:
        mode = draw(st.sampled_from(("bulk", "delta"))) if with_manifest else None
        sent_rows = draw(st.dictionaries(rows, st.sampled_from(sorted(CODES)), min_size=1, max_size=4))
        changes = mode == "delta" or (mode is None and replacement == "delta")
        gone = draw(st.frozensets(rows, max_size=3)) - set(sent_rows) if changes else frozenset()
        sent.append(Sent(f"2024-03-{day:02}", mode, sent_rows, gone))
    names = st.sampled_from([one.name for one in sent])
    return Story(replacement, sent, draw(st.frozensets(names, max_size=3)), draw(st.frozensets(names, max_size=2)))


@settings(max_examples=15, deadline=None)
@given(stories(), st.booleans())
def test_any_story_ends_as_the_rules_say(story: Story, contract_changes: bool) -> None:
    with_manifest = story.sent[0].mode is not None
    with tempfile.TemporaryDirectory() as folder:
        landing = Landing(Path(folder)).contract(contract(story.replacement, manifest=with_manifest, reading=0))
        for one in story.sent:
            one.write(landing)
            landing.ingest()
        # The same content under two names is one delivery: withdrawing either withdraws both, so such stories say nothing here.
        if len(read_records(landing.raw)) < len(story.sent):
            return
        for record in read_records(landing.raw):
            if record.name in story.withdrawn:
                withdraw(landing.raw, record, "mistake")
        if contract_changes:
            landing.contract(contract(story.replacement, manifest=with_manifest, reading=1)).ingest()
        read = load_contracts(landing.contracts)["elm"]
        for record in read_records(landing.raw):
            if record.name in story.read_again - story.withdrawn:
                reingest(read, record, inbox=landing.inbox, raw_dir=landing.raw)
        con = landing.ledger()
        assert staged_rows(con, "attendance", ("student_id", "attendance_date::VARCHAR", "attendance_status")) == oracle(story)
        expected = {r.name: s.status for r in read_records(landing.raw) for s in [standings(read_records(landing.raw))[r.key]]}
        assert {name for name, status in expected.items() if status == "withdrawn"} == story.withdrawn
        assert con.execute("SELECT count(*) FROM governance.delivery WHERE status = 'duplicate'").fetchone() == (0,)


def test_the_same_files_sent_again_after_others_are_the_newest_word(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract()
    first, other = HEADER + "s1,A,2024-01-08,P\n", HEADER + "s1,A,2024-01-08,A\n"
    for day, content in enumerate((first, other, first), start=1):
        landing.deliver(f"2024-02-{day:02}", attendance__csv=content)
        landing.ingest()
    con = landing.ledger()
    assert staged_rows(con, "attendance", ("attendance_status", "as_of::VARCHAR")) == [("present", "2024-02-03")]
    arrived = con.execute("SELECT delivery_name, status FROM governance.delivery ORDER BY 1").fetchall()
    assert arrived == [("2024-02-01", "accepted"), ("2024-02-02", "superseded"), ("2024-02-03", "duplicate")]


def test_rows_that_carry_the_day_of_their_delivery_are_read_again_when_it_is_sent_for_a_later_day(tmp_path: Path) -> None:
    dated = ATTENDANCE.replace(
        """physicalName: Date
        customProperties: [{property: formats, value: ["%Y-%m-%d"]}]""",
        "customProperties: [{property: from_delivery, value: as_of}]",
    )
    landing = Landing(tmp_path).contract(dated)
    for day in (1, 5):
        landing.deliver(f"2024-02-{day:02}", attendance__csv=HEADER + "s1,A,2024-01-08,P\n")
        landing.ingest()
    assert staged_rows(landing.ledger(), "attendance", ("attendance_date::VARCHAR",)) == [("2024-02-05",)]
    assert landing.ledger().execute("SELECT count(*) FROM raw.attendance").fetchone() == (1,)


CHANGES = """\
schema:
  - name: marks
    physicalName: marks*.csv
    customProperties:
      - {property: feed, value: attendance}
      - {property: replacement, value: delta}
      - {property: optional, value: true}
      - {property: sequence, value: Version}
      - {property: record_id, value: Id}
    properties:
      - {name: student_id, physicalName: Student}
      - {name: school_id, physicalName: School}
      - name: attendance_date
        physicalName: Date
        customProperties: [{property: formats, value: ["%Y-%m-%d"]}]
      - name: attendance_status
        physicalName: Code
        customProperties: [{property: codes, value: {P: present, A: absent, T: tardy}}]
  - name: deletes
    physicalName: deletes*.csv
    customProperties:
      - {property: feed, value: attendance}
      - {property: optional, value: true}
      - {property: deleted, value: true}
      - {property: deletes_from, value: marks}
      - {property: sequence, value: Version}
      - {property: record_id, value: Id}
"""
VERSIONED = "Id,Version,Student,School,Date,Code\n"


def test_rows_taken_back_by_another_file_by_id_and_version(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(ATTENDANCE[: ATTENDANCE.index("schema:")] + CHANGES)
    landing.deliver("2024-02-01", marks__csv=VERSIONED + "r1,1,s1,A,2024-01-08,A\nr2,2,s2,A,2024-01-08,A\nr3,3,s3,A,2024-01-08,A\n")
    landing.ingest()
    # r1 is deleted; r2 is deleted and made again; r3 moves to another day and child, which by key would be another row
    changes = VERSIONED + "r2,6,s2,A,2024-01-08,T\nr3,4,s9,A,2024-01-09,P\n"
    landing.deliver("2024-02-02", deletes__csv="Id,Version\nr1,4\nr2,5\n", marks__csv=changes)
    # an old page that came late
    landing.deliver("2024-01-31", marks__csv=VERSIONED + "r1,0,s1,A,2024-01-08,P\n")
    result = landing.ingest()
    assert {s.record.name: s.status for s in result.standings} == dict.fromkeys(("2024-01-31", "2024-02-01", "2024-02-02"), "accepted")
    con = landing.ledger()
    columns = ("student_id", "attendance_date::VARCHAR", "attendance_status")
    assert staged_rows(con, "attendance", columns) == [("s2", "2024-01-08", "tardy"), ("s9", "2024-01-09", "present")]
    held = con.execute("SELECT DISTINCT table_name, replacement, by_key FROM governance.delivery_feed").fetchall()
    assert held == [("marks", "delta", True)]

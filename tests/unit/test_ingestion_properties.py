"""Whatever a file holds: read = accepted + rejected, never a traceback, never half a delivery, the same bytes give the same result."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.landing import GOOD, HEADER, Landing

cell = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=8)
row = st.lists(cell, min_size=4, max_size=4)


@settings(max_examples=25, deadline=None)
@given(st.lists(row, min_size=1, max_size=12))
def test_rows_written_by_a_csv_writer_are_all_counted(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    written = [r for r in csv.reader(io.StringIO(text.getvalue())) if r]
    with tempfile.TemporaryDirectory() as folder:
        landing = Landing(Path(folder)).contract()
        record = landing.one(HEADER + text.getvalue())
        assert record.rows_read == record.rows_accepted + record.rows_rejected
        if record.tables:
            assert record.rows_read == len(written)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200), st.integers(0, len(GOOD)))
def test_bytes_thrown_into_a_good_file_never_raise(junk: bytes, place: int) -> None:
    content = GOOD.encode()[:place] + junk + GOOD.encode()[place:]
    with tempfile.TemporaryDirectory() as folder:
        landing = Landing(Path(folder)).contract()
        record = landing.one(content)
        again = landing.ingest()
        assert record.rows_read == record.rows_accepted + record.rows_rejected
        assert again.new == 0
        stored = landing.ledger().execute("SELECT count(*) FROM raw.attendance").fetchone()
        assert stored == (record.rows_accepted if record.status == "accepted" else 0,)


@settings(max_examples=15, deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(GOOD)))
def test_the_same_bytes_give_the_same_result(junk: bytes, place: int) -> None:
    content = GOOD.encode()[:place] + junk + GOOD.encode()[place:]
    results = []
    for _ in range(2):
        with tempfile.TemporaryDirectory() as folder:
            landing = Landing(Path(folder)).contract()
            record = landing.one(content)
            results.append(
                (record.content, record.status, record.reason, [table.model_dump() for table in record.tables], landing.rejected())
            )
    assert results[0] == results[1]

"""Short cuts of the typing SQL give what the long way gives, whatever a cell holds.

Does not belong here: what the rules are (test_rules.py), how much time is saved (tests/bench).
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from orchestration.contracts.model import Property
from orchestration.ingestion.file_bytes import read_file_bytes
from orchestration.ingestion.typed import date_of
from orchestration.sql import literal

LONG_WAY = "try_strptime(t, ['%Y-%m-%d'])::DATE"
# Everything a date of ten places could be made of, and what a cast would also take: signs, blanks, slashes, letters.
NEARLY = st.text("0123456789-", min_size=10, max_size=10) | st.from_regex(r"\A[0-9+ -][0-9]{2,3}[-/ ][0-9 ]{1,2}[-/ ][0-9 ]{1,2}( BC)?\Z")
TEXTS = st.lists(
    NEARLY | st.dates().map(str) | st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12),
    min_size=1,
    max_size=60,
)


@settings(deadline=None, max_examples=300)
@given(TEXTS)
@example(
    ["2024-02-29", "2023-02-29", "2024-13-01", "-024-01-05", "2024-1 -05", "2024- 1-05", "infinity", "epoch", "0000-01-01", "2024-01-0x"]
)
@example(["20२4-01-05", "2024-01-05 ", " 2024-01-05", "2024-1-5", "24-01-05", "2024/01/05", "9999-12-31", "2024-00-10", "2024-01-00"])
def test_a_date_in_the_usual_form_is_cast_to_what_its_format_reads(texts: list[str]) -> None:
    fast = date_of(Property(name="attendance_date", column="d"), "t")
    assert "CAST" in fast.upper() and "strptime" in fast
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE given AS SELECT unnest([{', '.join(map(literal, texts))}]) AS t")
        assert con.execute(f"SELECT t FROM given WHERE ({fast}) IS DISTINCT FROM ({LONG_WAY})").fetchall() == []


def test_a_date_of_two_forms_is_never_cast() -> None:
    """What is no date in the usual form may be one in the other."""
    two = date_of(Property(name="attendance_date", column="d", formats=("%Y-%m-%d", "%Y-%d-%m")), "t")
    with duckdb.connect() as con:
        assert con.execute(f"SELECT ({two})::VARCHAR FROM (SELECT '2024-13-01' AS t)").fetchone() == ("2024-01-13",)


@given(st.text("ab ,\n", max_size=200), st.integers(1, 64))
def test_a_blank_anywhere_is_seen(text: str, chunk: int) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "delivered.csv")
        path.write_text(text, encoding="utf-8", newline="")
        assert read_file_bytes(path, chunk).blanks == (" " in text)

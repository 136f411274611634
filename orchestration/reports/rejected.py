"""Rows a step gives back to their sender: counted by reason, and returned as they came with the reason beside them.

Any Parquet in the shape of ingestion's rejected rows (file, line, column_name, rule, row_text …) can be given back; its rules are
named in ingestion/problem.py. Belongs here: SQL over such rows. Does not belong here: words (words.py), where files lie (write.py).
"""

import csv
import io
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.feeds import FEEDS
from orchestration.ingestion.problem import RULES
from orchestration.sql import literal

EXAMPLES = 10
_FEW, _LONGEST_TEXT = 5, 60
# A cast that fails would quote the row in its message.
_CELLS = "try_cast(try_cast(row_text AS JSON) AS MAP(VARCHAR, VARCHAR))"
_BOM = b"\xef\xbb\xbf"  # without it Excel takes the file for Windows text and breaks every accent
_OWN_COLUMNS = ("file", "line", "column", "reason", "what_to_do")
# What a spreadsheet may run as a formula; the full-width forms are run by Asian versions. A plain number is no formula.
_STARTS_FORMULA = r"^\s*[=+\-@\t\r\n＝＋－＠]"  # noqa: RUF001
_IS_NUMBER = r"^[+-]?([0-9]+([.,][0-9]+)*|[.][0-9]+)%?$"


@dataclass(frozen=True)
class Broken:
    """All rows of one file that broke one rule in one column; they stand on `places` lines, the first of which are `lines`.

    A wide file has several rows on a line, one for each cell that counts as one. `headings`: the first of `heading_count` column
    headings they stand under. `texts`: what the first of them say; only of feeds that speak of no single people.
    """

    table: str
    file: str
    column: str
    rule: str
    rows: int
    places: int
    lines: tuple[int, ...]
    headings: tuple[str, ...] = ()
    heading_count: int = 0
    texts: tuple[str, ...] = ()


def broken(con: duckdb.DuckDBPyConnection, files: Sequence[Path]) -> list[Broken]:
    """Counts by reason, the most frequent first."""
    if not files:
        return []
    rows = con.execute(
        f"""SELECT table_name, file, column_name, rule, count(*) AS broken_rows, count(DISTINCT line) AS places,
            min(DISTINCT line, {EXAMPLES}) AS lines, min(DISTINCT heading, {_FEW}) AS headings, count(DISTINCT heading) AS heading_count,
            min(DISTINCT {_shown_text()}, {_FEW}) AS texts
        FROM {_rows(files)} GROUP BY ALL ORDER BY broken_rows DESC, file, lines, column_name, rule"""
    ).fetchall()
    return [
        Broken(table, file, column, rule, count, places, tuple(lines), tuple(headings or ()), heading_count, tuple(texts or ()))
        for table, file, column, rule, count, places, lines, headings, heading_count, texts in rows
    ]


def write_returned(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path], table: str, words: Mapping[tuple[str, str], str], target: Path,
    rules: Mapping[str, tuple[str, str]] = RULES,
) -> None:  # fmt: skip
    """The rows of one table as CSV for a spreadsheet: where and why, what to do, then the row's own columns as delivered.

    `words`: what the sender calls a column of a file, by (file, column_name). `rules`: what is wrong and what to do, by rule.
    """
    rows = f"(SELECT * FROM {_rows(files)} WHERE table_name = {literal(table)})"
    con.execute(f"CREATE OR REPLACE TEMP TABLE returned AS SELECT *, {_CELLS} AS cells FROM {rows}")
    found = con.execute(
        """SELECT key FROM (SELECT unnest(map_keys(cells)) AS key, generate_subscripts(map_keys(cells), 1) AS place FROM returned)
        GROUP BY key ORDER BY min(place), key"""
    ).fetchall()
    delivered = [key for (key,) in found]
    reasons = " ".join(f"WHEN {literal(rule)} THEN {literal(wrong)}" for rule, (wrong, _) in rules.items())
    remedies = " ".join(f"WHEN {literal(rule)} THEN {literal(remedy)}" for rule, (_, remedy) in rules.items())
    cells = [_guarded(f"cells[{literal(key)}]") for key in delivered]
    columns = " ".join(
        f"WHEN file = {literal(file)} AND column_name = {literal(name)} THEN {literal(word)}" for (file, name), word in words.items()
    )
    word = f"CASE {columns} ELSE column_name END" if columns else "column_name"
    column = f"coalesce(nullif({word}, ''), heading, '')"
    body = target.with_name(f"{target.name}.body")
    con.execute(
        f"""COPY (SELECT {_guarded("file")}, line, {_guarded(f"({column})")}, CASE rule {reasons} END, CASE rule {remedies} END
            {"".join(f", {cell}" for cell in cells)} FROM returned ORDER BY file, line, column_name)
        TO {literal(str(body))} (FORMAT csv, HEADER false)"""
    )
    con.execute("DROP TABLE returned")
    with target.open("wb") as out, body.open("rb") as source:
        out.write(_BOM + _header(delivered).encode())
        shutil.copyfileobj(source, out)
    body.unlink()


def _rows(files: Sequence[Path]) -> str:
    """A reading of long ago has no headings."""
    found = f"read_parquet([{', '.join(literal(str(file)) for file in files)}], union_by_name = true)"
    return f"(SELECT NULL::VARCHAR AS heading WHERE false UNION ALL BY NAME SELECT * FROM {found})"


def _shown_text() -> str:
    """The text of the one cell that is wrong, cut; NULL where it may be about a person."""
    impersonal = ", ".join(literal(feed.name) for feed in FEEDS.values() if not feed.is_personal)
    return f"CASE WHEN feed IN ({impersonal}) THEN nullif(left({_CELLS}[heading], {_LONGEST_TEXT}), '') END"


def _header(delivered: list[str]) -> str:
    """A column of the sender that is called like one of ours keeps its name; ours gives way."""
    theirs = {name.casefold() for name in delivered}
    own = [f"{name} (report)" if name in theirs else name for name in _OWN_COLUMNS]
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([*own, *(_guard(name) for name in delivered)])
    return line.getvalue()


def _guarded(text: str) -> str:
    """SQL of `text` with a leading apostrophe where a spreadsheet would run it."""
    formula = f"regexp_matches({text}, {literal(_STARTS_FORMULA)}) AND NOT regexp_matches({text}, {literal(_IS_NUMBER)})"
    return f"CASE WHEN {formula} THEN '''' || {text} ELSE {text} END"


def _guard(text: str) -> str:
    return f"'{text}" if re.search(_STARTS_FORMULA, text) and not re.search(_IS_NUMBER, text) else text

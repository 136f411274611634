"""The accepted rows of a scanned file, as they stay in the raw folder.

Belongs here: leaving out what was rejected, excluded or repeated. Does not belong here: finding it (scan.py, duplicates.py).
"""

import duckdb

from orchestration.ingestion.scan import PARQUET, ScannedFile
from orchestration.ingestion.typed import enum
from orchestration.sql import literal


def _again(file: ScannedFile, name: str, texts: list[str]) -> str:
    """A column of few texts; what is the same in every row need not be read to be written."""
    return enum(literal(texts[0]) if name in file.constant else name, texts)


def keep_accepted(con: duckdb.DuckDBPyConnection, file: ScannedFile, repeated: str | None) -> None:
    """Write `job.accepted`; `repeated`: query of the record numbers (file_row_number) of accepted rows that do not stand."""
    if not (file.bad or file.counts.excluded or repeated):
        # All of them: the file is there already.
        file.every.replace(file.job.accepted)
        return
    own = ["_problem", *(name for name in ("_excluded", "_counted", "_heading") if name in file.extras)]
    closed = ", ".join(f"{_again(file, name, texts)} AS {name}" for name, texts in file.closed.items())
    con.execute(
        f"""COPY (SELECT * EXCLUDE ({", ".join(own)}, filename, file_row_number) {f"REPLACE ({closed})" if closed else ""}
            FROM {file.rows}
            WHERE {file.stands} {f"AND file_row_number NOT IN ({repeated})" if repeated else ""})
        TO {literal(str(file.job.accepted))} ({PARQUET})"""
    )
    file.every.unlink()

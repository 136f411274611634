"""What becomes of the rows of a table's files once all of them are read: accepted rows are kept, the others told of.

Belongs here: the order of these steps and the counts they change. Does not belong here: finding repeated rows (duplicates.py),
writing either kind (accept.py, reject.py).
"""

import duckdb

from orchestration.contracts.model import Table
from orchestration.ingestion.accept import keep_accepted
from orchestration.ingestion.duplicates import find_duplicates, key_column
from orchestration.ingestion.reject import write_rejected
from orchestration.ingestion.scan import ScannedFile
from orchestration.sql import literal, one_row


def settle_files(con: duckdb.DuckDBPyConnection, table: Table, files: list[ScannedFile]) -> None:
    """Write accepted and rejected rows of all files of one table; rows that repeat a key of any of them are rejected."""
    found = find_duplicates(con, table, files)
    for file in files:
        mine = f"FROM duplicate WHERE filename = {literal(str(file.every))}"
        repeated = one_row(con, f"SELECT count(*) {mine}")[0] if found else 0
        folded = one_row(con, f"SELECT count(*) {mine} AND rule = 'duplicate_row'")[0] if repeated and table.duplicates == "fold" else 0
        if repeated > folded:
            # Rows that the sender repeats on purpose are no mistakes to tell of.
            told = " AND rule <> 'duplicate_row'" if folded else ""
            write_rejected(con, file, f"SELECT ordinal, {literal(key_column(table))} || '|' || rule AS problem {mine}{told}")
        else:
            write_rejected(con, file, None)
        keep_accepted(con, file, f"SELECT file_row_number {mine}" if repeated else None)
        file.counts.accepted -= repeated
        file.counts.rejected += repeated - folded
        file.counts.read -= folded
        file.counts.excluded += folded

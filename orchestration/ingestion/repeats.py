"""Which of many 64-bit numbers occur more than once.

Belongs here: the counting. Does not belong here: what the numbers stand for (duplicates.py).
"""

import duckdb
import numpy as np

from orchestration.sql import one_row

# Numbers sorted at once: 8 bytes each, and as much again while they are fetched.
_AT_ONCE = 32_000_000
# A literal longer than this is slower than to let DuckDB find the numbers itself.
_MOST = 20_000


def repeated_numbers(con: duckdb.DuckDBPyConnection, numbers: str, count: int) -> int:
    """Temp table repeated(h) of every number of column `h` of the query `numbers`, about `count` of them, that stands in it more than
    once; returns how many there are."""
    parts = max(1, -(-count // _AT_ONCE))
    found: list[int] = []
    for part in range(parts):
        where = f" WHERE h % {parts} = {part}" if parts > 1 else ""
        # Sorted here, 18 million numbers cost a sixth of grouping them in DuckDB.
        ordered = np.asarray(con.execute(f"SELECT h FROM ({numbers}){where}").fetchnumpy()["h"])
        ordered.sort()
        again = ordered[1:][ordered[1:] == ordered[:-1]]
        if len(found) + len(again) > _MOST:
            con.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT h FROM ({numbers}) GROUP BY h HAVING count(*) > 1")
            return int(one_row(con, "SELECT count(*) FROM repeated")[0])
        found += np.unique(again).tolist()
    con.execute(f"CREATE OR REPLACE TEMP TABLE repeated AS SELECT unnest({found}::UBIGINT[]) AS h")
    return len(found)

"""The DuckDB that reads delivered files: in memory, without network, spilling where delivered rows may lie.

Does not belong here: the build file (warehouse.py) or SQL of a subject.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.sql import literal


@contextmanager
def scratch_database(raw_dir: Path, memory_limit: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(":memory:") as con:
        con.execute("SET autoinstall_known_extensions = false; SET autoload_known_extensions = false")
        # Literals, not parameters: binding one imports pandas, which costs most of a second per process.
        con.execute(f"SET temp_directory = {literal(str(raw_dir / '.work' / 'spill'))}")
        if memory_limit:
            con.execute(f"SET memory_limit = {literal(memory_limit)}")
        yield con

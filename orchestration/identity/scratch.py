"""Where Splink keeps the steps between records and scores: Parquet files in a folder that goes when the scoring is done.

Belongs here: that folder and its end. Does not belong here: what is scored (score.py) or trained (model.py).
As tables of the night's transaction, the candidate pairs of a million records would stand in memory until it commits, and be read by one
core. The files hold numbers of records and weights, never a name.
"""

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
from splink import DuckDBAPI

from orchestration.sql import one_row


@contextmanager
def splink_api(con: duckdb.DuckDBPyConnection) -> Iterator[DuckDBAPI]:
    """Tables that Splink makes with it last as long as the block. Beside a database file the folder of a run that was killed is
    replaced: whoever has the file open for writing is alone."""
    logging.getLogger("splink").setLevel(logging.WARNING)
    (path,) = one_row(con, "SELECT path FROM duckdb_databases() WHERE database_name = current_database()")
    folder = Path(f"{path}.pairs") if path else Path(tempfile.mkdtemp(prefix="pairs-"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield DuckDBAPI(connection=con, materialisation="parquet", materialisation_dir=folder)
    finally:
        for (name,) in con.execute("SELECT view_name FROM duckdb_views() WHERE starts_with(view_name, '__splink__')").fetchall():
            con.execute(f'DROP VIEW IF EXISTS "{name}"')
        shutil.rmtree(folder, ignore_errors=True)

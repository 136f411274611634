"""Dagster's SQLite storage with connections kept open between events.

Stock Dagster opens and closes the file for every event, and the last close makes SQLite flush its log: with a table per model
and a check per test that took half the time of a small refresh.
Does not belong here: where the storage stands (instance.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection, Engine

_BUSY_TIMEOUT_SECONDS = 60


class PooledEventLog(SqliteEventLogStorage):
    """One file per run and an index; the engines of the last few stay open."""

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            engine = _engine(self.conn_string_for_shard(shard))
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.connect() as connection, connection.begin():
                yield connection


class PooledStorage(DagsterSqliteStorage):
    """Runs, events and schedules under one folder."""

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        super().__init__(base_dir, inst_data)
        self._event_log_storage = PooledEventLog(self._event_log_storage._base_dir)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "PooledStorage":
        return cls.from_local(inst_data=inst_data, **config_value)


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    return create_engine(url, connect_args={"timeout": _BUSY_TIMEOUT_SECONDS})

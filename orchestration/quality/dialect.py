"""DuckDB as Great Expectations reads it through SQLAlchemy: read-only, and every result fetched at once.

Belongs here: the few methods an audit needs. Does not belong here: writing, or a full SQLAlchemy dialect: the one on
the market breaks on SQLAlchemy 2.1 (reflection) and lets GX close a connection before it has fetched.
"""

from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
from sqlalchemy import text
from sqlalchemy.dialects import registry
from sqlalchemy.engine import URL, Connection
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.engine.default import DefaultDialect, DefaultExecutionContext
from sqlalchemy.engine.interfaces import ReflectedColumn
from sqlalchemy.pool import NullPool, Pool
from sqlalchemy.types import NullType

URL_SCHEME = "duckdb+audit"


def connect_args(path: Path) -> dict[str, Any]:
    """Read-only, nothing fetched from anywhere; relative paths in a query (read_parquet) start at the file's folder.

    All connections to a file must agree on these, and the file stays open, and quick to open again, while one of them is.
    """
    config = {"file_search_path": str(path.parent), "autoinstall_known_extensions": "false"}
    return {"database": str(path), "read_only": True, "config": config}


class _FetchAtOnce(DefaultExecutionContext):
    """Takes all rows while the connection is still open: GX closes it first and reads afterwards."""

    def post_exec(self) -> None:
        super().post_exec()  # type: ignore[no-untyped-call]
        if self.cursor.description:
            rows = self.cursor.fetchall()
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(self.cursor, self.cursor.description, rows)


class AuditDialect(DefaultDialect):
    """What GX asks of a dialect, and no more."""

    name = "duckdb"
    driver = "audit"
    default_paramstyle = "qmark"
    supports_statement_cache = True
    supports_native_boolean = True
    execution_ctx_cls = _FetchAtOnce

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        return duckdb

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:  # noqa: ARG003
        return NullPool  # an idle pooled connection would keep serving a file that has since been replaced

    def create_connect_args(self, url: URL) -> tuple[list[Any], dict[str, Any]]:
        return [], connect_args(Path(url.database or ""))

    def do_begin(self, dbapi_connection: Any) -> None:
        """Nothing is written, so there is no transaction to begin or end."""

    do_commit = do_rollback = do_begin

    def _get_server_version_info(self, connection: Connection) -> tuple[int, ...]:  # noqa: ARG002
        return tuple(int(part) for part in duckdb.__version__.split(".")[:3] if part.isdigit())

    def _get_default_schema_name(self, connection: Connection) -> str:  # noqa: ARG002
        return "main"

    def get_schema_names(self, connection: Connection, **kw: Any) -> list[str]:  # noqa: ARG002
        return [row[0] for row in connection.execute(text("SELECT DISTINCT schema_name FROM duckdb_schemas() WHERE NOT internal"))]

    def get_table_names(self, connection: Connection, schema: str | None = None, **kw: Any) -> list[str]:  # noqa: ARG002
        return _relations(connection, "BASE TABLE", schema)

    def get_view_names(self, connection: Connection, schema: str | None = None, **kw: Any) -> list[str]:  # noqa: ARG002
        return _relations(connection, "VIEW", schema)

    def has_table(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> bool:  # noqa: ARG002
        return table_name in {*_relations(connection, "BASE TABLE", schema), *_relations(connection, "VIEW", schema)}

    def get_columns(self, connection: Connection, table_name: str, schema: str | None = None, **kw: Any) -> list[ReflectedColumn]:  # noqa: ARG002
        query = text(
            "SELECT column_name FROM duckdb_columns() WHERE table_name = :table_name AND schema_name = :schema_name ORDER BY column_index"
        )
        found = connection.execute(query, {"table_name": table_name, "schema_name": schema or "main"})
        return [{"name": str(name), "type": NullType(), "nullable": True, "default": None} for (name,) in found]


def _relations(connection: Connection, kind: str, schema: str | None) -> list[str]:
    query = text("SELECT table_name FROM information_schema.tables WHERE table_type = :kind AND table_schema = :schema_name")
    return [row[0] for row in connection.execute(query, {"kind": kind, "schema_name": schema or "main"})]


registry.register("duckdb.audit", __name__, AuditDialect.__name__)

"""The build file holds what the current models make, and nothing older."""

import json
from pathlib import Path

from orchestration.settings import Settings
from orchestration.warehouse import drop_orphans, open_warehouse


def test_what_a_removed_model_left_is_dropped(tmp_path: Path) -> None:
    settings = Settings(landing=tmp_path / "landing", home=tmp_path / "home")
    with open_warehouse(settings) as con:
        for schema in ("core", "identity"):
            con.execute(f"CREATE SCHEMA {schema}")
            for table in ("kept", "removed"):
                con.execute(f"CREATE TABLE {schema}.{table} AS SELECT 1 AS x")
        con.execute("CREATE VIEW core.removed_view AS SELECT * FROM core.kept")
    manifest = tmp_path / "manifest.json"
    manifest.write_text(json.dumps({"nodes": {"model.x.kept": {"schema": "core", "alias": "kept", "resource_type": "model"}}}))
    drop_orphans(settings, manifest)
    with open_warehouse(settings, read_only=True) as con:
        left = con.execute("SELECT table_schema, table_name FROM information_schema.tables ORDER BY ALL").fetchall()
    assert left == [("core", "kept"), ("identity", "kept"), ("identity", "removed")]

"""Decisions beside the warehouse: a file that outlives the build file, and by which a refresh sees that somebody has decided.

Belongs here: writing it after every sitting and taking decisions back from it into a warehouse that was built anew. Does not belong here:
deciding (decisions.py). A record has the same number in every warehouse, so a decision finds its records again. The file holds numbers of
records, readers and what they wrote, which may be about a child: mode 0600.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import duckdb

FILE = "decisions.jsonl"
_COLUMNS = ("decision_id", "kind", "a", "b", "decided_by", "why", "decided_at", "second_reader", "second_outcome", "withdrawn_at")


def keep_decisions(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write all decisions, in force or withdrawn, one a line."""
    texts = ", ".join(f"{name}::VARCHAR" if name.endswith("_at") else name for name in _COLUMNS)
    rows = con.execute(f"SELECT {texts} FROM identity.decision ORDER BY decided_at, decision_id").fetchall()
    path = folder / FILE
    if not rows and not path.exists():
        return
    text = "".join(json.dumps(dict(zip(_COLUMNS, row, strict=True)), ensure_ascii=False) + "\n" for row in rows)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return
    folder.mkdir(parents=True, exist_ok=True)
    aside = path.with_suffix(".aside")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    aside.replace(path)


def recall_decisions(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Add to identity.decision those of the file it does not have; the next night takes them into account."""
    held = {row[0] for row in con.execute("SELECT decision_id FROM identity.decision").fetchall()}
    missing = [decision for decision in _read(folder) if decision["decision_id"] not in held]
    if missing:
        marks = ", ".join(f"${name}" for name in _COLUMNS)
        con.executemany(f"INSERT INTO identity.decision ({', '.join(_COLUMNS)}, settled) VALUES ({marks}, false)", missing)


def decisions_hash(folder: Path) -> str:
    """Another one where anything was decided or withdrawn since."""
    path = folder / FILE
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()


def _read(folder: Path) -> list[dict[str, Any]]:
    path = folder / FILE
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []

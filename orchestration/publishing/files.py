"""Small file operations that publishing and the audit's receipt share: hash, write down for good, remove for good.

Belongs here: what knows nothing of databases or versions. Does not belong here: DuckDB files (duckdb_file.py).
"""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_hashes(folder: Path, leave_out: tuple[str, ...] = ()) -> dict[str, str]:
    """Hash of every file below `folder`, by relative path."""
    paths = sorted(p for p in folder.rglob("*") if not p.is_dir())
    return {name: sha256(p) for p in paths if (name := p.relative_to(folder).as_posix()) not in leave_out}


def flush(path: Path) -> None:
    """Force a file's bytes, or a folder's entries, down to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write aside and rename: a reader meets the old text or the new, never half of it."""
    aside = path.with_name(f"{path.name}.tmp")
    aside.write_text(json.dumps(content, indent=2, sort_keys=True, default=str) + "\n", encoding="utf-8")
    flush(aside)
    aside.replace(path)


def remove_folder(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)

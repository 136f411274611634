"""The hub as a person uses it: the CLI in a process of its own, on a landing and a home folder of a test.

Does not belong here: what lies in the inbox (landing.py, the demo region).
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
_NO_NETWORK = ["unshare", "--map-root-user", "--net"]


@cache
def can_unplug() -> bool:
    """May processes be started without any network here?"""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*_NO_NETWORK, "true"], capture_output=True, check=False).returncode == 0


@dataclass
class Hub:
    root: Path
    extra_environment: dict[str, str] = field(default_factory=dict)

    @property
    def landing(self) -> Path:
        return self.root / "landing"

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def environment(self) -> dict[str, str]:
        own = {"DATADRIVES_LANDING": str(self.landing), "DATADRIVES_HOME": str(self.home), "DATADRIVES_SETTLE_SECONDS": "0"}
        return {**os.environ, **own, **self.extra_environment}

    def command(self, *args: str, offline: bool = False) -> list[str]:
        return [*(_NO_NETWORK if offline else []), str(BIN / "datadrives"), *args]

    def run(self, *args: str, offline: bool = False) -> subprocess.CompletedProcess[str]:
        command = self.command(*args, offline=offline)
        return subprocess.run(command, env=self.environment, cwd=self.root, text=True, capture_output=True, check=False)

    def start(self, *args: str) -> subprocess.Popen[str]:
        return subprocess.Popen(self.command(*args), env=self.environment, cwd=self.root, text=True, stderr=subprocess.PIPE)

    def refresh(self, *args: str) -> dict[str, Any]:
        """A refresh that must succeed; what it says with --json."""
        done = self.run("refresh", "--json", *args)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def deliver(self, source: str, name: str, files: dict[str, str]) -> None:
        folder = self.landing / "inbox" / source / name
        folder.mkdir(parents=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")

    @property
    def versions(self) -> list[str]:
        return sorted(p.name for p in (self.home / "published").iterdir() if p.is_dir() and not p.is_symlink())

    @property
    def release(self) -> dict[str, Any]:
        return json.loads((self.home / "published" / "current" / "release.json").read_text())

    def query(self, sql: str, file: str = "public.duckdb") -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home / "published" / "current" / file), read_only=True) as con:
            return con.execute(sql).fetchall()

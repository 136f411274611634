"""Land the open files and refresh: what `make open-data` runs, and what the tests of this folder run once.

Belongs here: which sets, the name of their delivery, the call of the CLI. Does not belong here: how the files look (contracts/)
or what must come out (cases/). The files stay where they are; only the inbox of a git-ignored home holds copies.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
CONTRACTS = Path(__file__).parent / "contracts"
HOME = ROOT / "warehouse" / "open-data"

# Set -> name of its delivery: the day the files speak for.
DELIVERIES = {
    "assessment-layouts": "2025-06-30",
    "baltimore-kra-2019": "2020-06-30",
    "ct-community": "2019-06-30",
    "ct-edsight": "2019-12-31",
    "edfi-grandbend-xml": "2022-06-30",
    "ma-school-profile-2017": "2017-12-31",
    "oea-contoso": "2022-01-14",
    "oneroster-generated-district": "2024-09-15",
    "oneroster-grandbend-1_1": "2021-05-28",
    "partner-houston-afterschool": "2016-11-02",
    "partner-pmm": "2021-03-31",
    "sdp-agency-a": "2010-08-31",
    "sdp-agency-b": "2005-08-31",
    "sds-v2_1": "2021-09-15",
    "sis-anytown": "2023-05-31",
}
NOT_DELIVERED = ("SOURCE.md", "LICENSE")


def missing() -> str | None:
    """Why the open files cannot be read here; None where they can."""
    absent = [name for name in DELIVERIES if not (DATA / name).is_dir()]
    return f"open files not found in {DATA}: {', '.join(absent)}" if absent else None


def stage(landing: Path) -> None:
    """Contracts and deliveries into the landing folder; what lies there already is left alone, so that a second run finds nothing new."""
    (landing / "agreements").mkdir(parents=True, exist_ok=True)
    shutil.rmtree(landing / "contracts", ignore_errors=True)
    shutil.copytree(CONTRACTS, landing / "contracts")
    for name, delivery in DELIVERIES.items():
        for file in sorted(path for path in (DATA / name).rglob("*") if path.is_file()):
            target = landing / "inbox" / name / delivery / file.relative_to(DATA / name)
            if file.name.startswith(NOT_DELIVERED) or target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            os.utime(target, (file.stat().st_atime, file.stat().st_mtime))


def refresh(landing: Path, home: Path, *, quiet: bool = False) -> subprocess.CompletedProcess[str]:
    """`datadrives refresh` on a landing folder and home of their own."""
    environment = {**os.environ, "DATADRIVES_LANDING": str(landing), "DATADRIVES_HOME": str(home), "DATADRIVES_SETTLE_SECONDS": "0"}
    command = [str(Path(sys.executable).parent / "datadrives"), "refresh"]
    return subprocess.run(command, env=environment, cwd=ROOT, text=True, capture_output=quiet, check=False)


def main() -> int:
    if reason := missing():
        print(f"Nothing to do: {reason}")  # noqa: T201
        return 0
    stage(HOME / "landing")
    return refresh(HOME / "landing", HOME).returncode


if __name__ == "__main__":
    raise SystemExit(main())

"""What matching rests on beside the deliveries, told without loading what compares records: the model in use, the decisions made.

Does not belong here: choosing a model (artefact.py), decisions themselves (decision_file.py).
"""

import json
from pathlib import Path

from orchestration.identity.decision_file import decisions_hash

CURRENT = "current.json"


def matching_in_use(folder: Path) -> dict[str, str]:
    """By kind, a text that changes where a refresh would match otherwise: another model was trained, something was decided or withdrawn."""
    path = folder / CURRENT
    version = json.loads(path.read_text(encoding="utf-8"))["version"] if path.exists() else None
    return {"decisions": decisions_hash(folder), "matching model": version or ""}

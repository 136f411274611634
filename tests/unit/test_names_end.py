"""Names, birth dates and addresses end at the identity step: nothing after it reads them, by whatever name a model would give them.

Does not belong here: values in artefacts (tests/pipeline/test_no_personal_values.py).
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.feeds import FEEDS

ROOT = Path(__file__).resolve().parents[2]
AFTER = (
    "dbt_project/models/core", "dbt_project/models/measures", "dbt_project/models/marts", "dbt_project/seeds", "expectations",
    "orchestration/disclosure", "orchestration/publishing", "orchestration/governance",
)  # fmt: skip
PERSONAL = ("first_name", "middle_name", "last_name", "preferred_name", "name_suffix", "birth_date", "street_address")
READS = re.compile(rf"\b({'|'.join(PERSONAL)})\b", re.IGNORECASE)


def files() -> Iterator[Path]:
    for folder in AFTER:
        yield from (path for path in (ROOT / folder).rglob("*") if path.suffix in (".sql", ".yml", ".py", ".csv"))


def test_the_names_looked_for_are_the_feeds() -> None:
    assert set(PERSONAL) <= set(FEEDS["student"].by_name) | {"name_suffix"}


@pytest.mark.parametrize("folder", AFTER)
def test_each_folder_is_looked_at(folder: str) -> None:
    assert any(path.is_relative_to(ROOT / folder) for path in files())


def test_nothing_after_the_identity_step_reads_them() -> None:
    found = [f"{path.relative_to(ROOT)}: {match[1]}" for path in files() for match in READS.finditer(path.read_text(encoding="utf-8"))]
    assert found == []

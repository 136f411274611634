"""The check beside the inbox: columns that contracts take and nothing uses, as a warning."""

from pathlib import Path

import dagster as dg
import pytest

from orchestration.contracts import Contract, load_contract
from orchestration.defs.minimisation import used_columns
from tests.support.landing import ATTENDANCE

PHONES = """\
  - name: phones
    physicalName: phones.csv
    customProperties: [{property: feed, value: student}]
    properties:
      - {name: student_id, physicalName: Student}
      - {name: phone, physicalName: Phone}
"""


def _contract(folder: Path, text: str) -> Contract:
    (folder / "elm.yaml").write_text(text)
    return load_contract(folder / "elm.yaml")


@pytest.mark.parametrize(
    ("extra", "passed", "which"), [("", True, "none"), (PHONES, False, "elm: phones: no model, link or release uses student.phone")]
)
def test_unused_column_is_a_warning_and_no_failure(tmp_path: Path, extra: str, passed: bool, which: str) -> None:
    check = used_columns({"elm": _contract(tmp_path, ATTENDANCE + extra)})
    result = check()
    assert isinstance(result, dg.AssetCheckResult)
    assert (result.passed, result.severity, result.metadata["which"].value) == (passed, dg.AssetCheckSeverity.WARN, which)

"""Every figure of expected.csv about the loaded sets, asked of the warehouse."""

import pytest

from .cases import CASES
from .expected import read_cases, same
from .run import missing
from .warehouse import Ask

EXPECTED = read_cases()
pytestmark = pytest.mark.skipif(missing() is not None, reason=missing() or "")


@pytest.mark.parametrize("case_id", [case_id for case_id in EXPECTED if case_id in CASES])
def test_figure(case_id: str, ask: Ask) -> None:
    case = EXPECTED[case_id]
    rows = ask(CASES[case_id])
    assert len(rows) == 1, f"{case_id}: one row is wanted"
    found = rows[0]
    assert len(found) == len(case.figures), f"{case_id}: {case.expected}"
    wrong = [f"{figure} expected, {number} found" for figure, number in zip(case.figures, found, strict=True) if not same(figure, number)]
    assert not wrong, f"{case_id} ({case.formula}): {'; '.join(wrong)}"


def test_every_case_of_the_loaded_sets_is_asked() -> None:
    assert set(CASES) == set(EXPECTED)

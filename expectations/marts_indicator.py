"""The unprotected indicator against what is published from it.

Belongs here: what only someone who sees both can check. Does not belong here: what a reader could check (indicator.py).
"""

from types import ModuleType
from typing import Any

from orchestration.disclosure import KEY, RULES
from orchestration.quality.suite import blocks, no_rows, same_rows

FILE = "analyst.duckdb"
TABLE = "marts.indicator"

_PUBLISHED = "read_parquet('parquet/indicator.parquet')"
_BOTH = f"audited AS i INNER JOIN {_PUBLISHED} AS p USING ({', '.join(KEY)})"
_FIX_RULES = "do not publish; mend orchestration/disclosure and add the case to tests/unit/test_disclosure.py"


def suite(gxe: ModuleType) -> list[Any]:
    key = ", ".join(KEY)
    return [
        no_rows(
            gxe,
            "a proportion's numerator lies within its denominator",
            """audited WHERE source_kind = 'computed' AND value_kind = 'proportion'
                AND NOT numerator BETWEEN 0 AND denominator""",
            blocks("more children than there are: the rule would hide the row and with it the mistake", "mend the measure's SQL"),
        ),
        no_rows(
            gxe,
            "every row stands in the public table, hidden or not",
            same_rows("audited", _PUBLISHED, key),
            blocks("a row that vanishes tells what a marker would not", _FIX_RULES),
        ),
        no_rows(
            gxe,
            f"no computed row about fewer than {RULES.minimum} children is shown",
            f"""{_BOTH}
                WHERE source_kind = 'computed' AND i.person_count < {RULES.minimum} AND p.suppression = 'none'""",
            blocks("a sum of days can be large and still be one child's", _FIX_RULES),
        ),
        no_rows(
            gxe,
            "what is shown is what was computed",
            f"{_BOTH} WHERE p.suppression = 'none' AND p.value_coding = 'none' AND p.value IS DISTINCT FROM i.value",
            blocks("protection may hide a number but never change it", _FIX_RULES),
        ),
    ]

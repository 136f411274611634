"""How review stands, in counts that may be printed and logged.

Does not belong here: any record or decision by itself.
"""

from dataclasses import asdict
from typing import Any

import duckdb

from orchestration.identity.review.agreement import agreement
from orchestration.identity.review.queue import review_pairs, review_tasks, second_readings
from orchestration.sql import one_row


def review_state(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """tasks, pairs, reasons of pairs, decisions in force by kind, unsettled ones, second readings due, agreement of readers."""
    review_pairs(con, "state_pair")
    review_tasks(con, "state_pair", "state_task")
    second_readings(con, None, "state_second")
    tasks, pairs = one_row(con, "SELECT count(DISTINCT task), count(*) FROM state_task")
    unsettled, second = one_row(
        con, "SELECT (SELECT count(*) FROM identity.decision WHERE NOT settled), (SELECT count(*) FROM state_second)"
    )
    return {
        "tasks": tasks,
        "pairs": pairs,
        "reasons": _counts(con, "SELECT reason, count(*) FROM state_pair GROUP BY 1 ORDER BY 2 DESC, 1"),
        "decisions": _counts(con, "SELECT kind, count(*) FROM identity.decision WHERE withdrawn_at IS NULL GROUP BY 1 ORDER BY 1"),
        "unsettled": unsettled,
        "second_due": second,
        "agreement": asdict(agreement(con)),
    }


def _counts(con: duckdb.DuckDBPyConnection, query: str) -> dict[str, int]:
    return dict(con.execute(query).fetchall())

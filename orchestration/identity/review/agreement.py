"""How far two readers agree on the pairs both have read.

Does not belong here: choosing the pairs (queue.py), what a disagreement means for a decision (answers.py).
"""

from collections import Counter
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class Agreement:
    """`kappa`: Cohen's, agreement beyond chance; None where nothing was read twice, or all answers of both readers are one and the same."""

    pairs: int
    agreed: int
    kappa: float | None


def agreement(con: duckdb.DuckDBPyConnection) -> Agreement:
    """Of all pairs ever read twice, also those whose decision fell because the readers disagreed."""
    rows = con.execute(
        "SELECT kind, second_outcome, count(*) FROM identity.decision WHERE second_outcome IS NOT NULL GROUP BY 1, 2"
    ).fetchall()
    return cohens_kappa(Counter({(first, second): count for first, second, count in rows}))


def cohens_kappa(answers: Counter[tuple[str, str]]) -> Agreement:
    """`answers` counts (first reader's answer, second reader's answer)."""
    pairs = answers.total()
    agreed = sum(count for (first, second), count in answers.items() if first == second)
    firsts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for (first, second), count in answers.items():
        firsts[first] += count
        seconds[second] += count
    by_chance = sum(firsts[answer] * seconds[answer] for answer in firsts)
    if pairs == 0 or by_chance == pairs * pairs:
        return Agreement(pairs, agreed, None)
    return Agreement(pairs, agreed, (agreed * pairs - by_chance) / (pairs * pairs - by_chance))

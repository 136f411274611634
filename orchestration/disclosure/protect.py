"""Turn the internal indicator table into the one anyone may read, row for row, in one pass of SQL.

Belongs here: the SQL of the rules. Does not belong here: the thresholds (rules.py), hiding a second cell so that the
first cannot be computed from a total, or comparing a release with earlier ones.
"""

import duckdb

from orchestration.disclosure.rules import RULES, Rules

KEY = ("measure_id", "variant_id", "source_kind", "unit_type", "unit_id", "school_year", "student_group")

PUBLIC_COLUMNS = (
    "measure_id", "variant_id", "source_kind", "unit_type", "unit_id", "unit_name", "school_year", "student_group",
    "numerator", "denominator", "value", "ci_low", "ci_high", "comparability", "period_status", "break_in_series",
    "suppression", "coverage", "value_coding", "publisher_marker",
)  # fmt: skip

# What the rules read of the internal table beside the columns that are published.
SOURCE_COLUMNS = (*(c for c in PUBLIC_COLUMNS if c not in ("suppression", "value_coding")), "person_count", "value_kind")

# Why a row is hidden, tried in this order. A row that proves nothing about itself is hidden too: it fails closed.
# A ratio counts days or hours, so its numerator may pass its denominator; its persons stand in person_count.
_REASON = """
    CASE
        WHEN is_publisher THEN CASE WHEN value IS NULL AND publisher_marker IS NOT NULL THEN 'masked_by_publisher' END
        WHEN value_kind IS NULL OR value_kind NOT IN ('proportion', 'ratio', 'count') THEN 'unknown_kind'
        WHEN person_count < n_min THEN 'few_persons'
        WHEN value_kind <> 'count' AND denominator < n_min THEN 'few_in_denominator'
        WHEN numerator < n_min OR (value_kind = 'count' AND value < n_min) THEN 'few_in_numerator'
        WHEN value_kind = 'proportion' AND denominator - numerator < n_min THEN 'few_in_complement'
        WHEN value_kind = 'ratio' AND denominator - numerator >= 0 AND denominator - numerator < n_min
            THEN 'few_in_complement'
        WHEN value IS NULL OR numerator IS NULL THEN 'incomplete'
        WHEN value_kind <> 'count' AND denominator IS NULL THEN 'incomplete'
        WHEN value_kind = 'ratio' AND person_count IS NULL THEN 'incomplete'
        WHEN abs(value - CASE WHEN value_kind = 'count' THEN numerator ELSE numerator / denominator END) > 1e-9 * abs(value)
            THEN 'inconsistent'
    END"""


def protect(
    con: duckdb.DuckDBPyConnection,
    source_table: str,
    target_table: str,
    *,
    reasons_table: str | None = None,
    thresholds_table: str | None = None,
    rules: Rules = RULES,
) -> None:
    """Create `target_table` from `source_table` (columns of marts.indicator): the same rows, protected.

    A hidden row keeps its key and loses every number, under the one marker `suppressed`. Why it is hidden goes to
    `reasons_table`, which must never be published: a reason is a clue. `thresholds_table` may raise the minimum per
    variant (measure_id, variant_id, n_min). What a publisher has published stays as the publisher published it.
    """
    judged = _judged(source_table, thresholds_table, rules)
    order = ", ".join(KEY)
    con.execute(f"CREATE TABLE {target_table} AS {_published(judged, rules)} ORDER BY {order}")
    if reasons_table is not None:
        con.execute(
            f"CREATE TABLE {reasons_table} AS SELECT {order}, reason, n_min FROM ({judged}) WHERE reason IS NOT NULL ORDER BY {order}"
        )


def _judged(source_table: str, thresholds_table: str | None, rules: Rules) -> str:
    """Every source row with its minimum and, where it must be hidden, the reason."""
    minimum = str(rules.minimum)
    join = ""
    if thresholds_table is not None:
        minimum = f"greatest({rules.minimum}, coalesce(threshold.n_min, {rules.minimum}))"
        join = f"""
        LEFT JOIN (
            SELECT measure_id, variant_id, max(try_cast(n_min AS BIGINT)) AS n_min FROM {thresholds_table} GROUP BY measure_id, variant_id
        ) AS threshold USING (measure_id, variant_id)"""
    return f"""
    SELECT *, {_REASON} AS reason
    FROM (
        SELECT source.*, coalesce(source.source_kind = 'publisher', FALSE) AS is_publisher, {minimum} AS n_min
        FROM {source_table} AS source{join}
    )"""


def _published(judged: str, rules: Rules) -> str:
    """The public columns: numbers of a hidden row are NULL, an extreme rate is its bound without numerator and interval."""
    step = rules.coverage_step
    return f"""
    SELECT
        measure_id, variant_id, source_kind, unit_type, unit_id, unit_name, school_year, student_group,
        CASE WHEN is_hidden OR coding <> 'none' THEN NULL ELSE numerator END AS numerator,
        -- a count has no denominator: beside it, the complement could be read off
        CASE WHEN is_hidden OR (NOT is_publisher AND value_kind = 'count') THEN NULL ELSE denominator END AS denominator,
        CASE WHEN is_hidden THEN NULL WHEN coding = 'bottom' THEN bottom WHEN coding = 'top' THEN top ELSE value END AS value,
        CASE WHEN is_hidden OR coding <> 'none' THEN NULL ELSE ci_low END AS ci_low,
        CASE WHEN is_hidden OR coding <> 'none' THEN NULL ELSE ci_high END AS ci_high,
        comparability, period_status, break_in_series,
        CASE WHEN reason IS NULL THEN 'none' ELSE 'suppressed' END AS suppression,
        CASE WHEN is_hidden THEN NULL WHEN is_publisher THEN coverage ELSE round(round(coverage / {step}) * {step}, 4) END AS coverage,
        coding AS value_coding,
        publisher_marker
    FROM (
        SELECT
            *,
            reason IS NOT NULL AND NOT is_publisher AS is_hidden,
            CASE WHEN reason IS NULL AND NOT is_publisher AND value_kind = 'proportion'
                THEN CASE WHEN value <= bottom THEN 'bottom' WHEN value >= top THEN 'top' ELSE 'none' END
                ELSE 'none' END AS coding
        FROM (SELECT *, {_bound(rules, "bottom")} AS bottom, {_bound(rules, "top")} AS top FROM ({judged}))
    )"""


def _bound(rules: Rules, side: str) -> str:
    """The tier's bound for a group of `denominator` persons; the smallest tier begins at or below the minimum."""
    tiers = " ".join(f"WHEN denominator >= {tier.persons} THEN {getattr(tier, side)}" for tier in rules.tiers)
    return f"CAST(CASE {tiers} END AS DOUBLE)"

"""What must be true of the published indicator before anyone sees it.

Belongs here: what a reader of public.duckdb could check. Does not belong here: comparison with the unprotected numbers
(marts_indicator.py).
"""

from types import ModuleType
from typing import Any

from orchestration.disclosure import KEY, RULES
from orchestration.quality.suite import blocks, no_rows, same_as_parquet, warns

FILE = "public.duckdb"
TABLE = "indicator"

_FEW = RULES.minimum
_KINDED = "audited AS i INNER JOIN measure_variant AS v USING (measure_id, variant_id, source_kind)"
_SHOWN = "i.source_kind = 'computed' AND i.suppression = 'none'"
_FIX_MEASURE = "look up the row by its key in marts.indicator of analyst.duckdb and mend the measure's SQL"
_FIX_RULES = "do not publish; mend orchestration/disclosure and add the case to tests/unit/test_disclosure.py"


def suite(gxe: ModuleType) -> list[Any]:
    return [*_shape(gxe), *_numbers(gxe), *_privacy(gxe)]


def _shape(gxe: ModuleType) -> list[Any]:
    closed = {
        "source_kind": ["computed", "publisher"],
        "comparability": ["A", "B", "C", "D"],
        "period_status": ["final", "to_date", "window_open"],
        "suppression": ["none", "suppressed"],
        "value_coding": ["none", "top", "bottom"],
        "unit_type": ["state", "community", "district", "school", "program", "zip"],
    }
    words = blocks("readers filter by these words; a new one would drop out of every page in silence", "map it in the model that made it")
    needed = blocks("a number without its full key is about nobody knows what", _FIX_MEASURE)
    resolves = "every figure must lead to what it is about and how it is defined"
    return [
        gxe.ExpectTableRowCountToBeBetween(
            min_value=1,
            **blocks("an empty release would look like a community without data", "see which step of the refresh produced nothing"),
        ),
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=list(KEY), **blocks("two answers to one question: nobody could tell which is right", _FIX_MEASURE)
        ),
        *(gxe.ExpectColumnValuesToNotBeNull(column=column, **needed) for column in (*KEY, "suppression", "value_coding")),
        *(gxe.ExpectColumnValuesToBeInSet(column=column, value_set=values, **words) for column, values in closed.items()),
        gxe.ExpectColumnValuesToBeBetween(
            column="school_year",
            min_value=1980,
            max_value=2100,
            **blocks(
                "a school year outside living memory is a wrong column or a wrong format", "mend school_year in the source's contract"
            ),
        ),
        no_rows(
            gxe,
            "every unit stands in the table unit",
            "audited AS i ANTI JOIN unit USING (unit_type, unit_id)",
            blocks(resolves, "add the unit to core.dim_unit"),
        ),
        no_rows(
            gxe,
            "every measure and variant stands in the catalogue",
            "audited AS i ANTI JOIN measure_variant USING (measure_id, variant_id, source_kind)",
            blocks(resolves, "add the variant's row to seeds/measure_variant.csv or seeds/publisher_definition.csv"),
        ),
        same_as_parquet(gxe, TABLE),
    ]


def _numbers(gxe: ModuleType) -> list[Any]:
    return [
        no_rows(
            gxe,
            "a proportion lies between 0 and 1",
            f"{_KINDED} WHERE v.value_kind = 'proportion' AND NOT i.value BETWEEN 0 AND 1",
            blocks(
                "percentages are fractions here; 45 in place of 0.45 is the usual slip",
                "set `scale` in the publisher's contract, or mend the measure",
            ),
        ),
        no_rows(
            gxe,
            "a computed value is its numerator over its denominator",
            "audited WHERE source_kind = 'computed' AND abs(value * denominator - numerator) > 1e-6 * denominator",
            blocks("a reader who divides must find what is printed", _FIX_MEASURE),
        ),
        no_rows(
            gxe,
            "a publisher's value is its numerator over its denominator, to the half percent",
            "audited WHERE source_kind = 'publisher' AND denominator > 0 AND abs(value - numerator / denominator) > 0.0051",
            warns(
                "columns may have been swapped in the contract, or the publisher counts in another way",
                "compare a row with the publisher's page",
            ),
        ),
        no_rows(
            gxe,
            "the interval holds the value",
            "audited WHERE source_kind = 'computed' AND NOT value BETWEEN ci_low - 1e-9 AND ci_high + 1e-9",
            blocks("an interval beside its value is a wrong formula", "mend the macro that computes it"),
        ),
        gxe.ExpectColumnValuesToBeBetween(column="coverage", min_value=0, max_value=1, **blocks("coverage is a share", _FIX_MEASURE)),
    ]


def _privacy(gxe: ModuleType) -> list[Any]:
    gap = "i.denominator - i.numerator"
    return [
        no_rows(
            gxe,
            f"no computed row shows a count below {_FEW}, nor a complement",
            f"""{_KINDED} WHERE {_SHOWN} AND (
                i.numerator < {_FEW} OR i.denominator < {_FEW} OR (v.value_kind = 'count' AND i.value < {_FEW})
                OR (v.value_kind = 'proportion' AND least({gap}, i.value * i.denominator, (1 - i.value) * i.denominator) < {_FEW} - 1e-6)
                OR (v.value_kind = 'ratio' AND {gap} >= 0 AND {gap} < {_FEW}))""",
            blocks("a child could be recognised, from the number or from what is left of it", _FIX_RULES),
        ),
        no_rows(
            gxe,
            "a hidden computed row shows no number",
            """audited WHERE source_kind = 'computed' AND suppression = 'suppressed'
                AND coalesce(numerator, denominator, value, ci_low, ci_high, coverage) IS NOT NULL""",
            blocks("one number left behind gives the hidden one back", _FIX_RULES),
        ),
        no_rows(
            gxe,
            "a shown computed row has a value",
            "audited WHERE source_kind = 'computed' AND suppression = 'none' AND value IS NULL",
            blocks("an empty value without the marker is a second marker, and a clue", _FIX_RULES),
        ),
        no_rows(
            gxe,
            "an extreme rate is only a bound, without numerator and interval",
            f"""{_KINDED} WHERE {_SHOWN} AND v.value_kind = 'proportion' AND (
                (i.value_coding = 'none' AND (i.value <= {RULES.tiers[0].bottom} OR i.value >= {RULES.tiers[0].top}))
                OR (i.value_coding <> 'none' AND coalesce(i.numerator, i.ci_low, i.ci_high) IS NOT NULL))""",
            blocks("a rate near 0 or 1 speaks about every child of the group", _FIX_RULES),
        ),
        no_rows(
            gxe,
            "a figure its publisher masked has no value",
            "audited WHERE source_kind = 'publisher' AND suppression = 'suppressed' AND value IS NOT NULL",
            blocks("what a publisher hides must not come back here", _FIX_RULES),
        ),
    ]

"""Disclosure control, rule by rule on known rows and as properties of any rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.disclosure import PUBLIC_COLUMNS, RULES, CodingTier, Rules, protect
from tests.support.build_file import INDICATOR_COLUMNS

NUMBERS = ("numerator", "denominator", "value", "ci_low", "ci_high", "coverage")


def figure(numerator: float | None, denominator: float | None, **fields: Any) -> dict[str, Any]:
    """A computed proportion, unless told otherwise."""
    known = numerator is not None and denominator
    value = numerator / denominator if known else None
    ci = {"ci_low": value, "ci_high": value}
    return {
        "measure_id": "m", "variant_id": "v", "source_kind": "computed", "unit_type": "school", "unit_id": "s", "school_year": 2024,
        "student_group": "all", "numerator": numerator, "denominator": denominator, "value": value, **ci, "comparability": "A",
        "period_status": "final", "break_in_series": False, "coverage": 0.973, "person_count": denominator, "value_kind": "proportion",
        **fields,
    }  # fmt: skip


def protected(
    rows: Sequence[Mapping[str, Any]], minimums: Mapping[str, int] | None = None, rules: Rules = RULES
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The public rows in the given order, and the reason by unit."""
    with duckdb.connect() as con:
        con.execute(f"CREATE TABLE source ({INDICATOR_COLUMNS})")
        for position, row in enumerate(rows):
            named = {**row, "unit_id": f"{position:05}"}
            con.execute(f"INSERT INTO source ({', '.join(named)}) VALUES ({', '.join('?' * len(named))})", list(named.values()))
        con.execute("CREATE TABLE threshold (measure_id VARCHAR, variant_id VARCHAR, n_min INTEGER)")
        for variant, n_min in (minimums or {}).items():
            con.execute("INSERT INTO threshold VALUES ('m', ?, ?)", [variant, n_min])
        protect(con, "source", "target", reasons_table="reasons", thresholds_table="threshold" if minimums else None, rules=rules)
        result = con.execute("SELECT * FROM target ORDER BY unit_id")
        names = [column[0] for column in result.description]
        assert tuple(names) == PUBLIC_COLUMNS
        public = [dict(zip(names, values, strict=True)) for values in result.fetchall()]
        return public, dict(con.execute("SELECT unit_id, reason FROM reasons").fetchall())


def one(row: Mapping[str, Any], **how: Any) -> tuple[dict[str, Any], str | None]:
    public, reasons = protected([row], **how)
    assert len(public) == 1
    return public[0], reasons.get("00000")


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (figure(10, 20), None),
        (figure(4, 9), "few_persons"),
        (figure(4, 9, person_count=None), "few_in_denominator"),
        (figure(9, 300, person_count=300), "few_in_numerator"),
        (figure(0, 300), "few_in_numerator"),
        (figure(291, 300), "few_in_complement"),
        (figure(300, 300), "few_in_complement"),
        (figure(100, 200, person_count=9), "few_persons"),
        (figure(170, 1800, value_kind="ratio", person_count=10), None),
        (figure(170, 1800, value_kind="ratio", person_count=9), "few_persons"),
        (figure(170, 1800, value_kind="ratio", person_count=None), "incomplete"),
        (figure(1795, 1800, value_kind="ratio", person_count=40), "few_in_complement"),
        (figure(900, 30, value_kind="ratio", person_count=30), None),
        (figure(12, None, value_kind="count", value=12, person_count=12), None),
        (figure(9, None, value_kind="count", value=9, person_count=9), "few_persons"),
        (figure(9, None, value_kind="count", value=9, person_count=None), "few_in_numerator"),
        (figure(40, None, value_kind="count", value=40, person_count=3), "few_persons"),
        (figure(50, 100, value_kind=None), "unknown_kind"),
        (figure(50, 100, value_kind="index"), "unknown_kind"),
        (figure(None, 100), "incomplete"),
        (figure(50, 100, value=0.4), "inconsistent"),
        (figure(50, 100, source_kind=None), None),
    ],
)
def test_rule(row: dict[str, Any], reason: str | None) -> None:
    public, found = one(row)
    assert found == reason
    assert public["suppression"] == ("none" if reason is None else "suppressed")
    if reason:
        assert [public[name] for name in NUMBERS] == [None] * len(NUMBERS)


def test_a_variant_may_raise_the_minimum_and_never_lower_it() -> None:
    rows = [
        figure(10, 25, variant_id="v"),
        figure(25, 60, variant_id="strict"),
        figure(31, 62, variant_id="strict"),
        figure(5, 20, variant_id="lax"),
    ]
    _, reasons = protected(rows, minimums={"strict": 30, "lax": 2})
    assert reasons == {"00001": "few_in_numerator", "00003": "few_in_numerator"}


@pytest.mark.parametrize(
    ("numerator", "denominator", "value", "coding"),
    [
        (10, 1000, 0.01, "bottom"),
        (11, 1000, 0.011, "none"),
        (20, 5000, 0.01, "bottom"),
        (990, 1000, 0.99, "top"),
        (4990, 5000, 0.99, "top"),
    ],
)
def test_extreme_rates_are_bounds(numerator: int, denominator: int, value: float, coding: str) -> None:
    public, _ = one(figure(numerator, denominator))
    assert (public["value"], public["value_coding"], public["denominator"]) == (value, coding, denominator)
    hidden = [public[name] is None for name in ("numerator", "ci_low", "ci_high")]
    assert hidden == [coding != "none"] * 3


def test_every_tier_is_used_for_its_group_size() -> None:
    lenient = Rules(minimum=1, tiers=(*RULES.tiers[:-1], CodingTier(persons=1, bottom=0.2, top=0.8)), coverage_step=0.05)
    rows = [figure(1, size) for size in (400, 150, 60, 25, 12)] + [figure(size - 1, size) for size in (400, 150, 60, 25, 12)]
    public, _ = protected(rows, rules=lenient)
    assert [row["value"] for row in public] == [0.01, 0.02, 0.05, 0.10, 0.20, 0.99, 0.98, 0.95, 0.90, 0.80]


def test_ratios_are_not_coded() -> None:
    public, _ = one(figure(171_900, 172_000, value_kind="ratio", person_count=1000))
    assert (public["value_coding"], public["numerator"]) == ("none", 171_900)


def test_a_count_has_no_denominator_beside_it() -> None:
    public, _ = one(figure(995, 1000, value_kind="count", value=995))
    assert (public["value"], public["denominator"]) == (995, None)


def test_coverage_is_said_in_steps() -> None:
    public, _ = one(figure(50, 100, coverage=0.97))
    assert public["coverage"] == 0.95


def test_a_publisher_keeps_its_figures_and_its_mask() -> None:
    shown = figure(3, 5, source_kind="publisher", person_count=None, publisher_marker=None)
    masked = figure(None, 7, source_kind="publisher", person_count=None, publisher_marker="*")
    partly = figure(0.5, None, source_kind="publisher", value=0.5, person_count=None, publisher_marker="<20")
    public, reasons = protected([shown, masked, partly])
    assert [row["suppression"] for row in public] == ["none", "suppressed", "none"]
    assert [row["numerator"] for row in public] == [3, None, 0.5]
    assert [row["publisher_marker"] for row in public] == [None, "*", "<20"]
    assert reasons == {"00001": "masked_by_publisher"}


@pytest.mark.parametrize(
    "fields", [{"minimum": 0}, {"tiers": ()}, {"tiers": RULES.tiers[::-1]}, {"tiers": RULES.tiers[:2]}]
)  # fmt: skip
def test_rules_that_protect_nothing_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"minimum|tier"):
        Rules(**{"minimum": 10, "tiers": RULES.tiers, "coverage_step": 0.05, **fields})


counts = st.one_of(st.none(), st.integers(0, 40), st.integers(0, 3000), st.decimals(0, 500, places=4).map(float))
any_row = st.builds(
    figure,
    counts,
    counts,
    person_count=st.one_of(st.none(), st.integers(0, 3000)),
    value_kind=st.sampled_from(["proportion", "proportion", "ratio", "count", None]),
    source_kind=st.sampled_from(["computed", "computed", "computed", None, "publisher"]),
    publisher_marker=st.sampled_from([None, "*"]),
    coverage=st.one_of(st.none(), st.floats(0, 1)),
    student_group=st.sampled_from(["all", "race_white"]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(any_row, max_size=30))
def test_no_rows_ever_show_a_small_number(rows: list[dict[str, Any]]) -> None:
    public, reasons = protected(rows)
    assert len(public) == len(rows)
    for position, (before, after) in enumerate(zip(rows, public, strict=True)):
        assert (after["student_group"], after["school_year"]) == (before["student_group"], before["school_year"])
        assert (after["suppression"] == "suppressed") == (f"{position:05}" in reasons)
        if before["source_kind"] == "publisher":
            assert [after[name] for name in NUMBERS] == [before[name] for name in NUMBERS]
        elif after["suppression"] == "suppressed":
            assert [after[name] for name in NUMBERS] == [None] * len(NUMBERS)
        else:
            assert_nothing_small(after, before["value_kind"])


def assert_nothing_small(row: dict[str, Any], kind: str) -> None:
    """From the published row alone: what is printed, and what a reader gets by multiplying and subtracting."""
    least, slack = RULES.minimum, 1e-6
    shown = [row["numerator"], row["denominator"]]
    if kind == "count":
        shown.append(row["value"])
    if kind == "proportion":
        shown += [row["value"] * row["denominator"], (1 - row["value"]) * row["denominator"]]
    if row["numerator"] is not None and kind != "count" and row["denominator"] >= row["numerator"]:
        shown.append(row["denominator"] - row["numerator"])
    assert all(number is None or number >= least - slack for number in shown), row
    if kind == "proportion" and row["value_coding"] == "none":
        tier = next(t for t in RULES.tiers if row["denominator"] >= t.persons)
        assert tier.bottom < row["value"] < tier.top

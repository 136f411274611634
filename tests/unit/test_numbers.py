"""Numbers as people print them: thousands, percent, currency, words beside them, ranges and sentences in place of them.

The SQL is held against a slow reading of the same text, letter by letter, that shares no pattern with it.
"""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.contracts.model import Property
from orchestration.ingestion.numbers import number_sql
from orchestration.sql import literal
from tests.support.landing import Landing

ALL = ("thousands", "percent", "words", "currency")
Reading = tuple[Decimal | None, Decimal | None, Decimal | None]
DATABASE = duckdb.connect(":memory:")
NOTHING: Reading = (None, None, None)


def read(texts: list[str], prop: Property) -> list[Reading]:
    """(value, low, high) of each text as the hub reads it."""
    sql = number_sql(prop, "t")
    cast = [f"try_cast({part} AS DECIMAL(18,6))" for part in (sql.value, sql.low, sql.high)]
    given_texts = ", ".join(f"({place}, {literal(text)})" for place, text in enumerate(texts))
    return DATABASE.execute(f"SELECT {', '.join(cast)} FROM (VALUES {given_texts}) AS given (place, t) ORDER BY place").fetchall()


def prop(*formats: str, ranges: bool = False, scale: float | None = None) -> Property:
    return Property.model_validate({"name": "value", "column": "V", "number_format": formats, "ranges": ranges, "scale": scale})


# ---- the slow reader -------------------------------------------------------------------------------------------------------


def slow_number(text: str, formats: tuple[str, ...]) -> tuple[Decimal, bool, str] | None:
    """(figure, is percent, what follows) of a number at the beginning of the text, without a sign."""
    if "currency" in formats and text.startswith("$"):
        text = text[1:].lstrip()
    size = 0
    while size < len(text) and (text[size] in "0123456789." or (text[size] == "," and "thousands" in formats)):
        size += 1
    digits, rest = text[:size], text[size:]
    whole, point, part = digits.partition(".")
    if "." in part or "," in part or not (whole or part):
        return None
    if "," in whole:
        groups = whole.split(",")
        if not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:]):
            return None
    figure = Decimal((whole.replace(",", "") or "0") + (point + part if part else ""))
    if "percent" in formats and rest.lstrip().startswith("%"):
        return figure, True, rest.lstrip()[1:]
    return figure, False, rest


def slow_words(rest: str, formats: tuple[str, ...]) -> bool:
    """Is this no more than words beside the number?"""
    if not rest:
        return True
    if "words" not in formats or not rest[0].isspace():
        return False
    words = rest.strip()
    return bool(words) and words[0].isalpha() and all(letter.isalpha() or letter in " .'_-" for letter in words)


def slow_read(text: str, formats: tuple[str, ...], *, ranges: bool) -> Reading:
    lowered = text.lower()
    found = slow_number(lowered[1:] if lowered[:1] in ("-", "+") else lowered, formats)
    qualified = set(lowered.replace("-", " ").replace("+", " + ").split()) & QUALIFIERS
    scale = Decimal("0.01") if "%" in text else Decimal(1)
    if found and slow_words(found[2], formats) and not qualified:
        return found[0] * scale * (-1 if lowered.startswith("-") else 1), None, None
    wider = (*formats, "thousands", "percent")
    bounds = (slow_one_bound(lowered, wider) or slow_two_bounds(lowered, wider)) if ranges else None
    if bounds is None:
        return NOTHING
    return None, *(bound if bound is None else bound * scale for bound in bounds)


def slow_one_bound(text: str, formats: tuple[str, ...]) -> tuple[Decimal | None, Decimal | None] | None:
    for is_low, befores, afters in ((True, LOW_BEFORE, LOW_AFTER), (False, HIGH_BEFORE, HIGH_AFTER)):
        tries = [slow_number(text[len(word) :].lstrip(), formats) for word in befores if text.startswith(word)]
        tries += [slow_number(text[: len(text) - len(word)].rstrip(), formats) for word in afters if text.endswith(word)]
        for found in tries:
            if found and slow_words(found[2], formats):
                return (found[0], None) if is_low else (None, found[0])
    return None


def slow_two_bounds(text: str, formats: tuple[str, ...]) -> tuple[Decimal, Decimal] | None:
    first = slow_number(text, formats)
    rest = first[2].lstrip() if first else ""
    for word in ("-", "\u2013", "to"):
        second = slow_number(rest[len(word) :].lstrip(), formats) if rest.startswith(word) else None
        if first and second and slow_words(second[2], formats):
            return first[0], second[0]
    return None


QUALIFIERS = {"or", "and", "to", "than", "more", "less", "fewer", "at", "over", "under", "million", "percent"}
LOW_BEFORE = (">=", "=>", ">", "≥", "more than", "greater than", "at least", "over")
HIGH_BEFORE = ("<=", "=<", "<", "≤", "less than", "fewer than", "at most", "under", "up to")
LOW_AFTER = ("+", "or more", "or greater", "or higher", "or over", "and over", "and above")
HIGH_AFTER = ("-", "or less", "or fewer", "or lower", "or under", "and under", "and below")

figures = st.one_of(
    st.integers(0, 9_999_999).map(str),
    st.integers(0, 9_999_999).map("{:,}".format),
    st.decimals(0, 9999, places=2, allow_nan=False).map(str),
    st.sampled_from(["1,2", "1,2345", "12,34,567", ".5", "5.", ".", ",", "1.2.3", "1,000.50"]),
)
numbers = st.builds("{}{}{}".format, st.sampled_from(["", "", "$", "$ "]), figures, st.sampled_from(["", "", "%", " %"]))
labels = st.sampled_from(["", "", "", " students", " school days", " dollars.", "students", " of 12"])
plain = st.builds("{}{}{}".format, st.sampled_from(["", "", "", "-", "+", "--"]), numbers, labels)
before = st.builds("{}{}{}{}".format, st.sampled_from([*LOW_BEFORE, *HIGH_BEFORE, "about"]), st.sampled_from(["", " "]), numbers, labels)
after = st.builds("{}{}{}".format, numbers, st.sampled_from(["", " "]), st.sampled_from([*LOW_AFTER, *HIGH_AFTER, "or so"]))
between = st.builds("{}{}{}{}".format, numbers, st.sampled_from(["-", " - ", " to ", "\u2013", "--", " through "]), numbers, labels)
texts = st.lists(st.one_of(plain, before, after, between, st.text("0123456789,.%$<>≤≥=+- aort", max_size=10)), min_size=30, max_size=60)


@settings(max_examples=60, deadline=None)
@given(texts, st.sets(st.sampled_from(ALL)), st.booleans())
def test_every_text_is_read_as_the_slow_reader_reads_it(given_texts: list[str], chosen: set[str], ranges: bool) -> None:
    formats = tuple(sorted(chosen))
    trimmed = [text.strip() for text in given_texts]
    found = read(trimmed, prop(*formats, ranges=ranges))
    said = [
        tuple(part if part is None else part.quantize(Decimal("0.000001")) for part in slow_read(t, formats, ranges=ranges))
        for t in trimmed
    ]
    assert [pair for pair in zip(trimmed, found, strict=True)] == [pair for pair in zip(trimmed, said, strict=True)]  # noqa: C416


@pytest.mark.parametrize(
    ("text", "formats", "value"),
    [
        ("69,301", ("thousands",), "69301"),
        ("1,234,567.5", ("thousands",), "1234567.5"),
        ("84.2%", ("percent",), "0.842"),
        ("84.2 %", ("percent",), "0.842"),
        ("78 students", ("words",), "78"),
        ("$1,200", ("currency", "thousands"), "1200"),
        ("-$1,200.50", ("currency", "thousands"), "-1200.5"),
        ("0064", (), "64"),
    ],
)
def test_a_printed_number_is_read(text: str, formats: tuple[str, ...], value: str) -> None:
    assert read([text], prop(*formats)) == [(Decimal(value), None, None)]


@pytest.mark.parametrize(
    ("text", "formats"),
    [
        ("69,301", ()),  # thousands not named
        ("84.2%", ("thousands",)),  # percent not named
        ("6,93,01", ("thousands",)),  # no grouping anybody prints
        ("1.200,50", ("thousands",)),  # the other decimal comma
        ("5 million", ("words",)),  # the word changes the figure
        ("84 percent", ("words",)),
        ("98 or more", ("words",)),  # a range is no number
        ("5k", ("words",)),
        ("12 of 50", ("words",)),
        ("1e5", ALL),
        ("NaN", ALL),
        ("", ALL),
    ],
)
def test_what_the_contract_does_not_name_is_no_number(text: str, formats: tuple[str, ...]) -> None:
    assert read([text], prop(*formats)) == [NOTHING]


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("<10", None, "10"),
        ("<= 10", None, "10"),
        ("≤10", None, "10"),
        (">95", "95", None),
        (">= 98%", "0.98", None),
        ("≥ 98", "98", None),
        ("16-50", "16", "50"),
        ("16 to 50", "16", "50"),
        ("16\u201350", "16", "50"),
        ("80-90%", "0.8", "0.9"),
        ("50 or less", None, "50"),
        ("50 or fewer", None, "50"),
        ("98 or more", "98", None),
        ("fewer than 10", None, "10"),
        ("Less than 10", None, "10"),
        ("more than 95", "95", None),
        ("at least 5", "5", None),
        ("at most 5", None, "5"),
        ("250,000+", "250000", None),
        ("2,500-", None, "2500"),
        ("100 and over", "100", None),
        ("under 10", None, "10"),
        ("Fewer than 10 students", None, "10"),
    ],
)
def test_a_range_has_the_bounds_that_are_printed(text: str, low: str | None, high: str | None) -> None:
    bounds = tuple(bound and Decimal(bound) for bound in (low, high))
    assert read([text], prop(*ALL, ranges=True)) == [(None, *bounds)]


@pytest.mark.parametrize("text", ["about 10", "10 - 20 - 30", "<", "- 5 to 10", "< 10 > 5", "ten to twenty", "10 to"])
def test_what_is_no_range_has_no_bounds(text: str) -> None:
    assert read([text], prop(*ALL, ranges=True)) == [NOTHING]


@pytest.mark.parametrize("text", ["< 5.0%", "250,000+", "1,000 to 2,500"])
def test_bounds_may_have_commas_and_percent_signs_that_plain_numbers_may_not(text: str) -> None:
    [(value, low, high)] = read([text], prop(ranges=True))
    assert value is None
    assert low is not None or high is not None
    assert read([text.strip("<+ ")], prop(ranges=True))[0][0] is None


def test_a_percent_sign_outranks_the_scale() -> None:
    assert read(["84.2%", "84.2"], prop("percent", scale=0.01)) == [(Decimal("0.842"), None, None)] * 2


# ---- through a whole delivery ----------------------------------------------------------------------------------------------

PUBLISHED = """\
apiVersion: v3.1.0
kind: DataContract
id: elm
name: Elm
version: 1.0.0
status: active
customProperties:
  - property: party
    value: {id: p, name: P, type: publisher}
  - property: terms
    value: {agreement: test}
  - property: delivery
    value: {max_rejected_share: 0.9}
schema:
  - name: rates
    physicalName: rates.csv
    customProperties: [{property: feed, value: published_indicator}]
    properties:
      - {name: unit_name, physicalName: School}
      - {name: unit_type, customProperties: [{property: constant, value: school}]}
      - {name: school_year, customProperties: [{property: constant, value: 2024}]}
      - {name: measure_id, customProperties: [{property: constant, value: chronic_absence_rate}]}
      - {name: definition, customProperties: [{property: constant, value: test}]}
      - {name: student_group, customProperties: [{property: constant, value: all}]}
      - name: value
        physicalName: Rate
        customProperties:
          - {property: number_format, value: [percent]}
          - {property: ranges, value: true}
          - {property: markers, value: [n/a]}
          - {property: marker_pattern, value: 'Not shown because .*'}
      - {name: numerator, physicalName: Absent, customProperties: [{property: number_format, value: thousands}, {property: ranges, value: true}]}
"""


def test_ranges_and_sentences_keep_their_text_and_bad_ones_are_rejected(tmp_path: Path) -> None:
    landing = Landing(tmp_path).contract(PUBLISHED)
    lines = [
        "School,Rate,Absent",
        'Elm,84.2%,"1,200"',
        "Oak,>= 98%,fewer than 10",
        "Fir,Not shown because fewer than 10 students,16 to 50",
        "Ash,n/a,",
        "Yew,roughly half,1",
        "Bay,90-80%,1",
        "Box,5%,50 to 16",
    ]
    landing.deliver("d", rates__csv="\n".join(lines) + "\n")
    [record] = landing.ingest().deliveries
    assert record.status == "accepted", record.reason
    query = (
        "SELECT unit_name, value::DOUBLE, value_low::DOUBLE, value_high::DOUBLE, value_marker, numerator::INT, numerator_low::INT, "
        "numerator_high::INT, numerator_marker FROM raw.published_indicator ORDER BY ALL"
    )
    assert landing.ledger().execute(query).fetchall() == [
        ("Ash", None, None, None, "n/a", None, None, None, None),
        ("Elm", 0.842, None, None, None, 1200, None, None, None),
        ("Fir", None, None, None, "Not shown because fewer than 10 students", None, 16, 50, "16 to 50"),
        ("Oak", None, 0.98, None, ">= 98%", None, None, 10, "fewer than 10"),
    ]
    assert landing.rejected() == [
        ("rates.csv", 6, "value", "number"),
        ("rates.csv", 7, "value", "number"),
        ("rates.csv", 8, "numerator", "number"),
    ]

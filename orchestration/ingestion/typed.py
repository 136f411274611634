"""The text of one cell as a value of its feed column, in SQL: codes, dates, numbers, school years, yes and no.

Belongs here: what a text is worth; NULL where it is worth nothing. Does not belong here: where it stands and which rule it breaks
(compile.py), numbers with words and bounds (numbers.py).
"""

from collections.abc import Sequence

from orchestration.contracts.model import Property
from orchestration.feeds import Column, ColumnType
from orchestration.ingestion.numbers import number_sql, plain_number
from orchestration.sql import literal

NO_MATCH = "(no match)"
_YEAR_OFFSET = {"spring": 0, "fall": 1}
_ISO = "%Y-%m-%d"
_IS_ISO = "{0} LIKE '____-__-__' AND {0} >= '0' AND {0} < ':'"


def enum(expression: str, texts: Sequence[str]) -> str:
    """`expression` as one of a few texts: written to Parquet for a tenth of what a text costs, and read back as a text."""
    return f"({expression})::ENUM({', '.join(map(literal, texts))})"


def typed_value(prop: Property, column: Column, text: str, closed: Sequence[str]) -> str:
    """Typed value of the text; NULL where it cannot be had. `closed`: the only texts that its codes can give."""
    delivered = text
    if prop.codes is not None:
        text = _coded(prop, text, closed)
    elif prop.lookup is not None and prop.has_otherwise:
        text = f"CASE WHEN {text} = '{NO_MATCH}' THEN {'NULL' if prop.otherwise is None else literal(prop.otherwise)} ELSE {text} END"
    if marker := is_marker(prop, delivered):
        text = f"CASE WHEN {marker} THEN NULL ELSE {text} END"
    match column.type:
        case ColumnType.TEXT:
            return text
        case ColumnType.DATE:
            return date_of(prop, text)
        case ColumnType.BOOLEAN:
            yes, no = (", ".join(literal(v.lower()) for v in values) for values in (prop.true_values, prop.false_values))
            return f"CASE WHEN lower({text}) IN ({yes}) THEN TRUE WHEN lower({text}) IN ({no}) THEN FALSE END"
        case ColumnType.INTEGER:
            return _integer(prop, column, text)
        case _:
            number = number_sql(prop, text).value if prop.number_format else plain_number(prop, text)
            return f"try_cast({number} AS DECIMAL(18,6))"


def _integer(prop: Property, column: Column, text: str) -> str:
    if prop.format is not None or column.name.endswith("school_year"):
        return _school_year(prop, text)
    if prop.number_format:
        number = f"try_cast({number_sql(prop, text).value} AS DECIMAL(18,6))"
        return f"CASE WHEN {number} = trunc({number}) THEN {number}::BIGINT END"
    return f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]+([.]0+)?') THEN try_cast(try_cast({text} AS DECIMAL(18,6)) AS BIGINT) END"


def is_marker(prop: Property, text: str) -> str:
    """Test for a text that stands in place of a value; '' where the contract names none."""
    tests = [f"{text} IN ({', '.join(map(literal, prop.markers))})"] if prop.markers else []
    tests += [f"regexp_full_match({text}, {literal(prop.marker_pattern)})"] if prop.marker_pattern is not None else []
    return f"({' OR '.join(tests)})" if tests else ""


def _coded(prop: Property, text: str, closed: Sequence[str]) -> str:
    def standard(to: str | None) -> str:
        # Made one of few texts where it is chosen: to cast a text of every row would cost a tenth of the whole reading.
        return "NULL" if to is None else enum(literal(to), closed) if closed else literal(to)

    key = f"lower({text})" if prop.fold_case else text
    whens = " ".join(
        f"WHEN {literal(code.lower() if prop.fold_case else code)} THEN {standard(to)}" for code, to in (prop.codes or {}).items()
    )
    kept = f"nullif({text}, '{NO_MATCH}')" if prop.lookup is not None else text
    rest = kept if prop.otherwise == "keep" else standard(prop.otherwise)
    return f"CASE {key} {whens} ELSE {rest} END" if whens else rest


def date_of(prop: Property, text: str) -> str:
    if prop.epoch is not None:
        days = f"CASE WHEN regexp_full_match({text}, '-?[0-9]{{1,6}}') THEN try_cast({text} AS INTEGER) END"
        return f"(DATE {literal(prop.epoch)} + ({days}))::DATE"
    formats = prop.formats or (_ISO,)
    read = f"try_strptime({text}, [{', '.join(map(literal, formats))}])::DATE"
    # A cast reads the usual form three times as fast; what only looks like it is NULL either way.
    return f"CASE WHEN {_IS_ISO.format(text)} THEN try_cast({text} AS DATE) ELSE {read} END" if formats == (_ISO,) else read


def _school_year(prop: Property, text: str) -> str:
    if prop.format == "label":
        is_label = f"regexp_full_match({text}, '[0-9]{{4}}\\s*[-/]\\s*([0-9]{{2}}|[0-9]{{4}})')"
        return f"CASE WHEN {is_label} THEN try_cast({text}[1:4] AS BIGINT) + 1 END"
    year = f"CASE WHEN regexp_full_match({text}, '[0-9]{{4}}') THEN try_cast({text} AS BIGINT) END"
    return f"({year}) + {_YEAR_OFFSET[prop.format or 'spring']}"

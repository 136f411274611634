"""Figures that somebody published: which measure, whose unit, which group of students, in columns or in headers.

Does not belong here: files about children (propose.py), other wide files (wide.py).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from orchestration.feeds import CODE_LISTS, FEEDS
from orchestration.onboarding.columns import Prop, column_prop, constant
from orchestration.onboarding.match import STATE_ID, match_columns, usable
from orchestration.onboarding.proposal import Layout, TableProposal, markers_in, school_year
from orchestration.onboarding.vocabulary import Vocabulary, fold

_FEED = "published_indicator"
_UNITS = ("unit_name", "unit_id", "parent_unit_id", "school_year")
_KINDS = (
    ("value", re.compile(r"(%|\b(percent|percentage|pct|rate|share)\b)")),
    ("denominator", re.compile(r"\b(total|enrolled|enrollment|tested|cohort|denominator|eligible)\b")),
    ("numerator", re.compile(r"\b(absent|absentees|graduat\w*|proficient|met|passed|dropouts?|numerator)\b")),
    # A count of what? Of all students where another column counts those it happened to, else of those themselves.
    ("count", re.compile(r"(#|\b(number|count|n|num|students)\b)")),
)
_STATE = r"(?i)^state\b|\bstate(wide)?( level| total| average)?$|^statewide"


@dataclass(frozen=True)
class _Spread:
    """A header that holds the words of a student group and of what is counted."""

    reference: str
    words: str
    code: str
    kind: str


def fill_published(table: TableProposal, have: set[str], words: Vocabulary) -> None:
    """Measure, definition, unit type and group where no column says them."""
    grid = table.layout.grid
    headers = [prop.column or "" for prop in table.props if prop.name in ("value", "numerator")]
    measure = words.measure(*headers, grid.file, *grid.titles, grid.sheet)
    first = constant("measure_id", measure or "enrollment_count", "measure of the catalogue: see published_measure in dbt_project/seeds")
    asks = f"is it {measure}?" if measure else "no word of the file names a measure; write the right one"
    first.check.append(f"measure_id: {asks}")
    second = constant("definition", "PUBLISHER", "the publisher's own definition: a row of dbt_project/seeds/publisher_definition.csv")
    second.check.append("definition: name the publisher's definition")
    table.props += [first, second]
    units = {prop.name: prop for prop in table.props if prop.name in ("unit_name", "unit_id", "parent_unit_id")}
    if "unit_id" not in units and "parent_unit_id" in units:
        units["parent_unit_id"].name = "unit_id"
        units["unit_id"] = units.pop("parent_unit_id")
    if "unit_name" not in units:
        table.props.append(Prop("unit_name", units["unit_id"].column))
    if "unit_type" not in have:
        table.props.append(_unit_type(table.layout, units))
    if "student_group" not in have:
        table.props.append(constant("student_group", "all"))


def _unit_type(layout: Layout, units: dict[str, Prop]) -> Prop:
    """A constant, or, where a row of the state stands among the others, its code and the rest."""
    said = " ".join(prop.column or "" for prop in units.values()).lower()
    kind = (
        "school" if "school" in said and "district" not in said else "district" if "district" in said or "lea" in said.split() else "state"
    )
    if re.search(r"\bschool\b", (units.get("unit_name") or units["unit_id"]).column or "", re.IGNORECASE):
        kind = "school"
    key = units.get("unit_id") or units["unit_name"]
    texts = _texts_of_state(layout, units, key)
    if not texts or kind == "state":
        prop = constant("unit_type", kind)
        prop.check.append(f"unit_type: is every row a {kind}?")
        return prop
    prop = Prop("unit_type", key.column, {"codes": dict.fromkeys(texts, "state"), "otherwise": kind})
    prop.check.append(f"unit_type: the state stands among rows of kind {kind}")
    return prop


def _texts_of_state(layout: Layout, units: dict[str, Prop], key: Prop) -> list[str]:
    """How the rows of the state are marked in the key column: a code of zeros, or whatever stands beside a state's name."""
    places = {layout.grid.reference(index): index for index in range(len(layout.grid.names))}
    at, name = places.get(key.column or ""), places.get((units.get("unit_name") or key).column or "")
    if at is None or name is None:
        return []
    found = layout.profile.con.execute(
        f"""SELECT DISTINCT c{at} FROM {layout.profile.relation}
        WHERE regexp_full_match(c{at}, '0+') OR regexp_matches(c{name}, ?) ORDER BY 1 LIMIT 4""",
        [_STATE],
    ).fetchall()
    texts = [text or "" for (text,) in found]
    return texts if 0 < len(texts) <= 3 else []


def by_group(layout: Layout, words: Vocabulary) -> list[TableProposal] | None:
    """Figures with a column, or a pair of columns, for each student group; None where the file has no such columns."""
    found = match_columns(_FEED, layout.grid, layout.profile, words)
    if not found.keys() & {"unit_name", "unit_id"} or _is_about_people(layout, words):
        return None
    spread = [entry for index in range(len(layout.grid.names)) if (entry := _spread(layout, index, words)) is not None]
    plain = [entry for entry in spread if not entry.kind]
    paired = _counts_named([entry for entry in spread if entry.kind])
    if len({entry.code for entry in paired}) >= 2 and len(paired) >= len(plain):
        return [_paired(layout, paired, found, words)]
    return [_plain(layout, plain, found, words)] if len(plain) >= 4 else None


def _counts_named(spread: list[_Spread]) -> list[_Spread]:
    kinds = {entry.kind for entry in spread}
    counted = "denominator" if "numerator" in kinds and "denominator" not in kinds else "numerator"
    return [replace(entry, kind=counted) if entry.kind == "count" else entry for entry in spread]


def _plain(layout: Layout, spread: list[_Spread], found: dict[str, int], words: Vocabulary) -> TableProposal:
    groups = {entry.reference: entry.code for entry in spread}
    table = TableProposal(_FEED, _FEED, layout, [], extras={"unpivot": {"columns": groups, "skip_missing": True}})
    _units(table, found, set(groups), words)
    value = Prop("numerator", extras={"from_unpivot": "value"})
    value.check.append("numerator: the cells are read as counts; map value instead where they are shares")
    if markers := markers_in(layout, groups, words):
        value.extras["markers"] = markers
    table.props += [Prop("student_group", extras={"from_unpivot": "name"}), value]
    return _filled(table, words)


def _paired(layout: Layout, spread: list[_Spread], found: dict[str, int], words: Vocabulary) -> TableProposal:
    slots: dict[str, dict[str, str]] = {}
    for entry in spread:
        slots.setdefault(entry.kind, {}).setdefault(entry.code, entry.reference)
    unpivot: dict[str, Any] = {"groups": slots}
    if len({frozenset(columns) for columns in slots.values()}) > 1:
        unpivot["gaps"] = True
    table = TableProposal(_FEED, _FEED, layout, [], extras={"unpivot": unpivot})
    _units(table, found, {entry.reference for entry in spread}, words)
    table.props.append(Prop("student_group", extras={"from_unpivot": "name"}))
    for kind, columns in slots.items():
        samples = [
            column_prop(layout.grid, layout.profile, _FEED, kind, index, words)
            for index in range(len(layout.grid.names))
            if layout.grid.reference(index) in columns.values()
        ]
        prop = Prop(kind, extras={"from_unpivot": kind})
        if kind == "numerator" and "denominator" not in slots:
            prop.check.append("numerator: a count of those it happened to? If it counts all students, it is the denominator")
        for key in ("number_format", "ranges", "markers"):
            values = [sample.extras[key] for sample in samples if key in sample.extras]
            if values:
                prop.extras[key] = True if key == "ranges" else list(dict.fromkeys(text for listed in values for text in listed))
        if kind == "value" and "percent" not in prop.extras.get("number_format", ()) and _over_one(layout, columns.values()):
            prop.extras["scale"] = 0.01
        table.props.append(prop)
    return _filled(table, words)


def _filled(table: TableProposal, words: Vocabulary) -> TableProposal:
    if not any(prop.name == "school_year" for prop in table.props):
        table.props.append(school_year(table))
    fill_published(table, {prop.name for prop in table.props}, words)
    order = list(FEEDS[_FEED].by_name)
    table.props.sort(key=lambda prop: order.index(prop.name))
    return table


def _units(table: TableProposal, found: dict[str, int], taken: set[str], words: Vocabulary) -> None:
    grid, profile = table.layout.grid, table.layout.profile
    table.props += [
        column_prop(grid, profile, _FEED, name, found[name], words)
        for name in _UNITS
        if name in found and grid.reference(found[name]) not in taken
    ]


def _spread(layout: Layout, index: int, words: Vocabulary) -> _Spread | None:
    """The header as a group and what is counted of it: 'All Students Percent', '% White', 'Grade 1'."""
    found = layout.profile.columns[index]
    if found.share("number", "thousands", "percent", "currency", "range") < 0.2:
        return None
    parts = fold(layout.grid.names[index]).split()
    for size in range(len(parts), 0, -1):
        for start in range(len(parts) - size + 1):
            code = words.standard_code("published_group", " ".join(parts[start : start + size]))
            if (
                code not in CODE_LISTS["published_group"]
                or code is None
                or (code.startswith("grade_") and parts[start].isdigit() and size == 1)
            ):
                continue
            rest = " ".join(parts[:start] + parts[start + size :])
            kind = next((kind for kind, pattern in _KINDS if pattern.search(rest)), "") if rest else ""
            if rest and not kind:
                continue
            return _Spread(layout.grid.reference(index), " ".join(parts[start : start + size]), code, kind)
    return None


def _over_one(layout: Layout, references: Iterable[str]) -> bool:
    wanted = set(references)
    return any(
        column.share("fraction") < 0.9 * column.share("number")
        for column in layout.profile.columns
        if layout.grid.reference(column.index) in wanted
    )


def _is_about_people(layout: Layout, words: Vocabulary) -> bool:
    ids = (words.shared[STATE_ID], words.shared["student_id"])
    return any(usable(header, words) and words.fit(header, known) > 0 for header in layout.grid.names for known in ids)

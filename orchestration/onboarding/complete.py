"""What a feed requires and no column of the file gives: from the file's name, the delivery's date, or a constant to check.

Does not belong here: columns that are there (columns.py).
"""

from collections.abc import Callable

from orchestration.feeds import FEEDS
from orchestration.onboarding.columns import Prop, constant
from orchestration.onboarding.proposal import Layout, TableProposal, school_year, slug, stem, year_in_name
from orchestration.onboarding.published import fill_published
from orchestration.onboarding.vocabulary import Vocabulary

_STANDS_IN: dict[str, Callable[[Layout], Prop]] = {
    "organization_type": lambda _: constant("organization_type", "school"),
    "session_status": lambda _: constant("session_status", "present", "no column says who came: a row means presence"),
    "assessment_id": lambda layout: constant("assessment_id", slug(stem(layout.grid)).upper().replace("-", "_"), "name the instrument"),
    "program_id": lambda layout: constant("program_id", slug(stem(layout.grid)), "the file is about one program: give its id"),
}


def complete(table: TableProposal, words: Vocabulary) -> None:
    """Add what the feed requires and no column gives: from the file's name, the delivery's date, or a constant to check."""
    feed, layout = FEEDS[table.feed], table.layout
    have = {prop.name for prop in table.props}
    if "school_year" in feed.by_name and "school_year" not in have and _wants_year(table, have):
        table.props.append(school_year(table))
    if table.feed in _FILL:
        _FILL[table.feed](table, have, words)
    have = {prop.name for prop in table.props}
    for column in feed.columns:
        if column.required and column.name not in have and column.name in _STANDS_IN:
            prop = _STANDS_IN[column.name](layout)
            prop.check.append(f"{prop.name}: no column says it; {prop.extras['constant']!r} stands for every row")
            table.props.append(prop)
    order = {name: place for place, name in enumerate(feed.by_name)}
    table.props.sort(key=lambda prop: order[prop.name])


def _joined(table: TableProposal, name: str, *columns: str) -> Prop:
    """An id made of other columns, for files without one."""
    given = {prop.name: prop.column or ("unpivot:name" if "from_unpivot" in prop.extras else None) for prop in table.props}
    parts = [part for column in columns if (part := given.get(column))]
    return Prop(name, extras={"template": "|".join(f"{{{part}}}" for part in parts)}, remarks=["the file has no id of its own rows"])


def _wants_year(table: TableProposal, have: set[str]) -> bool:
    """Where a feed could do without a year, dates say it; a roster without dates speaks of the year it is sent in."""
    if FEEDS[table.feed].by_name["school_year"].required or "sheet_pattern" in table.layout.grid.reader or year_in_name(table.layout):
        return True
    return table.feed in ("enrollment", "student_group") and not have & {"entry_date", "begin_date"}


def _community(table: TableProposal, have: set[str], _: Vocabulary) -> None:
    if "unit_type" not in have:
        prop = constant("unit_type", "community")
        prop.check.append("unit_type: state, community, zip ...?")
        table.props.append(prop)
    if "period" not in have:
        prop = constant("period", "2000", "year or span that the figures speak of")
        prop.check.append("period: write the year or span of the figures")
        table.props.append(prop)


def _session(table: TableProposal, have: set[str], words: Vocabulary) -> None:
    if "delivery_record_id" not in have:
        record = _joined(table, "delivery_record_id", "student_id", "session_date")
        if "unpivot" not in table.extras:
            record.check.append("delivery_record_id: one session per student and day; add a column to the template if there may be several")
        table.props.append(record)
    if "quantity" in have and "unit" not in have:
        header = next((prop.column or "" for prop in table.props if prop.name == "quantity"), "")
        unit = words.standard_code("dosage_unit", header.split()[0] if header else "") or "hours"
        prop = constant("unit", unit, "the unit of the quantity")
        prop.check.append(f"unit: is {header!r} in {unit}?")
        table.props.append(prop)


def _discipline(table: TableProposal, have: set[str], _: Vocabulary) -> None:
    if "action_id" not in have:
        table.props.append(_joined(table, "action_id", "student_id", "action_date", "action_type"))


def _program(table: TableProposal, have: set[str], _: Vocabulary) -> None:
    if "program_id" not in have:
        table.props += [Prop("program_id", prop.column) for prop in table.props if prop.name == "program_name"]


_FILL: dict[str, Callable[[TableProposal, set[str], Vocabulary], None]] = {
    "published_indicator": fill_published,
    "community_context": _community,
    "program_session_attendance": _session,
    "discipline_action": _discipline,
    "program": _program,
}

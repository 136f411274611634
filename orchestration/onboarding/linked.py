"""A column that holds the id of a row in another file of the delivery: what the feed wants from there is looked up.

Does not belong here: columns of one file (match.py).
"""

from collections.abc import Sequence

from orchestration.feeds import FEEDS
from orchestration.onboarding.columns import Prop, column_prop
from orchestration.onboarding.match import match_columns
from orchestration.onboarding.proposal import Layout, TableProposal, stem
from orchestration.onboarding.vocabulary import Vocabulary, fold

_OF_SERVICE = ("program_id", "service_name", "unit")


def link(table: TableProposal, layouts: Sequence[Layout], words: Vocabulary) -> None:
    """A session names its service; program, name and unit of the service stand in the file of services."""
    if table.feed != "program_session_attendance":
        return
    for prop in table.props:
        other = _table_of(prop.column, table.layout, layouts) if prop.name in ("program_id", "service_name") else None
        if other is not None and prop.column is not None and _link(table, prop.column, other, words):
            return


def _table_of(column: str | None, own: Layout, layouts: Sequence[Layout]) -> Layout | None:
    """The file named like the column, whose rows have ids."""
    named = [layout for layout in layouts if layout is not own and column and fold(stem(layout.grid)) == fold(column)]
    return next((layout for layout in named if "id" in map(str.lower, layout.grid.names)), None)


def _link(table: TableProposal, column: str, other: Layout, words: Vocabulary) -> bool:
    found = match_columns(table.feed, other.grid, other.profile, words)
    headers = [fold(header) for header in other.grid.names]
    if "name" in headers:
        found["service_name"] = headers.index("name")
    wanted = {name: found[name] for name in _OF_SERVICE if name in found}
    if "program_id" not in wanted:
        return False
    key = next(header for header in other.grid.names if header.lower() == "id")
    table.extras["lookups"] = {
        f"{name}_of_{fold(column)}": {"file": other.files[0], "key": key, "value": other.grid.reference(index)}
        for name, index in wanted.items()
    }
    kept = [prop for prop in table.props if prop.name not in wanted]
    for name, index in wanted.items():
        prop = column_prop(other.grid, other.profile, table.feed, name, index, words)
        kept.append(Prop(name, column, {"lookup": f"{name}_of_{fold(column)}", **prop.extras}, prop.unknown, prop.remarks, prop.check))
    order = list(FEEDS[table.feed].by_name)
    table.props = sorted(kept, key=lambda prop: order.index(prop.name))
    return True

"""A proposal as YAML for a person to edit: what is sure as text, what is not as comments.

Does not belong here: what is proposed (propose.py).
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from orchestration.onboarding.columns import Prop
from orchestration.onboarding.proposal import Layout, Proposal, TableProposal

# What a person has to replace; `contract lint` finds it.
AGREEMENT, ISSUER = "to-be-named", "state-education-agency"
PLACEHOLDERS = frozenset({AGREEMENT, ISSUER})
_HEAD = """\
# Proposed from the files by `datadrives contract new`. Nothing is guessed later: what stands here is what is read.
# Go through the lines marked CHECK, map the codes listed in comments, delete what no measure needs; then run
# `datadrives contract lint`. The language is in docs/contracts.md, a contract for every kind of file in docs/cookbook.md.
apiVersion: v3.1.0
kind: DataContract
id: {source}
name: {name}
version: 0.1.0
status: draft
slaProperties:
  # CHECK how often do they send? after that many days the source counts as late
  - {{property: frequency, value: 30, unit: d}}
customProperties:
  # CHECK who sends it; types: district, state, partner, early_childhood, publisher
  - property: party
    value: {party}
  # CHECK snapshot: each delivery holds everything; else per_period or delta
  - property: delivery
    value: {{replacement: snapshot, max_rejected_share: 0.05, duplicates: reject}}
  # CHECK the agreement that lets the hub hold this, and how a publisher wants to be named
  - property: terms
    value: {{agreement: {agreement}, attribution: null}}
"""
_PLAIN = re.compile(r"^[A-Za-z][A-Za-z0-9 _./()%*-]*$")
_NOT_PLAIN = {"y", "n", "yes", "no", "true", "false", "on", "off", "null", "none", "~"}
_WIDTH = 130
_LISTED = 60  # of an assessment file with 900 columns the first say enough


def scalar(value: Any) -> str:
    """One YAML value on one line; quoted wherever YAML might read it as something else."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = str(value)
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    plain = _PLAIN.match(text) and text == text.strip() and text.lower() not in _NOT_PLAIN and ": " not in text
    return text if plain else json.dumps(text, ensure_ascii=False)


def flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def comment(text: str, indent: int) -> list[str]:
    """Comment lines of the page's width."""
    lines: list[str] = []
    line = "#"
    for word in text.split():
        if len(line) + len(word) + 1 + indent > _WIDTH and line != "#":
            lines.append(" " * indent + line)
            line = "#"
        line += f" {word}"
    return [*lines, " " * indent + line]


def contract_text(source: str, name: str, party_type: str, proposal: Proposal) -> str:
    """The whole contract."""
    return "\n".join([*_head(source, name, party_type, proposal), *_schema(proposal), *_left_out(proposal)]) + "\n"


def _head(source: str, name: str, party_type: str, proposal: Proposal) -> Iterator[str]:
    party = flow({"id": source, "name": name, "type": party_type, "community": None})
    yield _HEAD.format(source=source, name=scalar(name), party=party, agreement=AGREEMENT).rstrip()
    if proposal.profile:
        yield "  # these files are that layout; a table below overrides the profile's of the same name"
        yield f"  - {{property: profile, value: {scalar(proposal.profile)}}}"
    if proposal.systems:
        if "state" in proposal.systems:
            yield "  # CHECK issuer: the name every source uses that carries the same state ids"
        yield "  - property: student_ids"
        yield f"    value: {flow({key: value or {} for key, value in proposal.systems.items()})}"
    if any(table.feed == "attendance" for table in proposal.tables):
        yield "  # CHECK does a day without a mark mean present?"
        yield "  - property: attendance"
        yield f"    value: {flow(_register(proposal))}"


def _register(proposal: Proposal) -> dict[str, Any]:
    """A file that marks presence is a positive register: silence in it means nothing."""
    marks = {
        code
        for table in proposal.tables
        for prop in table.props
        if prop.name == "attendance_status"
        for code in prop.extras.get("codes", {}).values()
    }
    return {"register": "positive", "silence": "unknown"} if "present" in marks else {"register": "negative", "silence": "present"}


def _schema(proposal: Proposal) -> Iterator[str]:
    if not proposal.tables:
        if not proposal.profile:
            yield "schema: []"
        return
    yield "schema:"
    names: set[str] = set()
    said: set[str] = set()
    for table in proposal.tables:
        table.name = _free(table.name, names)
        yield from _table(table, len(proposal.systems) > 1, said)
        yield ""


def _free(name: str, taken: set[str]) -> str:
    number = 1
    found = name
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    taken.add(found)
    return found


def _table(table: TableProposal, several_systems: bool, said: set[str]) -> Iterator[str]:
    for remark in table.remarks:
        yield from comment(remark, 2)
    yield f"  - name: {table.name}"
    files = list(table.layout.files)
    if len(files) == 1:
        yield f"    physicalName: {scalar(files[0])}"
    yield "    customProperties:"
    yield f"      - {{property: feed, value: {table.feed}}}"
    if len(files) > 1:
        yield "      - property: files"
        yield f"        value: {flow(files)}"
    extras = {**({"reader": table.layout.grid.reader} if table.layout.grid.reader else {}), **table.extras}
    for key, value in extras.items():
        yield from _extra(key, value, 6)
    yield "    properties:"
    for prop in table.props:
        if prop.name.endswith("student_id_system") and not several_systems and not prop.name.startswith("linked"):
            continue
        yield from _property(prop, said)


def _property(prop: Prop, said: set[str]) -> Iterator[str]:
    for remark in prop.remarks:
        yield from comment(remark, 6)
    for check in prop.check:
        if check not in said:
            said.add(check)
            yield from comment(f"CHECK {check}", 6)
    column = f", physicalName: {scalar(prop.column)}" if prop.column is not None else ""
    short = f"      - {{name: {prop.name}{column}}}"
    if not prop.extras:
        yield short
    else:
        inline = ", ".join(f"{{property: {key}, value: {flow(value)}}}" for key, value in prop.extras.items())
        line = f"      - {{name: {prop.name}{column}, customProperties: [{inline}]}}"
        if len(line) <= _WIDTH and not prop.unknown:
            yield line
        else:
            yield f"      - name: {prop.name}"
            if prop.column is not None:
                yield f"        physicalName: {scalar(prop.column)}"
            yield "        customProperties:"
            for key, value in prop.extras.items():
                yield from _extra(key, value, 10)
    for text, rows in prop.unknown:
        yield f"            # {scalar(text)}: ?   {rows:,} rows"


def _extra(key: str, value: Any, indent: int) -> Iterator[str]:
    line = f"{' ' * indent}- {{property: {key}, value: {flow(value)}}}"
    if len(line) <= _WIDTH or not isinstance(value, dict):
        yield line
        return
    yield f"{' ' * indent}- property: {key}"
    yield f"{' ' * (indent + 2)}value:"
    yield from _lines(value, indent + 4)


def _lines(value: dict[str, Any], indent: int) -> Iterator[str]:
    for key, item in value.items():
        if isinstance(item, dict) and len(flow(item)) + indent > _WIDTH - 20:
            yield f"{' ' * indent}{scalar(key)}:"
            yield from _lines(item, indent + 2)
        else:
            yield f"{' ' * indent}{scalar(key)}: {flow(item)}"


def _left_out(proposal: Proposal) -> Iterator[str]:
    listed: list[tuple[Layout, list[tuple[str, str]]]] = [(layout, columns) for layout, columns in proposal.not_taken if columns]
    if listed:
        yield "# Columns that are not taken, and why. To take one, add a property to the table of its file."
    for layout, columns in listed:
        yield f"# {layout.grid.subject}:"
        for why, names in _by_reason(columns):
            more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
            yield from (line.replace("# ", "#   ", 1) for line in comment(f"{why}: {', '.join(names[:_LISTED])}{more}", 0))
    if proposal.unread:
        yield "# Files that no table reads:"
    for name, why in proposal.unread:
        yield f"#   {name}: {why}"


def _by_reason(columns: Iterable[tuple[str, str]]) -> Iterator[tuple[str, list[str]]]:
    reasons: dict[str, list[str]] = {}
    for name, why in columns:
        reasons.setdefault(why, []).append(name)
    yield from reasons.items()

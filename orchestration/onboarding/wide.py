"""Columns that are really rows: a date, a subject, a group of students or a statistic in each header.

Does not belong here: files with one fact per row (propose.py).
"""

import re
from collections.abc import Iterable

from orchestration.onboarding.columns import Prop, column_prop, constant
from orchestration.onboarding.complete import complete
from orchestration.onboarding.grid import Grid
from orchestration.onboarding.match import STATE_ID, FeedMatch, match_columns, match_feed, usable
from orchestration.onboarding.profile import DATE_FORMATS
from orchestration.onboarding.proposal import Layout, TableProposal, markers_in
from orchestration.onboarding.published import by_group
from orchestration.onboarding.vocabulary import Vocabulary, fold
from orchestration.sql import literal

_DATE = r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$"
_SCORE = re.compile(r"\b(score|rit|composite|scale|score scaled)\b")
_NO_SCORE = re.compile(
    r"\b(date|level|rank|percentile|growth|error|se|std|year|status|code|range|placement|lexile|projected|norm|flag|of)\b"
)
_MANY = 4


def matched(grid: Grid, pattern: str | None) -> list[str]:
    """Headers an unpivot pattern takes."""
    return [name for name in grid.names if re.search(pattern, name)] if pattern else []


def propose(layout: Layout, words: Vocabulary, main: FeedMatch | None) -> list[TableProposal] | None:
    """The table of a wide file; None where the file is not wide."""
    dates = matched(layout.grid, _DATE)
    if len(dates) >= _MANY:
        return _by_date(layout, words, dates)
    if main is None or main.feed == "program_enrollment" or (main.feed == "assessment_result" and "subject" not in main.columns):
        scores = _by_score(layout, words)
        if scores is not None:
            return scores
    if main is None or main.feed in ("published_indicator", "community_context", "school"):
        return by_group(layout, words) or _by_statistic(layout, words)
    return None


def _ids(table: TableProposal, columns: dict[str, int]) -> bool:
    """Add the student id; False where the file has none."""
    system, name = ("local", "student_id") if "student_id" in columns else ("state", STATE_ID)
    if name not in columns:
        return False
    table.props += [Prop("student_id", table.layout.grid.reference(columns[name])), constant("student_id_system", system)]
    return True


def _by_date(layout: Layout, words: Vocabulary, dates: list[str]) -> list[TableProposal] | None:
    """A column per day: marks of attendance."""
    form = _date_format(layout, dates)
    found = match_feed("enrollment", layout.grid, layout.profile, words) or match_feed("student", layout.grid, layout.profile, words)
    columns = found.columns if found else _any_id(layout, words)
    if form is None or not columns:
        return None
    marks: dict[str, int] = {}
    for name in dates:
        for text, rows in layout.profile.columns[layout.grid.names.index(name)].values:
            marks[text] = marks.get(text, 0) + rows
    school = "school_id" in columns
    feed, status, day = (
        ("attendance", "attendance_status", "attendance_date")
        if school
        else ("program_session_attendance", "session_status", "session_date")
    )
    table = TableProposal(feed, feed, layout, [], extras={"unpivot": {"pattern": _DATE, "skip_missing": True}})
    if not _ids(table, columns):
        return None
    if school:
        table.props.append(Prop("school_id", layout.grid.reference(columns["school_id"])))
    table.props.append(Prop(day, extras={"from_unpivot": "name", "formats": [form]}))
    mark = Prop(status, extras={"from_unpivot": "value", "codes": {}})
    for text, rows in marks.items():
        code = words.standard_code(status, text)
        if code:
            mark.extras["codes"][text] = code
        elif len(text) <= 4:
            mark.unknown.append((text, rows))
    mark.check.append(f"{status}: marks are guessed: ask the sender what they mean")
    table.props.append(mark)
    complete(table, words)
    return [table]


def _any_id(layout: Layout, words: Vocabulary) -> dict[str, int]:
    for name in ("student_id", STATE_ID):
        for index, header in enumerate(layout.grid.names):
            if usable(header, words) and words.fit(header, words.shared[name]) > 0:
                return {name: index}
    return {}


def _date_format(layout: Layout, dates: list[str]) -> str | None:
    listed = ", ".join(map(literal, dates))
    for form in DATE_FORMATS:
        read = layout.profile.con.execute(
            f"SELECT count(try_strptime(d, {literal(form)})) FROM (SELECT unnest([{listed}]) AS d)"
        ).fetchone()
        if read == (len(dates),):
            return form
    return None


def _by_score(layout: Layout, words: Vocabulary) -> list[TableProposal] | None:
    """Several score columns in a row of one student: a result per column, the header as its subject."""
    scores = {
        layout.grid.reference(index): header
        for index, header in enumerate(layout.grid.names)
        if usable(header, words)
        and _SCORE.search(fold(header))
        and not _NO_SCORE.search(fold(header))
        and layout.profile.columns[index].share("number") > 0.5
    }
    if len(scores) < 2:
        return None
    table = TableProposal(
        "assessment_result", "assessment_result", layout, [], extras={"unpivot": {"columns": scores, "skip_missing": True}}
    )
    found = match_columns("assessment_result", layout.grid, layout.profile, words)
    if not _ids(table, found):
        return None
    for name in ("administration_date", "school_year", "grade_level", "assessment_id"):
        if name in found:
            table.props.append(column_prop(layout.grid, layout.profile, "assessment_result", name, found[name], words))
    subject = Prop("subject", extras={"from_unpivot": "name"}, remarks=["the score's header; give each a plain name under unpivot"])
    subject.check.append("subject: every score column is a result of its own; keep those a measure needs")
    table.props += [subject, Prop("score", extras={"from_unpivot": "value"})]
    complete(table, words)
    return [table]


def _by_statistic(layout: Layout, words: Vocabulary) -> list[TableProposal] | None:
    """Statistics of places with a column per statistic."""
    found = match_feed("community_context", layout.grid, layout.profile, words)
    if found is None or "statistic_id" in found.columns:
        return None
    places = {index for name, index in found.columns.items() if name in ("unit_id", "unit_name", "period")}
    statistics = {
        layout.grid.reference(index): fold(header).replace(" ", "_") or f"column_{index + 1}"
        for index, header in enumerate(layout.grid.names)
        if index not in places and layout.profile.columns[index].share("number", "percent", "thousands") > 0.5
    }
    if len(statistics) < 2:
        return None
    table = TableProposal(
        "community_context", "community_context", layout, [], extras={"unpivot": {"columns": statistics, "skip_missing": True}}
    )
    for name in ("unit_id", "unit_name", "period"):
        if name in found.columns:
            table.props.append(column_prop(layout.grid, layout.profile, "community_context", name, found.columns[name], words))
    table.props += [Prop("statistic_id", extras={"from_unpivot": "name"}), Prop("value", extras={"from_unpivot": "value"})]
    if markers := markers_in(layout, statistics, words):
        table.props[-1].extras["markers"] = markers
    if words_below := _words_below_header(layout, statistics):
        table.extras["where"] = words_below
    table.props[-1].check.append("value: keep the statistics a measure or a page needs, and give them the publisher's names")
    complete(table, words)
    return [table]


def _words_below_header(layout: Layout, statistics: Iterable[str]) -> dict[str, object] | None:
    """A condition that leaves out a first row which says in words what the header says in codes."""
    first = layout.profile.con.execute(f"SELECT * FROM {layout.profile.relation} LIMIT 1").fetchone() or ()
    cells = [first[index] for index in range(len(first)) if layout.grid.reference(index) in set(statistics)]
    if not first or not first[0] or not cells or any(cell is None or re.search(r"^[\d.,%$-]+$", cell) for cell in cells):
        return None
    return {"column": layout.grid.reference(0), "not_in": [first[0]]}

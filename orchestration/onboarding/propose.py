"""Files of one layout to tables of a contract.

Belongs here: which feeds a layout fills. Does not belong here: single columns (columns.py), what stands in for missing ones
(complete.py), columns that become rows (wide.py), text (write.py).
"""

from orchestration.feeds import FEEDS
from orchestration.onboarding import wide
from orchestration.onboarding.columns import Prop, column_prop, constant, percent
from orchestration.onboarding.complete import complete
from orchestration.onboarding.match import FULL_NAME, ROSTER, STATE_ID, FeedMatch, match_feed, shape_fits, usable
from orchestration.onboarding.proposal import Layout, TableProposal
from orchestration.onboarding.vocabulary import Flag, Vocabulary


def propose_tables(layout: Layout, words: Vocabulary, *, names_elsewhere: bool) -> list[TableProposal]:
    """The tables the layout could fill; `names_elsewhere`: another file of the delivery says who the students are."""
    found = {name: match_feed(name, layout.grid, layout.profile, words) for name in words.feeds}
    events = [match for name, match in found.items() if match is not None and name not in ROSTER]
    main = max(events, key=lambda match: (_is_list_of_schools(match, layout), match.score), default=None)
    spread = wide.propose(layout, words, main)
    if spread is not None:
        tables, yearly = spread, False
    else:
        tables = [_table(layout, main, words)] if main is not None else []
        yearly = main is None or words.feeds[main.feed].yearly
    student, enrollment = found["student"], found["enrollment"]
    is_person_file = any("student_id" in {prop.name for prop in table.props} for table in tables)
    if student is not None and _says_who(student, layout) and (not tables or yearly or (is_person_file and not names_elsewhere)):
        tables.append(_table(layout, student, words))
    if enrollment is not None and (not tables or yearly) and _is_enrollment(enrollment, tables):
        tables.append(_table(layout, enrollment, words))
    group = found["student_group"]
    if group is not None and not tables:
        tables.append(_table(layout, group, words))
    elif yearly and (not tables or any(table.feed in ("student", "enrollment") or words.feeds[table.feed].yearly for table in tables)):
        tables += _flags(layout, words, found)
    return [table for table in tables if _is_whole(table) and _names_each_school_once(table)]


def _is_list_of_schools(match: FeedMatch, layout: Layout) -> bool:
    """Any other feed goes before a list of schools that repeats them."""
    place = match.columns.get("school_id")
    column = layout.profile.columns[place] if place is not None else None
    return match.feed != "school" or column is None or column.distinct >= 0.9 * column.filled


def _says_who(match: FeedMatch, layout: Layout) -> bool:
    if "student_id" not in match.columns and STATE_ID not in match.columns:
        return False
    single = match.columns.get(FULL_NAME)
    others = match.columns.keys() & {"last_name", "first_name", "birth_date", "sex", "race_ethnicity"}
    return bool(others) or (single is not None and (match.named or layout.profile.columns[single].share("last_first") > 0.5))


def _is_enrollment(match: FeedMatch, tables: list[TableProposal]) -> bool:
    """Somebody is in a grade, or at a school since a day; a school id alone says too little where the file does not say who they are."""
    columns = match.columns.keys()
    if not columns & {"student_id", STATE_ID}:
        return False
    return bool(columns & {"grade_level", "entry_date"}) or ("school_id" in columns and [table.feed for table in tables] == ["student"])


def _table(layout: Layout, match: FeedMatch, words: Vocabulary) -> TableProposal:
    """One table of a feed: matched columns, then what stands in for those the feed needs and the file lacks."""
    columns = dict(match.columns)
    state, single = columns.pop(STATE_ID, None), columns.pop(FULL_NAME, None)
    table = TableProposal(match.feed, match.feed, layout, [])
    _student_ids(table, columns, state)
    for name, index in columns.items():
        prop = column_prop(layout.grid, layout.profile, match.feed, name, index, words)
        if name == "value" and match.feed == "published_indicator":
            percent(prop, layout.grid.names[index], layout.profile.columns[index])
        table.props.append(prop)
    if match.feed == "student":
        if single is not None and not columns.keys() & {"last_name", "first_name"}:
            table.props += _two_names(layout, single)
        _named_after_a_code(table, words)
    complete(table, words)
    return table


def _student_ids(table: TableProposal, columns: dict[str, int], state: int | None) -> None:
    """Local ids before the state's; a roster with both links them, any other file needs one."""
    if "student_id" not in FEEDS[table.feed].by_name:
        return
    reference = table.layout.grid.reference
    local = columns.pop("student_id", None)
    if local is not None:
        table.props += [Prop("student_id", reference(local)), constant("student_id_system", "local")]
        if state is not None and table.feed == "student":
            table.props += [Prop("linked_student_id", reference(state)), constant("linked_student_id_system", "state")]
    elif state is not None:
        table.props += [Prop("student_id", reference(state)), constant("student_id_system", "state")]


def _two_names(layout: Layout, index: int) -> list[Prop]:
    column = layout.grid.reference(index)
    if layout.profile.columns[index].share("last_first") >= 0.5:
        last, first, remark = r"^([^,]+),", r",\s*(.+)$", "one column, two names: what stands before the comma, and what after it"
    else:
        last, first, remark = r"(\S+)$", r"^(\S+)\s", "one column, two names: the last word and the first; ask for two columns"
    made = [Prop("last_name", column, {"extract": last}, remarks=[remark]), Prop("first_name", column, {"extract": first})]
    made[0].check.append("last_name, first_name: taken out of one column")
    return made


def _named_after_a_code(table: TableProposal, words: Vocabulary) -> None:
    """A column called Male with 1 and 0 is the sex."""
    have = {prop.name for prop in table.props}
    for name, headers in words.named_after_a_code.items():
        for index, header in enumerate(table.layout.grid.names):
            answers = next((answers for word, answers in headers.items() if words.fit(header, (word,)) > 0), None)
            found = table.layout.profile.columns[index]
            if answers is None or name in have or found.share("yes_no") < 0.9 or not found.values:
                continue
            codes = {text: answers["yes" if text.lower() in words.yes else "no"] for text, _ in found.values}
            table.props.append(Prop(name, table.layout.grid.reference(index), {"codes": codes}))
            have.add(name)


def _flags(layout: Layout, words: Vocabulary, found: dict[str, FeedMatch | None]) -> list[TableProposal]:
    """A table per column that says yes or no about a program-status group."""
    match = found["enrollment"] or found["student"] or found["attendance_total"]
    if match is None or not match.columns.keys() & {"student_id", STATE_ID}:
        return []
    tables = []
    for flag in words.flags:
        index = next(
            (n for n, header in enumerate(layout.grid.names) if usable(header, words) and words.fit(header, flag.headers) > 0), None
        )
        if index is not None and (table := _flag(layout, flag, index, match, words)) is not None:
            tables.append(table)
    return tables


def _flag(layout: Layout, flag: Flag, index: int, match: FeedMatch, words: Vocabulary) -> TableProposal | None:
    answers = {text: words.flag_answer(flag, text) for text, _ in layout.profile.columns[index].values}
    if not answers or sum(answer is not None for answer in answers.values()) < 0.5 * len(answers):
        return None
    columns = dict(match.columns)
    table = TableProposal(f"group_{flag.group}", "student_group", layout, [])
    _student_ids(table, columns, columns.get(STATE_ID))
    if "school_year" in columns:
        table.props.append(column_prop(layout.grid, layout.profile, "student_group", "school_year", columns["school_year"], words))
    reference = layout.grid.reference(index)
    yes = [text for text, answer in answers.items() if answer == "yes"]
    no = [text for text, answer in answers.items() if answer == "no"]
    if not yes:
        return None
    codes = dict.fromkeys(yes, flag.group)
    if flag.without is not None:
        codes |= dict.fromkeys(no, flag.without)
    else:
        table.extras["where"] = {"column": reference, "in": yes}
    prop = Prop("student_group", reference, {"codes": codes})
    unknown = [text for text, answer in answers.items() if answer is None]
    prop.unknown = [(text, rows) for text, rows in layout.profile.columns[index].values if text in unknown and flag.without is not None]
    if prop.unknown:
        prop.check.append(f"student_group: {len(prop.unknown)} texts of {reference!r} are neither yes nor no")
    table.props.append(prop)
    complete(table, words)
    return table


def _is_whole(table: TableProposal) -> bool:
    """Every required column of the feed has an origin."""
    have = {prop.name for prop in table.props}
    return all(column.name in have for column in FEEDS[table.feed].columns if column.required)


def _names_each_school_once(table: TableProposal) -> bool:
    """A list of schools has a row per school; figures about schools repeat them."""
    reference = next((prop.column for prop in table.props if prop.name == "school_id"), None)
    grid, profile = table.layout.grid, table.layout.profile
    places = [column for column in profile.columns if grid.reference(column.index) == reference]
    return table.feed != "school" or not places or places[0].distinct >= 0.9 * places[0].filled


def not_taken(layout: Layout, tables: list[TableProposal], words: Vocabulary) -> list[tuple[str, str]]:
    """Columns no proposed table reads, with why."""
    read = {name for table in tables for name in columns_read(table)}
    listed: list[tuple[str, str]] = []
    for index, header in enumerate(layout.grid.names):
        reference, found = layout.grid.reference(index), layout.profile.columns[index]
        if reference in read:
            continue
        why = words.not_needed(header)
        if words.never(header):
            why = "never taken: the contract language refuses such columns"
        elif not found.filled:
            why = "empty"
        elif why is None:
            why = _near_miss(layout, index, tables, words)
        listed.append((reference if header else f"{reference} (no header)", why))
    return listed


def _near_miss(layout: Layout, index: int, tables: list[TableProposal], words: Vocabulary) -> str:
    header, found = layout.grid.names[index], layout.profile.columns[index]
    if any(words.fit(header, flag.headers) > 0 for flag in words.flags):
        return "a program-status flag that says yes for nobody, or in texts nobody knows"
    for feed in dict.fromkeys(table.feed for table in tables):
        for name, column in FEEDS[feed].by_name.items():
            synonyms = (*words.feeds[feed].columns.get(name, ()), *words.shared.get(name, ()))
            if words.fit(header, synonyms) > 0:
                if not shape_fits(column, found, words):
                    return f"looks like {feed}.{name}, but its values do not"
                return f"{feed}.{name} is taken from another column"
    return "no feed of this file has such a column" if tables else "no feed recognised"


def columns_read(table: TableProposal) -> set[str]:
    """References of the columns a table reads."""
    read = {prop.column for prop in table.props if prop.column}
    for prop in table.props:
        template = prop.extras.get("template", "")
        read |= {part.split("}")[0] for part in template.split("{")[1:]}
    unpivot = table.extras.get("unpivot", {})
    in_slots = {column for columns in unpivot.get("groups", {}).values() if isinstance(columns, dict) for column in columns.values()}
    return read | in_slots | set(unpivot.get("columns", ())) | set(wide.matched(table.layout.grid, unpivot.get("pattern")))

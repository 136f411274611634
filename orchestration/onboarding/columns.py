"""One column of a feed and where it comes from, as a contract says it: formats, codes, markers, and what a person has to check.

Does not belong here: which column it is (match.py), which tables a file becomes (propose.py), YAML (write.py).
"""

import re
from dataclasses import dataclass, field
from typing import Any

from orchestration.feeds import CODE_LISTS, FEEDS, Column, ColumnType
from orchestration.onboarding.grid import Grid
from orchestration.onboarding.match import known_share
from orchestration.onboarding.profile import ColumnProfile, GridProfile
from orchestration.onboarding.vocabulary import Vocabulary

_SHORT_CODE = re.compile(r"^[A-Za-z0-9/+._-]{1,4}$")


@dataclass
class Prop:
    """One property of a proposed table; `unknown`: codes a person has to map, with their rows; `check`: what to look at, for people."""

    name: str
    column: str | None = None
    extras: dict[str, Any] = field(default_factory=dict)
    unknown: list[tuple[str, int]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    check: list[str] = field(default_factory=list)


def constant(name: str, value: Any, remark: str = "") -> Prop:
    return Prop(name, extras={"constant": value}, remarks=[remark] if remark else [])


def column_prop(grid: Grid, profile: GridProfile, feed: str, name: str, index: int, words: Vocabulary) -> Prop:
    """The property that reads column `index` as feed column `name`."""
    column, found = FEEDS[feed].by_name[name], profile.columns[index]
    prop = Prop(name, grid.reference(index))
    if prop.column and prop.column.startswith("#"):
        prop.remarks.append(f"column {index + 1}: its header {'is empty' if not grid.names[index] else 'stands more than once'}")
    if column.codes is not None:
        _codes(prop, column, found, words, blank=profile.rows - found.filled, of_people="student_id" in FEEDS[feed].by_name)
    elif column.type is ColumnType.DATE:
        _dates(prop, found)
    elif column.type is ColumnType.INTEGER:
        _school_year(prop, found)
    elif column.type is ColumnType.BOOLEAN:
        _yes_no(prop, found, words)
    elif column.type is ColumnType.DECIMAL:
        _number(prop, column, grid, profile, index, words)
    return prop


def _codes(prop: Prop, column: Column, found: ColumnProfile, words: Vocabulary, *, blank: int, of_people: bool) -> None:
    code_list = column.codes or ""
    standard = CODE_LISTS[code_list]
    codes: dict[str, str] = {}
    unknown: list[tuple[str, int]] = []
    for text, rows in found.values:
        code = text if text in standard else words.standard_code(code_list, text)
        if code is None:
            unknown.append((text, rows))
        else:
            codes[text] = code
    if unknown or any(text != code for text, code in codes.items()):
        if code_list == "grade_level":
            codes = _grades(codes)
        prop.extras["codes"] = dict(sorted(codes.items(), key=lambda item: standard.index(item[1])))
    if blank and column.required and "unknown" in standard:
        prop.extras["codes"] = {**prop.extras.get("codes", codes), "": "unknown"}
        prop.check.append(
            f"{prop.name}: empty in {blank:,} rows, read as unknown; say what empty means (if_missing where another column tells)"
        )
    # Texts nobody knows are shown only where the column is plainly a list of codes; anything else may be about a person.
    plain = not of_people or known_share(code_list, found, words) >= 0.5 or all(_SHORT_CODE.match(text) for text, _ in unknown)
    prop.unknown = unknown if plain else []
    if unknown and not plain:
        prop.remarks.append(f"{len(unknown)} other texts stand in this column; map those that are codes")
    letters = [text for text in codes if len(text) == 1 and text.isalpha()]
    if letters and code_list in ("attendance_status", "race_ethnicity", "college_status"):
        prop.check.append(f"{prop.name}: one-letter codes are guessed; ask the sender what they mean")
    if unknown:
        rows = sum(count for _, count in unknown)
        prop.check.append(f"{prop.name}: {len(unknown)} codes are not mapped ({rows:,} rows would be rejected)")


def _grades(codes: dict[str, str]) -> dict[str, str]:
    """Grades written as numbers come in all twelve, though this delivery may hold few."""
    padded = any(text.startswith("0") and text != "0" for text in codes)
    plain = any(text.isdigit() and not text.startswith("0") and int(text) < 10 for text in codes)
    numbers = {f"{grade:02}" if padded and not plain else str(grade): f"{grade:02}" for grade in range(1, 13)}
    return {**numbers, **codes} if any(text in numbers for text in codes) else codes


def _dates(prop: Prop, found: ColumnProfile) -> None:
    if not found.formats:
        prop.extras["epoch"] = "1960-01-01" if found.share("stata_day") >= found.share("excel_day") else "1899-12-30"
        prop.check.append(f"{prop.name}: whole numbers, read as days since {prop.extras['epoch']}")
        return
    if found.formats != ("%Y-%m-%d",):
        prop.extras["formats"] = list(found.formats)
    if any(form.startswith("%m/%d") for form in found.formats) and "%d/%m/%Y" in found.formats:
        prop.check.append(f"{prop.name}: both month first and day first occur")


def _school_year(prop: Prop, found: ColumnProfile) -> None:
    if found.share("year_label") >= found.share("year"):
        prop.extras["format"] = "label"
    else:
        prop.extras["format"] = "spring"
        prop.check.append("school year: 2024 is read as 2023-24 (spring); write fall if it means 2024-25")


def _yes_no(prop: Prop, found: ColumnProfile, words: Vocabulary) -> None:
    plain = {"true", "1", "yes", "y", "t", "false", "0", "no", "n", "f"}
    if all(text.lower() in plain for text, _ in found.values):
        return
    yes = [text for text, _ in found.values if text.lower() in words.yes]
    no = [text for text, _ in found.values if text.lower() in words.no]
    prop.extras |= {"true_values": yes or ["yes"], "false_values": no or ["no"]}
    prop.check.append(f"{prop.name}: say which texts mean yes and which no")


def _number(prop: Prop, column: Column, grid: Grid, profile: GridProfile, index: int, words: Vocabulary) -> None:
    found = profile.columns[index]
    formats = [kind for kind in ("thousands", "currency") if found.shapes.get(kind)]
    formats += ["percent"] if found.shapes.get("with_percent") else []
    if formats:
        prop.extras["number_format"] = formats
    if found.shapes.get("range") and f"{column.name}_low" in _feed_columns(column):
        prop.extras["ranges"] = True
    texts = profile.con.execute(
        f"""SELECT c{index}, count(*) FROM {profile.relation} WHERE c{index} IS NOT NULL AND try_cast(c{index} AS DOUBLE) IS NULL
        AND NOT regexp_matches(c{index}, '[0-9]') GROUP BY 1 ORDER BY 2 DESC LIMIT 13"""
    ).fetchall()
    markers = [text for text, _ in texts if text.lower() in words.markers]
    if markers:
        prop.extras["markers"] = markers
    others = [text for text, rows in texts if text.lower() not in words.markers and rows > 1 and len(text) <= 40]
    if len(others) > 0 and len(texts) <= 12:
        prop.remarks.append("texts that are no numbers; add those that say why there is none to markers: " + ", ".join(map(repr, others)))
    if len(texts) > len(markers):
        prop.check.append(f"{prop.name}: texts in {grid.reference(index)!r} that are no numbers would be rejected")


def _feed_columns(column: Column) -> set[str]:
    return {name for feed in FEEDS.values() if column in feed.columns for name in feed.by_name}


def percent(prop: Prop, header: str, found: ColumnProfile) -> None:
    """Shares are kept as fractions: percent is scaled."""
    if "percent" in prop.extras.get("number_format", ()) or found.share("fraction") >= 0.98 * found.share("number"):
        return
    prop.extras["scale"] = 0.01
    if "%" not in header and "percent" not in header.lower():
        prop.check.append(f"{prop.name}: read as percent (divided by 100)")

"""Damage to records of JSON pages and XML files.

Belongs here: what an interface or an export program gets wrong. Does not belong here: tables (tabular.py).
"""

import json
import random
import re
from collections.abc import Callable
from typing import Any

from tests.fuzz.mutations import Files, Mutation, change
from tests.fuzz.tabular import CELLS

VALUES: tuple[Any, ...] = (None, True, 0, -1, 1e308, 10**30, 1.5, [], {}, [[]], [None], {"a": {"b": {}}}, ["x", 1], *CELLS)
ERRORS: tuple[Any, ...] = (
    {"error": "x", "status": 500},
    {"message": "throttled"},
    [],
    {},
    None,
    "text",
    7,
    [[]],
    [[{}]],
    [1],
    {"value": []},
)
XML_JUNK = (
    "<x/>",
    "</x>",
    "<!-- c -->",
    "<![CDATA[<a>]]>",
    "&amp;",
    "&#0;",
    "&#x1F600;",
    "&nbsp;",
    "<?php x?>",
    '<a b="c"/>',
    "\x0b",
    "<!DOCTYPE a>",
)


def json_page(edit: Callable[[Any, random.Random], Any]) -> Mutation:
    """The edit on the records of a page; a file that is no JSON stays as it is."""

    def run(files: Files, name: str, a: int, b: int) -> Files:
        try:
            page = json.loads(files[name])
            text = json.dumps(edit(page, random.Random(f"{a}/{b}")), ensure_ascii=bool(b % 2), indent=(None, 1)[b % 3 == 0])
        except (ValueError, RecursionError):
            return files
        return change(files, name, text.encode("utf-8", "replace"))

    return run


def _objects(value: Any) -> list[dict[str, Any]]:
    """Every object inside a value."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return [*([value] if isinstance(value, dict) and value else []), *(found for part in inner for found in _objects(part))]


def _on_object(edit: Callable[[dict[str, Any], str, random.Random], None]) -> Callable[[Any, random.Random], Any]:
    def run(page: Any, chance: random.Random) -> Any:
        if found := _objects(page):
            held = chance.choice(found)
            edit(held, chance.choice(list(held)), chance)
        return page

    return run


def _drop_key(held: dict[str, Any], key: str, _chance: random.Random) -> None:
    del held[key]


def _other_value(held: dict[str, Any], key: str, chance: random.Random) -> None:
    held[key] = chance.choice(VALUES)


def _other_case(held: dict[str, Any], key: str, chance: random.Random) -> None:
    held[chance.choice([key.upper(), key.lower(), f" {key}", key + "\u0301"])] = held.pop(key)


def _both_cases(held: dict[str, Any], key: str, chance: random.Random) -> None:
    held[key.upper()] = chance.choice(VALUES)


def _wrapped(held: dict[str, Any], key: str, chance: random.Random) -> None:
    held[key] = [held[key]] * chance.randrange(3) if chance.random() < 0.5 else {key: held[key]}


def _repeat_record(page: Any, chance: random.Random) -> Any:
    return [*page, chance.choice(page)] if isinstance(page, list) and page else [page, page]


def _drop_record(page: Any, chance: random.Random) -> Any:
    if isinstance(page, list) and page:
        del page[chance.randrange(len(page))]
    return page


def _shuffle_records(page: Any, chance: random.Random) -> Any:
    return chance.sample(page, len(page)) if isinstance(page, list) else page


def _error(page: Any, chance: random.Random) -> Any:
    return chance.choice([*ERRORS, {"value": page}, [page]])


def _strange_record(page: Any, chance: random.Random) -> Any:
    return [*page, chance.choice(VALUES)] if isinstance(page, list) else page


def as_lines(files: Files, name: str, a: int, b: int) -> Files:
    """The records of a page one per line, some of them damaged."""
    try:
        page = json.loads(files[name])
    except (ValueError, RecursionError):
        return files
    if not isinstance(page, list):
        return files
    lines = [json.dumps(record) for record in page]
    if lines and b % 2:
        lines[a % len(lines)] = lines[a % len(lines)][: b % 50]
    return change(files, name, "\n".join(lines).encode())


JSON: tuple[Mutation, ...] = (
    *(json_page(_on_object(edit)) for edit in (_drop_key, _other_value, _other_value, _other_case, _both_cases, _wrapped)),
    *(json_page(edit) for edit in (_repeat_record, _drop_record, _shuffle_records, _error, _strange_record)),
    as_lines,
)


def xml_text(edit: Callable[[list[str], random.Random], None]) -> Mutation:
    """The edit on the list of tags and texts of a file."""

    def run(files: Files, name: str, a: int, b: int) -> Files:
        parts = re.split(r"(<[^>]*>)", files[name].decode("utf-8", "replace"))
        if len(parts) > 4:
            edit(parts, random.Random(f"{a}/{b}"))
        return change(files, name, "".join(parts).encode())

    return run


def _drop_tag(parts: list[str], chance: random.Random) -> None:
    del parts[2 * chance.randrange(len(parts) // 2) + 1]


def _repeat_element(parts: list[str], chance: random.Random) -> None:
    """An element without children, once more."""
    leaves = [n for n in range(1, len(parts) - 2, 2) if parts[n + 2].startswith("</") and not parts[n].startswith("</")]
    if leaves:
        place = chance.choice(leaves)
        parts[place:place] = parts[place : place + 3]


def _drop_element(parts: list[str], chance: random.Random) -> None:
    leaves = [n for n in range(1, len(parts) - 2, 2) if parts[n + 2].startswith("</") and not parts[n].startswith("</")]
    if leaves:
        place = chance.choice(leaves)
        del parts[place : place + 3]


def _other_text(parts: list[str], chance: random.Random) -> None:
    text = str(chance.choice(CELLS)).replace("&", "&amp;").replace("<", "&lt;")
    parts[2 * chance.randrange(len(parts) // 2) + 2] = text


def _junk(parts: list[str], chance: random.Random) -> None:
    parts.insert(chance.randrange(len(parts)), chance.choice(XML_JUNK))


def _rename_element(parts: list[str], chance: random.Random) -> None:
    place = 2 * chance.randrange(len(parts) // 2) + 1
    parts[place] = parts[place].upper() if chance.random() < 0.5 else parts[place].replace("<", "<a:", 1)


XML: tuple[Mutation, ...] = tuple(
    map(xml_text, (_drop_tag, _repeat_element, _drop_element, _other_text, _other_text, _junk, _rename_element))
)

"""Do the parts of a table's reader fit its format?

Does not belong here: what the readers do (ingestion).
"""

import codecs

from orchestration.contracts.columns import needed_columns
from orchestration.contracts.model import Reader, Table
from orchestration.contracts.patterns import pattern_problem

Found = list[tuple[str, str]]

# Extras of a reader that only some formats know.
_ONLY_FOR = {
    "delimiter": ("delimited",),
    "quote": ("delimited",),
    "escape": ("delimited",),
    "sheet": ("excel",),
    "sheet_pattern": ("excel",),
    "fields": ("fixed_width",),
    "record": ("json", "xml"),
    "explode": ("json", "xml"),
    "keep_empty": ("json", "xml"),
    "header_rows": ("delimited", "excel"),
    "columns": ("delimited", "excel"),
    "footer": ("delimited", "excel", "fixed_width"),
    "skip_lines": ("delimited", "excel", "fixed_width"),
}


def check_reader(table: Table) -> Found:
    """Problems as (extra, message)."""
    reader = table.reader
    found: Found = []
    for name in sorted(reader.model_fields_set):
        formats = _ONLY_FOR.get(name, (reader.format,))
        if reader.format not in formats and getattr(reader, name) != Reader.model_fields[name].get_default(call_default_factory=True):
            found.append(("reader", f"{name} is for format {' or '.join(formats)}"))
    try:
        codecs.lookup(reader.encoding)
    except LookupError:
        found.append(("reader", f"no such encoding {reader.encoding!r}; try utf-8, cp1252 or utf-16"))
    for name in ("footer", "sheet_pattern"):
        if (pattern := getattr(reader, name)) and (message := pattern_problem(pattern)):
            found.append(("reader", f"{name}: {message}"))
    if reader.format == "xml" and reader.record is None:
        found.append(("reader", "format xml needs record: the name of the element that is a row"))
    if reader.explode is None and reader.keep_empty:
        found.append(("reader", "keep_empty goes with explode"))
    if reader.is_converted and table.unpivot is not None and (table.unpivot.pattern or _has_patterns(table)):
        found.append(("unpivot", f"format {reader.format} has no header to match a pattern with; name the columns"))
    if reader.format == "fixed_width":
        found += _check_fields(table)
    return found


def check_layouts(table: Table) -> Found:
    """What a table with layouts cannot be."""
    if table.reader.is_converted:
        return [("layouts", f"files of format {table.reader.format} bear no header to tell layouts by; make them tables of their own")]
    if table.reader.header == "none":
        return [("layouts", "files without a header have nothing to tell layouts by; make them tables of their own")]
    return []


def _has_patterns(table: Table) -> bool:
    return table.unpivot is not None and any(isinstance(slot, str) for slot in table.unpivot.groups.values())


def _check_fields(table: Table) -> Found:
    fields = table.reader.fields
    if not fields:
        return [("reader", "format fixed_width needs fields: {name: [first character, last character]}, counted from 1")]
    wrong = [name for name, (first, last) in fields.items() if first < 1 or last < first]
    found: Found = [("reader", f"fields: {name}: the first character is at least 1 and the last no less than the first") for name in wrong]
    known = {" ".join(name.split()).casefold() for name in fields}
    missing = [name for name in needed_columns(table) if " ".join(name.split()).casefold() not in known]
    return found + [("reader", f"fields: where does {name!r} stand? the table reads it") for name in missing]

"""A table of a contract as written becomes a `Table`: extras typed, layouts expanded, every promise checked.

Belongs here: one table and its layouts. Does not belong here: the contract around them (load.py), what a sound table is (check.py).
A layout is the table's own properties with the layout's merged over them; what comes out is a whole table, checked like any other.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from orchestration.contracts.check import check_table
from orchestration.contracts.check_reader import check_layouts
from orchestration.contracts.errors import ContractProblem
from orchestration.contracts.model import ORIGINS, DeliveryRules, IdSystem, Layout, Property, Strictness, Table
from orchestration.contracts.odcs import Path_, Place, PropertyPart, TablePart
from orchestration.feeds import FEEDS

_LAYOUT_KEYS = ("name", "has", "lacks", "reader", "properties", "where", "deleted_when", "unpivot", "expect")
_LAYOUT_READER = ("header", "header_rows", "excel_text", "missing", "footer")


@dataclass
class TableBuilder:
    """Builds the tables of one contract; what is wrong is added to `problems`."""

    rules: DeliveryRules
    student_ids: dict[str, IdSystem]
    strictness: Strictness
    problems: list[ContractProblem] = field(default_factory=list)

    def build(self, part: TablePart) -> Table | None:
        """The table, or None where something is wrong with it."""
        before = len(self.problems)
        values = self._values(part)
        written = {name: _property_values(entry) for name, entry in part.properties.items()}
        base = self._table(part, values, written, part.extras.places, check="layouts" not in part.extras.values)
        layouts = self._layouts(part, values, written) if "layouts" in part.extras.values else ()
        if base is not None and "layouts" in part.extras.values:
            found = check_layouts(base)
            self.problems += [part.extras.places[extra].problem(f"{base.name}: {message}") for extra, message in found]
        if base is None or len(self.problems) > before:
            return None
        return base.model_copy(update={"layouts": layouts}) if layouts else base

    def _values(self, part: TablePart) -> dict[str, Any]:
        extras = part.extras.values
        files = extras.get("files") or part.data.get("physicalName") or []
        values: dict[str, Any] = {
            "replacement": self.rules.replacement,
            "duplicates": self.rules.duplicates,
            **{key: value for key, value in extras.items() if key not in ("files", "layouts")},
            "name": part.data["name"],
            "files": [files] if isinstance(files, str) else files,
        }
        return values

    def _table(
        self,
        part: TablePart,
        values: dict[str, Any],
        properties: dict[str, dict[str, Any]],
        places: dict[str, Place],
        *,
        check: bool,
        layout: str = "",
        own: dict[str, Place] | None = None,
    ) -> Table | None:
        """`places`: where each extra of the table stands; `own`: where a layout writes a property itself."""
        built = self._properties(part, values, properties, own or {})
        try:
            table = Table.model_validate({**values, "properties": built})
        except ValidationError as error:
            for item in error.errors(include_input=False, include_url=False):
                name = str(item["loc"][0]) if item["loc"] else "table"
                place = places.get(name, part.place).at(*item["loc"][1:])
                self.problems.append(place.problem(f"{name}: {item['msg']}"))
            return None
        table = self._without_strict_only(table)
        found = check_table(table, self.student_ids) if check else []
        for column, extra, message in found:
            self.problems.append(self._found(part, f"{table.name}{layout}", column, extra, message, places, own or {}))
        return None if found else table

    def _found(
        self, part: TablePart, table: str, column: str, extra: str, message: str, places: dict[str, Place], own: dict[str, Place]
    ) -> ContractProblem:
        name = f"{table}.{column}" if column else table
        if column in own:
            place = own[column].at(extra)
        elif column in part.properties:
            entry = part.properties[column]
            place = entry.extras.places.get(extra, entry.place)
        else:
            place = places.get(extra, part.place)
        return place.problem(f"{name}: {message}")

    def _properties(
        self, part: TablePart, values: dict[str, Any], properties: dict[str, dict[str, Any]], own: dict[str, Place]
    ) -> list[Property]:
        built: list[Property] = []
        for name, given in properties.items():
            try:
                built.append(Property.model_validate({**given, "name": name}))
            except ValidationError as error:
                for item in error.errors(include_input=False, include_url=False):
                    self.problems.append(_property_problem(part, name, item, own))
        feed = FEEDS.get(values.get("feed", ""))
        if feed and "student_id_system" in feed.by_name and "student_id_system" not in properties:
            usual = [name for name, system in self.student_ids.items() if system.default or len(self.student_ids) == 1]
            built += [Property(name="student_id_system", constant=usual[0])] if len(usual) == 1 else []
        return built

    def _layouts(self, part: TablePart, values: dict[str, Any], written: dict[str, dict[str, Any]]) -> tuple[Layout, ...]:
        given, place = part.extras.values["layouts"], part.extras.places["layouts"]
        if not isinstance(given, list) or not given or not all(isinstance(item, dict) for item in given):
            self.problems.append(place.problem(f"layouts is a list of mappings with the keys {', '.join(_LAYOUT_KEYS)}"))
            return ()
        layouts = [self._layout(part, item, place.at(number), values, written) for number, item in enumerate(given)]
        names = [layout.name for layout in layouts if layout]
        for number, name in enumerate(names):
            if name in names[:number]:
                self.problems.append(place.at(number, "name").problem(f"two layouts are named {name!r}"))
        return tuple(layout for layout in layouts if layout)

    def _layout(
        self, part: TablePart, item: dict[str, Any], place: Place, values: dict[str, Any], written: dict[str, dict[str, Any]]
    ) -> Layout | None:
        unknown: list[tuple[Path_, str, tuple[str, ...]]] = [((key,), key, _LAYOUT_KEYS) for key in item if key not in _LAYOUT_KEYS]
        reader, properties = item.get("reader") or {}, item.get("properties") or {}
        if not isinstance(reader, dict) or not isinstance(properties, dict):
            self.problems.append(place.problem("reader and properties of a layout are mappings"))
            return None
        unknown += [(("reader", key), key, _LAYOUT_READER) for key in reader if key not in _LAYOUT_READER]
        for path, key, known in unknown:
            self.problems.append(place.at(*path).problem(f"unknown key {key!r}; known here: {', '.join(known)}"))
        if unknown:
            return None
        places = {**part.extras.places, **{key: place.at(key) for key in item if key not in ("has", "lacks", "name")}}
        merged = {
            **values,
            **{key: item[key] for key in ("where", "deleted_when", "unpivot", "expect") if key in item},
            "reader": {**(values.get("reader") or {}), **reader},
        }
        own = {name: place.at("properties", name) for name in properties}
        table = self._table(part, merged, _merged(written, properties), places, check=True, layout=f" (layout {item.get('name')})", own=own)
        if table is None:
            return None
        try:
            return Layout.model_validate({key: item[key] for key in ("name", "has", "lacks") if key in item} | {"table": table})
        except ValidationError as error:
            for wrong in error.errors(include_input=False, include_url=False):
                self.problems.append(place.at(*wrong["loc"]).problem(wrong["msg"]))
            return None

    def _without_strict_only(self, table: Table) -> Table:
        """Rules that only a strict contract follows are dropped from a lenient one, so that nothing after this has to ask."""
        if self.strictness == "strict":
            return table
        kept = {
            "references": tuple(item for item in table.references if not item.strict_only),
            "expect": tuple(item for item in table.expect if not item.strict_only),
            "standard_header": (),
        }
        return table.model_copy(update=kept)


def _property_values(entry: PropertyPart) -> dict[str, Any]:
    return _normal({**entry.extras.values, "column": entry.data.get("physicalName"), "required": bool(entry.data.get("required"))})


def _normal(values: dict[str, Any]) -> dict[str, Any]:
    """Short forms of a property's extras written out."""
    values = dict(values)
    if "otherwise" in values:
        values["has_otherwise"] = True
    if isinstance(values.get("codes"), dict):
        values["codes"] = {str(key): value for key, value in values["codes"].items()}
    return values


def _merged(base: dict[str, dict[str, Any]], properties: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The table's properties with a layout's over them: null takes one away; another origin replaces the table's origin."""
    merged = dict(base)
    for name, given in properties.items():
        if given is None:
            merged.pop(name, None)
            continue
        values = _normal({"column": given} if isinstance(given, str) else dict(given))
        kept = dict(merged.get(name, {}))
        if any(origin in values for origin in ORIGINS):
            kept = {key: value for key, value in kept.items() if key not in (*ORIGINS, "aliases")}
        merged[name] = {**kept, **values}
    return merged


def _property_problem(part: TablePart, name: str, item: Any, own: dict[str, Place]) -> ContractProblem:
    extra = str(item["loc"][0]) if item["loc"] else name
    if name in own:
        place = own[name].at(*item["loc"])
    elif name in part.properties:
        entry = part.properties[name]
        place = entry.extras.places.get(extra, entry.place).at(*item["loc"][1:])
    else:
        place = part.place
    return place.problem(f"{extra}: {item['msg']}")

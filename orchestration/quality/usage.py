"""Which feed columns does anything after staging use? What a contract maps beyond that is gathered for nothing.

Belongs here: reading the dbt project's SQL for the columns it takes from staging, and holding contracts against it.
Does not belong here: what a measure means (dbt), running dbt. The SQL is read from the files, so nothing has to be built first.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, TemplateError
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.scope import Scope, traverse_scope

from orchestration.contracts import Contract
from orchestration.feeds import FEEDS

PROJECT = Path(__file__).resolve().parents[2]
DBT_PROJECT = PROJECT / "dbt_project"
# Python that reads staging by itself: who is who, and what is handed out.
READING_PACKAGES = ("identity", "publishing", "governance", "releases")
# What tells children apart when no id does: the identity step compares these.
MATCHED_ON = frozenset(
    {
        "first_name", "middle_name", "last_name", "name_suffix", "preferred_name", "birth_date", "sex", "street_address", "city", "zip",
    }
)  # fmt: skip
_MACRO = re.compile(r"\{%-?\s*macro\s+(\w+).*?endmacro\s*-?%\}", re.DOTALL)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class UnusedColumn:
    """A feed column that a contract's table fills and nothing reads; column '*' where no model reads the feed at all."""

    source: str
    table: str
    feed: str
    column: str

    def __str__(self) -> str:
        what = f"no model reads feed {self.feed}" if self.column == "*" else f"no model, link or release uses {self.feed}.{self.column}"
        return f"{self.source}: {self.table}: {what}"


@dataclass
class Usage:
    """Feed columns in use, by feed; a feed without an entry is read by nothing."""

    columns: dict[str, set[str]] = field(default_factory=dict)

    def uses(self, feed: str, column: str) -> bool:
        used = self.columns.get(feed, set())
        base = re.sub(r"_(marker|low|high)$", "", column)
        structural = FEEDS[feed].by_name.get(column)
        # A key or required column tells rows apart; an id system says what an id means.
        return bool(used) and (column in used or base in used or structural is None or structural.key or structural.required)


def unused_columns(contracts: Iterable[Contract], usage: Usage) -> list[UnusedColumn]:
    """Every column the contracts fill and nothing uses, in the order of the contracts."""
    found: list[UnusedColumn] = []
    for contract in contracts:
        for table in contract.tables:
            if not usage.columns.get(table.feed):
                found.append(UnusedColumn(contract.source, table.name, table.feed, "*"))
                continue
            filled = dict.fromkeys(prop.name for variant in table.variants for prop in variant.properties)
            found += [UnusedColumn(contract.source, table.name, table.feed, name) for name in filled if not usage.uses(table.feed, name)]
    return found


@cache
def project_usage() -> Usage:
    """What this project uses."""
    return usage_of(DBT_PROJECT, [PROJECT / "orchestration" / package for package in READING_PACKAGES])


def usage_of(dbt_project: Path, packages: Iterable[Path] = ()) -> Usage:
    """Columns that models beyond the staging model of a feed take from it, and columns the packages name in their SQL."""
    models = {file.stem: file for file in sorted((dbt_project / "models").rglob("*.sql"))}
    render = _renderer(dbt_project, list(models))
    staged = {feed: _staged_columns(render, models[f"stg_{feed}"], feed) for feed in FEEDS if f"stg_{feed}" in models}
    usage = Usage()
    for name, file in models.items():
        if name.removeprefix("stg_") in staged:
            continue
        for table, column in _reads(render, file, {f"stg_{feed}" for feed in staged}):
            feed = table.removeprefix("stg_")
            columns = set(FEEDS[feed].by_name) if column == "*" else staged[feed].get(column, {column})
            usage.columns.setdefault(feed, set()).update(columns)
    for package in packages:
        for words in (set(_WORD.findall(text)) for text in _texts(package)):
            for feed in FEEDS:
                if f"stg_{feed}" in words:
                    usage.columns.setdefault(feed, set()).update(words & set(FEEDS[feed].by_name))
    if "student" in staged:
        usage.columns.setdefault("student", set()).update(MATCHED_ON)
    return usage


def _staged_columns(render: Callable[[Path], str | None], file: Path, feed: str) -> dict[str, set[str]]:
    """Column of the staging model → feed columns it is made of."""
    sql = render(file)
    try:
        tree = parse_one(sql or "", read="duckdb")
    except SqlglotError:
        return {}
    known = FEEDS[feed].by_name
    return {
        item.alias_or_name: {column.name for column in item.find_all(exp.Column) if column.name in known} or {item.alias_or_name}
        for item in getattr(tree, "selects", [])
    }


def _reads(render: Callable[[Path], str | None], file: Path, wanted: set[str]) -> Iterator[tuple[str, str]]:
    """(staging model, column) of every column the model takes; '*' for all. A model that cannot be read uses every word in it."""
    text = file.read_text(encoding="utf-8")
    sql = render(file)
    try:
        if sql is None:
            raise SqlglotError("not rendered")
        tree = parse_one(sql, read="duckdb")
        for scope in traverse_scope(tree):
            yield from _scope_reads(scope, wanted)
    except SqlglotError:
        named = {table for table in wanted if re.search(rf"\b{table}\b", text)}
        yield from ((table, word) for table in named for word in set(_WORD.findall(text)))


def _scope_reads(scope: Scope, wanted: set[str]) -> Iterator[tuple[str, str]]:
    tables = {alias: source.name for alias, source in scope.sources.items() if isinstance(source, exp.Table) and source.name in wanted}
    if not tables:
        return
    for column in scope.columns:
        if column.table in tables:
            yield tables[column.table], column.name
        elif not column.table:
            yield from ((table, column.name) for table in tables.values())
    expression = scope.expression
    if isinstance(expression, exp.Select) and any(isinstance(item, exp.Star) for item in expression.expressions):
        yield from ((table, "*") for table in tables.values())


def _texts(package: Path) -> list[str]:
    """Texts of a Python package: its SQL stands in them."""
    texts: list[str] = []
    for file in sorted(package.glob("*.py")) if package.is_dir() else []:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                texts.append("{".join(str(part.value) if isinstance(part, ast.Constant) else "" for part in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(node.value)
    return texts


class _Returned(Exception):  # noqa: N818 - how a macro hands back a value that is no text
    def __init__(self, value: Any) -> None:
        self.value = value


class _Sql:
    """Stands for dbt's own macros: called, it is an SQL function of the same name, so that the columns in its arguments stay visible."""

    def __init__(self, name: str = "dbt") -> None:
        self._name = name

    def __getattr__(self, name: str) -> "_Sql":
        return _Sql(name)

    def __call__(self, *given: Any, **named: Any) -> str:
        return f"{self._name}({', '.join(str(item) for item in (*given, *named.values()))})"

    def __str__(self) -> str:
        return self._name


def _renderer(dbt_project: Path, models: list[str]) -> Callable[[Path], str | None]:
    """A function from a model's file to its SQL, with the project's macros and stand-ins for dbt's; None where that fails."""
    environment = Environment(extensions=["jinja2.ext.do", "jinja2.ext.loopcontrols"], autoescape=False)  # noqa: S701 - SQL, not HTML
    macros: dict[str, Any] = {}

    def give_back(value: Any = None) -> None:
        raise _Returned(value)

    def dispatched(name: str, *_: Any) -> Any:
        return next((macros[found] for found in (f"duckdb__{name}", f"default__{name}") if found in macros), _Sql(name))

    adapter = _Sql("adapter")
    adapter.dispatch = dispatched  # type: ignore[attr-defined]
    measures = [
        file.stem for kind in ("shared", "collaborative", "individual") for file in (dbt_project / "models/measures" / kind).glob("*.sql")
    ]
    environment.globals.update(
        {
            "ref": lambda *names: names[-1],
            "source": lambda schema, table: f"{schema}__{table}",
            "config": lambda **_: "",
            "var": lambda name, default=None: default if default is not None else name,
            "env_var": lambda name, default="": " ".join(measures) if name.endswith("MEASURES") else default,
            "return": give_back,
            "adapter": adapter,
            "dbt": _Sql(),
            "api": _Sql("api"),
            "exceptions": _Sql("exceptions"),
            "target": _Sql("target"),
            "this": _Sql("this"),
            "execute": False,
            "none": None,
            "models": models,
        }
    )
    for file in sorted((dbt_project / "macros").rglob("*.sql")):
        for match in _MACRO.finditer(file.read_text(encoding="utf-8")):
            macros[match[1]] = _callable(environment, match[1], match[0])
    environment.globals.update(macros)

    def render(file: Path) -> str | None:
        try:
            return environment.from_string(file.read_text(encoding="utf-8")).render()
        except (TemplateError, TypeError, AttributeError, ValueError, KeyError):
            return None

    return render


def _callable(environment: Environment, name: str, text: str) -> Callable[..., Any]:
    """The macro as a function; under a name of ours, because Jinja hands out no name that begins with an underscore."""
    template: list[Any] = []
    text = re.sub(rf"macro\s+{name}\b", f"macro the_{name}", text, count=1)

    def call(*given: Any, **named: Any) -> Any:
        if not template:
            template.append(environment.from_string(text).module)
        try:
            return getattr(template[0], f"the_{name}")(*given, **named)
        except _Returned as returned:
            return returned.value

    return call

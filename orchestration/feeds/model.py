"""What a feed is: a named table of typed columns with a key, standard codes and the element each column stands for.

Belongs here: the small types that describe feeds. Does not belong here: the feeds themselves (catalogue.py).
"""

from dataclasses import dataclass
from enum import StrEnum


class ColumnType(StrEnum):
    """Logical type of a feed column."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATE = "date"
    BOOLEAN = "boolean"


DUCKDB_TYPE: dict[ColumnType, str] = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.DECIMAL: "DECIMAL(18,6)",
    ColumnType.DATE: "DATE",
    ColumnType.BOOLEAN: "BOOLEAN",
}


@dataclass(frozen=True)
class Column:
    """One feed column; `element` names the CEDS / Ed-Fi element it stands for.

    `required`: a row without it is rejected. `key`: part of the row's key within a source.
    `codes`: name of a standard code list (codes.py). `person`: names, birth dates, addresses, phones
    and ids of people, which may stand in raw, staging and identity only.
    """

    name: str
    type: ColumnType
    element: str
    required: bool = False
    key: bool = False
    codes: str | None = None
    person: bool = False

    @property
    def duckdb_type(self) -> str:
        return DUCKDB_TYPE[self.type]


@dataclass(frozen=True)
class Feed:
    """One of the hub's input tables; `grain` says what one row is."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def key(self) -> tuple[str, ...]:
        return tuple(c.name for c in self.columns if c.key)

    @property
    def by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    @property
    def is_personal(self) -> bool:
        """Do rows speak of single people? Their texts are shown to nobody."""
        return any(c.person for c in self.columns)

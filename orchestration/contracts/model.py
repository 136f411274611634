"""A contract as the rest of the hub sees it: typed, complete, free of YAML and of ODCS.

Belongs here: columns, tables, the contract; its smaller parts stand in parts.py and reading.py and are given on from here.
Does not belong here: reading YAML and merging profiles (load.py) or SQL (ingestion/compile.py).
"""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from orchestration.contracts.parts import (
    DEFAULT_PRECEDENCE,
    AttendanceRules,
    DayRule,
    DeliveryRules,
    Duplicates,
    IdSystem,
    Manifest,
    Part,
    Party,
    PartyType,
    Replacement,
    Strictness,
    Terms,
    Texts,
    listed,
)
from orchestration.contracts.reading import (
    Condition,
    Conditions,
    Expectation,
    IfMissing,
    KeyFile,
    Lookup,
    Reader,
    Reference,
    Unpivot,
)
from orchestration.feeds import FEEDS, ColumnType

__all__ = [
    "CONTRACT_EXTRAS",
    "DEFAULT_PRECEDENCE",
    "ORIGINS",
    "PROPERTY_EXTRAS",
    "TABLE_EXTRAS",
    "AttendanceRules",
    "Condition",
    "Contract",
    "DayRule",
    "DeliveryRules",
    "Duplicates",
    "Expectation",
    "IdSystem",
    "IfMissing",
    "KeyFile",
    "Layout",
    "Lookup",
    "Manifest",
    "Party",
    "PartyType",
    "Property",
    "Reader",
    "Reference",
    "Replacement",
    "Strictness",
    "Table",
    "Terms",
    "Unpivot",
]

NumberFormat = Literal["thousands", "percent", "words", "currency"]

# The extras that say where the text of a property comes from; `column` is physicalName.
ORIGINS = ("column", "constant", "from_file", "from_sheet", "from_unpivot", "from_delivery", "template")


class Property(Part):
    """One feed column: where it comes from in the file and how its text becomes a typed value."""

    name: str
    column: str | None = None
    aliases: Texts = ()
    optional_column: bool = False
    required: bool = False
    constant: str | int | float | bool | None = None
    from_file: str | None = None
    from_sheet: str | None = None
    from_unpivot: str | None = None
    from_delivery: Literal["as_of", "school_year"] | None = None
    template: str | None = None
    extract: str | None = None
    lookup: str | None = None
    then_lookup: str | None = None
    if_missing: IfMissing | None = None
    codes: dict[str, str | None] | None = None
    otherwise: str | None = None
    has_otherwise: bool = False
    fold_case: bool = False
    formats: tuple[str, ...] = ()
    epoch: str | None = None
    format: Literal["spring", "label", "fall"] | None = None
    number_format: Annotated[tuple[NumberFormat, ...], BeforeValidator(listed)] = ()
    ranges: bool = False
    scale: float | None = None
    markers: tuple[str, ...] = ()
    marker_pattern: str | None = None
    missing: tuple[str, ...] | None = None
    true_values: tuple[str, ...] = ("true", "1", "yes", "y", "t")
    false_values: tuple[str, ...] = ("false", "0", "no", "n", "f")


class Table(Part):
    """One kind of file of a source and the feed its rows become.

    `may_be_empty`: a file without a row of this table is no mistake.
    `record_id`: header of the sender's own id of a record; it says which rows are the same record in place of the feed's key.
    `sequence`: header of the number that orders rows of one record; a file may lack an `optional_sequence`.
    `deleted`, `deletes_from`: every row takes a row of that table back.
    `standard_header`: the header a strict contract insists on, in order; `metadata.` columns may follow.
    `layouts`: the same table as other files of the source write it; then `properties` are only what the layouts have in common, and
    the file's header says which layout's own table reads it.
    """

    name: str
    files: tuple[str, ...]
    feed: str
    optional: bool = False
    may_be_empty: bool = False
    replacement: Replacement
    duplicates: Duplicates
    file_name: str | None = None
    reader: Reader = Reader()
    where: Conditions = ()
    deleted_when: Conditions = ()
    unpivot: Unpivot | None = None
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    record_id: str | None = None
    sequence: str | None = None
    optional_sequence: bool = False
    deleted: bool = False
    deletes_from: str | None = None
    references: Annotated[tuple[Reference, ...], BeforeValidator(listed)] = ()
    expect: Annotated[tuple[Expectation, ...], BeforeValidator(listed)] = ()
    standard_header: tuple[str, ...] = ()
    properties: tuple[Property, ...]
    layouts: tuple["Layout", ...] = ()

    @property
    def variants(self) -> tuple["Table", ...]:
        """The tables that read files: one of each layout, or this one where it has none."""
        return tuple(layout.table for layout in self.layouts) or (self,)

    @property
    def takes_back(self) -> bool:
        """Some or all rows take an earlier row back."""
        return self.deleted or bool(self.deleted_when)

    @property
    def period_column(self) -> str | None:
        """The feed column that says which school year a row belongs to: school_year, else the first required date."""
        mapped = {prop.name for prop in self.properties}
        dates = [column.name for column in FEEDS[self.feed].columns if column.type is ColumnType.DATE and column.required]
        return next((name for name in ("school_year", *dates) if name in mapped), None)


class Layout(Part):
    """One way the files of a table are laid out: a row of the file holds all headers of `has` and none of `lacks`."""

    name: str
    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    table: Table


class Contract(Part):
    """Everything the hub knows of a source before a delivery arrives; `hash` changes when any of it changes."""

    source: str
    name: str
    version: str
    party: Party
    delivery: DeliveryRules
    terms: Terms
    student_ids: dict[str, IdSystem]
    attendance: AttendanceRules
    strictness: Strictness = "lenient"
    manifest: Manifest | None = None
    freshness_days: int | None
    tables: tuple[Table, ...]
    hash: str

    @property
    def feeds(self) -> list[str]:
        """Feeds this source fills, in the order of its tables."""
        return list(dict.fromkeys(table.feed for table in self.tables))


# The extras that may stand under customProperties, by the level they stand on.
CONTRACT_EXTRAS: dict[str, Any] = {
    "party": Party,
    "profile": str,
    "delivery": DeliveryRules,
    "terms": Terms,
    "student_ids": dict,
    "attendance": AttendanceRules,
    "strictness": Strictness,
    "manifest": Manifest,
}
TABLE_EXTRAS = tuple(f for f in Table.model_fields if f not in ("name", "properties"))
PROPERTY_EXTRAS = tuple(f for f in Property.model_fields if f not in ("name", "column", "required", "has_otherwise"))

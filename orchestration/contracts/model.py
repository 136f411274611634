"""A contract as the rest of the hub sees it: typed, complete, free of YAML and of ODCS.

Belongs here: one pydantic model per part of a contract; unknown keys are refused.
Does not belong here: reading YAML and merging profiles (load.py) or SQL (ingestion/compile.py).
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestration.feeds import FEEDS, ColumnType

PartyType = Literal["district", "state", "partner", "early_childhood", "publisher"]
Replacement = Literal["snapshot", "delta", "per_period"]
Duplicates = Literal["reject", "keep_first", "keep_last", "keep"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Party(_Part):
    """The organisation behind a source; `community` is the community its children belong to, if any."""

    id: str
    name: str
    type: PartyType
    community: str | None = None


class DeliveryRules(_Part):
    """How deliveries replace each other, the share of rejected rows still accepted, and what repeated keys mean."""

    replacement: Replacement = "snapshot"
    max_rejected_share: float = Field(default=0.05, ge=0, le=1)
    duplicates: Duplicates = "reject"


class IdSystem(_Part):
    """Who issues an id system (default: the party) and whether several sources carry the same ids."""

    issuer: str | None = None
    shared: bool = False


class AttendanceRules(_Part):
    """What the attendance files of a source say by silence (measures.md A6, hub rules c and e)."""

    register_kind: Literal["negative", "positive"] = Field(default="negative", alias="register")
    silence: Literal["present", "not_taken", "unknown"] = "present"
    exit_day_counts: bool = False


class Terms(_Part):
    """Under which agreement the source is held and what published output must say about it."""

    agreement: str
    attribution: str | None = None


class Reader(_Part):
    """How the bytes of a file become rows of text."""

    format: Literal["delimited", "excel"] = "delimited"
    delimiter: str = Field(default=",", min_length=1, max_length=4)
    quote: str = Field(default='"', max_length=1)
    encoding: str = "utf-8"
    header: Literal["search", "first", "none"] = "search"
    header_rows: Literal[1, 2] = 1
    columns: tuple[str, ...] = ()
    excel_text: bool = False
    sheet: str | int = 1
    missing: tuple[str, ...] = ("",)


class Condition(_Part):
    """Rows whose `column` is (or is not) one of the given texts."""

    column: str
    is_in: tuple[str, ...] | None = Field(default=None, alias="in")
    not_in: tuple[str, ...] | None = None


class Unpivot(_Part):
    """Wide to long: each named file column becomes a row of its own, carrying the given name.

    Instead of naming columns, `pattern` takes every header that the regular expression matches; its first group is the name.
    """

    columns: dict[str, str] = Field(default_factory=dict)
    pattern: str | None = None
    skip_missing: bool = False


class Lookup(_Part):
    """A code table delivered as a file; `key` and `value` are header names or 1-based positions."""

    file: str
    key: str | int
    value: str | int
    header: Literal["first", "none"] = "first"


class IfMissing(_Part):
    """Text used in place of a missing one on rows that meet the conditions."""

    value: str
    where: tuple[Condition, ...]


class Property(_Part):
    """One feed column: where it comes from in the file and how its text becomes a typed value."""

    name: str
    column: str | None = None
    required: bool = False
    constant: str | int | float | bool | None = None
    from_file: str | None = None
    from_unpivot: Literal["name", "value"] | None = None
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
    scale: float | None = None
    markers: tuple[str, ...] = ()
    missing: tuple[str, ...] | None = None
    true_values: tuple[str, ...] = ("true", "1", "yes", "y", "t")
    false_values: tuple[str, ...] = ("false", "0", "no", "n", "f")


class Table(_Part):
    """One kind of file of a source and the feed its rows become."""

    name: str
    files: tuple[str, ...]
    feed: str
    optional: bool = False
    replacement: Replacement
    duplicates: Duplicates
    file_name: str | None = None
    reader: Reader = Reader()
    where: tuple[Condition, ...] = ()
    deleted_when: tuple[Condition, ...] = ()
    unpivot: Unpivot | None = None
    lookups: dict[str, Lookup] = Field(default_factory=dict)
    properties: tuple[Property, ...]

    @property
    def period_column(self) -> str | None:
        """The feed column that says which school year a row belongs to: school_year, else the first required date."""
        mapped = {prop.name for prop in self.properties}
        dates = [column.name for column in FEEDS[self.feed].columns if column.type is ColumnType.DATE and column.required]
        return next((name for name in ("school_year", *dates) if name in mapped), None)


class Contract(_Part):
    """Everything the hub knows of a source before a delivery arrives; `hash` changes when any of it changes."""

    source: str
    name: str
    version: str
    party: Party
    delivery: DeliveryRules
    terms: Terms
    student_ids: dict[str, IdSystem]
    attendance: AttendanceRules
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
}
TABLE_EXTRAS = (
    "feed", "files", "optional", "replacement", "duplicates", "file_name", "reader", "where", "deleted_when", "unpivot", "lookups",
)  # fmt: skip
PROPERTY_EXTRAS = tuple(f for f in Property.model_fields if f not in ("name", "column", "required", "has_otherwise"))

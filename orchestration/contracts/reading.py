"""Parts of a table that speak of files: how bytes become rows, which rows count, which other files are asked.

Does not belong here: what a column of the feed is made of (model.py).
"""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from orchestration.contracts.parts import Part, Texts, listed

# Formats that the reader turns into a delimited file whose header holds the contract's own column names.
CONVERTED_FORMATS = ("fixed_width", "json", "xml")


class Reader(Part):
    """How the bytes of a file become rows of text.

    `fields`: first and last character of each column of a fixed_width file, 1-based. `record`, `explode`, `keep_empty`: which elements
    of a json or xml file are rows. `footer`: the first line that matches ends the table. `formulas`: what a formula in a read cell means.
    `fill_down`: headers of columns whose empty cells mean the same as above (grouped reports, merged cells).
    """

    format: Literal["delimited", "excel", "fixed_width", "json", "xml"] = "delimited"
    delimiter: str = Field(default=",", min_length=1, max_length=4)
    quote: str = Field(default='"', max_length=1)
    escape: str | None = Field(default=None, min_length=1, max_length=1)
    encoding: str = "utf-8"
    header: Literal["search", "first", "none"] = "search"
    header_rows: Literal[1, 2] = 1
    columns: tuple[str, ...] = ()
    excel_text: bool = False
    sheet: str | int = 1
    sheet_pattern: str | None = None
    missing: tuple[str, ...] = ("",)
    skip_lines: int = Field(default=0, ge=0)
    fields: dict[str, tuple[int, int]] = Field(default_factory=dict)
    record: str | None = None
    explode: str | None = None
    keep_empty: bool = False
    footer: str | None = None
    formulas: Literal["reject", "value"] = "reject"
    fill_down: Texts = ()

    @property
    def is_converted(self) -> bool:
        """Rows reach the header search as a delimited file with the contract's column names as its first line."""
        return self.format in CONVERTED_FORMATS


class KeyFile(Part):
    """The keys of another file of the same delivery: texts of its column `key` on the rows that meet `where`.

    `reader`: how that file is read; by default like the table's own.
    """

    file: Texts
    key: str
    where: "Conditions" = ()
    reader: Reader | None = None


class Condition(Part):
    """Rows whose `column` is (or is not) one of the given texts, matches a pattern as a whole, or is a key of another file.

    `absent`: conditions that hold instead where the delivery has no such file; none: every row meets the condition.
    `optional_column`: a file may lack the column, its text is then ''. `count`: texts whose left-out rows are counted apart.
    """

    column: str
    is_in: tuple[str, ...] | None = Field(default=None, alias="in")
    not_in: tuple[str, ...] | None = None
    matches: str | None = None
    not_matches: str | None = None
    in_file: KeyFile | None = None
    not_in_file: KeyFile | None = None
    absent: "Conditions" = ()
    optional_column: bool = False
    count: Texts = ()


Conditions = Annotated[tuple[Condition, ...], BeforeValidator(listed)]


class Unpivot(Part):
    """Wide to long: each named file column becomes a row of its own, carrying the given name.

    Instead of naming columns, `pattern` takes every header that the regular expression matches; its first group is the name.
    `groups`: columns that belong together become one row; each slot is a pattern whose group is the row's name, or name -> header.
    `gaps`: a name may have columns for some of the slots only; otherwise such a file is refused.
    """

    columns: dict[str, str] = Field(default_factory=dict)
    pattern: str | None = None
    groups: dict[str, str | dict[str, str]] = Field(default_factory=dict)
    skip_missing: bool = False
    gaps: bool = False


class Lookup(Part):
    """A code table delivered as a file; `key` and `value` are header names, 1-based positions or, as `{A}|{B}`, several columns.

    `extract` keeps group 1 of the value. `reader`: how the file is read; by default like the table's own.
    `optional`: a delivery without the file looks nothing up; every text is then missing.
    """

    file: Texts
    key: str | int
    value: str | int
    extract: str | None = None
    optional: bool = False
    header: Literal["first", "search", "none"] = "first"
    reader: Reader | None = None


class Reference(KeyFile):
    """The text of `column` (every part of it when `split`) must be a `key` of `file`; `column` is a header of the table's own file.

    Not checked where the delivery has no such file or the table arrives as a delta.
    """

    column: str
    split: str | None = Field(default=None, min_length=1)
    optional_column: bool = False
    strict_only: bool = False


class Expectation(Part):
    """Rows whose `column` (or a part of it when `split`) breaks this are rejected: one of `in`, `not_in` and `matches` (the whole text).

    `mode`: only where the file arrives as a whole (bulk) or as changes (delta).
    """

    column: str
    is_in: tuple[str, ...] | None = Field(default=None, alias="in")
    not_in: tuple[str, ...] | None = None
    matches: str | None = None
    split: str | None = Field(default=None, min_length=1)
    mode: Literal["bulk", "delta"] | None = None
    optional_column: bool = False
    strict_only: bool = False

    @model_validator(mode="after")
    def _one_test(self) -> Self:
        if sum(test is not None for test in (self.is_in, self.not_in, self.matches)) != 1:
            raise ValueError("give exactly one of in, not_in and matches")
        return self


class IfMissing(Part):
    """Text used in place of a missing one on rows that meet the conditions."""

    value: str
    where: Conditions

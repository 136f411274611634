"""What can be wrong with a delivered file or row, in words a sender understands.

Belongs here: the rules' names and texts. Does not belong here: finding the problems (scan.py, compile.py, duplicates.py).
No text ever holds a delivered value.
"""

from dataclasses import dataclass

# rule -> (what is wrong, what to do)
RULES: dict[str, tuple[str, str]] = {
    "missing_column": ("the file has no column with this header", "add the column or correct the header; the contract names it"),
    "missing_file": ("the delivery holds no file for this table", "send the file, or mark the table optional in the contract"),
    "empty_file": ("the file is empty", "export it again and send it whole"),
    "header_only": ("the file has a header and no rows", "export it again; an empty list would end every record"),
    "encoding": ("the file is not in the encoding the contract says", "save it in that encoding or change reader.encoding"),
    "unreadable": ("the file cannot be read in the layout the contract says", "open it, look at this line, and export it again"),
    "open_quote": (
        "a quote is opened and never closed; the rest of the file cannot be read",
        "close or remove the quote and send the file again",
    ),
    "archive": ("the archive cannot be unpacked safely", "send a plain zip file with files of normal size"),
    "too_many_fields": ("the row has more fields than the header", "put quotes round values that hold the delimiter"),
    "too_few_fields": ("the row has fewer fields than the header", "export the row again with all its fields"),
    "stray_quote": ("a quote stands inside a field without being doubled", "double the quote inside the field"),
    "required": ("a value is required here", "fill the value in"),
    "date": ("not a date in a format of the contract", "use the date format of the contract, or add this format to it"),
    "number": ("not a number", "send digits only, or name this text under markers"),
    "whole_number": ("not a whole number", "send a whole number"),
    "yes_no": ("neither yes nor no", "send one of the contract's true or false values"),
    "school_year": ("not a school year as the contract writes it", "write the school year as the contract says"),
    "code": ("a code that the contract does not map", "map the code in the contract, or correct it"),
    "lookup": ("the code table of the delivery has no such code", "send the code table that belongs to these rows"),
    "duplicate_row": ("the row repeats an earlier row with the same values", "send each record once"),
    "duplicate_key": ("several rows have this key and different values", "send one row for each key"),
    "rejected_share": ("more rows are rejected than the contract accepts", "mend the rows listed as rejected and send the delivery again"),
}


def reason(rule: str) -> str:
    """The sentence kept with a rejected row."""
    wrong, remedy = RULES[rule]
    return f"{wrong}; {remedy}"


@dataclass(frozen=True)
class FileProblem(Exception):  # noqa: N818 - it is a finding about a file, carried by raise
    """A file that cannot be taken as it is; the delivery is quarantined. `line` is 1-based, 0 where it means the whole file."""

    rule: str
    table: str
    file: str
    line: int = 0
    column: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file or "delivery"
        subject = f", column {self.column!r}" if self.column else ""
        return f"{self.table}: {place}{subject}: {reason(self.rule)}"

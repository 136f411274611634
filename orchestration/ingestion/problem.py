"""What can be wrong with a delivered file or row, in words a sender understands.

Belongs here: the rules' names and texts. Does not belong here: finding the problems (scan.py, compile.py, duplicates.py).
No text ever holds a delivered value.
"""

from dataclasses import dataclass

# rule -> (what is wrong, what to do)
RULES: dict[str, tuple[str, str]] = {
    "missing_column": ("a column we need is not in the file", "add the column, or give it back the name it had before"),
    "missing_file": ("a file we need is not in the delivery", "send the delivery again with this file in it"),
    "missing_sheet": (
        "a sheet we need is not in the workbook",
        "give the sheet the name it had before, or send the workbook that has it",
    ),
    "empty_file": ("the file is empty", "export it again and send it whole"),
    "header_only": (
        "the file has column names and no rows",
        "export it again; taken as it is, an empty list would end every record we have from you",
    ),
    "encoding": (
        "letters with accents are saved in another way than agreed (the file's encoding)",
        "in Excel choose Save As and the type “CSV UTF-8”, or export the file the way you did before",
    ),
    "unreadable": ("the file cannot be read in the agreed layout", "open it, see whether it looks as agreed, and export it again"),
    "open_quote": (
        "a quotation mark is opened here and never closed; the rest of the file cannot be read",
        "close or remove the quotation mark and send the file again",
    ),
    "archive": ("the archive cannot be unpacked safely", "send a plain zip file with files of normal size"),
    "too_many_fields": (
        "the row has more cells than there are columns",
        "look for a comma (or whatever divides your columns) inside a text, and put that text in quotation marks",
    ),
    "too_few_fields": ("the row has fewer cells than there are columns", "export the row again with all its cells, empty ones too"),
    "stray_quote": (
        "a quotation mark stands in the middle of a text",
        "remove it, or write it twice and put the whole text in quotation marks",
    ),
    "required": ("the cell is empty, and this column must always be filled", "fill the value in"),
    "date": ("this is not a date as agreed", "write the date in the agreed form"),
    "number": ("this is not a number", "write digits only, without words or units"),
    "whole_number": ("this is not a whole number", "write a whole number, without words or fractions"),
    "yes_no": ("this is neither yes nor no", "use one of the agreed words for yes and no"),
    "school_year": ("this is not a school year as agreed", "write the school year in the agreed form"),
    "code": ("we do not know this code", "correct the code; if it is a new one, tell us what it means and we will add it"),
    "lookup": (
        "the list of codes sent with the delivery does not have this code",
        "send the list of codes that belongs to these rows",
    ),
    "duplicate_row": ("the row is in the delivery already, with the same values", "send each record once; nothing is lost by this one"),
    "duplicate_key": (
        "several rows are about the same record and say different things",
        "find out which row is right and send only that one",
    ),
    "layout": (
        "the column names are not those of any layout we know from you",
        "send the file in the form it had before, or tell us that the form has changed",
    ),
    "formula": (
        "a formula stands where a value is expected",
        "copy these cells, paste them over themselves as values, and send the file again",
    ),
    "reference": (
        "this names a record that is not in the file it should be in",
        "send that record too, or correct the id that stands here",
    ),
    "not_allowed": ("this text is not one of those agreed for this column", "write one of the agreed texts"),
    "manifest": (
        "the files are not those that the delivery's own list of files (its manifest) promises",
        "send every file that the list promises and no other, or correct the list",
    ),
    "delta_without_bulk": ("only changes came, and we have no complete list yet that they could change", "send the complete list first"),
    "volume": (
        "far more records are gone or new than from one delivery to the next before",
        "look whether the export was complete; if the change is real, tell us, and we take the delivery in",
    ),
    "nul_byte": ("the file is damaged: it holds characters that no text has", "export it again as plain text"),
    "field_too_long": (
        "one cell holds more text than we can read",
        "look for a quotation mark that is never closed, and export the file again",
    ),
    "too_many_columns": ("the file has more columns than we can read", "send the agreed columns only"),
    "too_many_files": ("the delivery holds more files than we can read", "send the agreed files only"),
    "special_file": ("this is a link to a file, or something else that is no file", "send the file itself"),
    "entity": (
        "the XML file begins with definitions of its own (DOCTYPE), which we do not read for safety",
        "export it without them",
    ),
    "broken_json": ("the file is damaged or cut off: it is not valid JSON", "export it again and send it whole"),
    "encrypted": ("the file is protected with a password", "send it without a password, over the agreed way only"),
    "old_workbook": ("this is an Excel file of the old kind (.xls)", "open it in Excel and save it as .xlsx"),
    "withdrawn": ("this delivery was taken back after it arrived", "send a corrected delivery"),
    "rejected_share": (
        "more rows have mistakes than can be set aside",
        "mend the rows listed as rejected and send the whole delivery again",
    ),
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
    detail: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, line {self.line}" if self.line else self.file or "delivery"
        subject = f", column {self.column!r}" if self.column else ""
        return f"{self.table}: {place}{subject}: {self.detail + ': ' if self.detail else ''}{reason(self.rule)}"

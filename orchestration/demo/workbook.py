"""A small, fast and repeatable writer of Excel workbooks.

Belongs here: sheets of text, number and date cells as .xlsx. openpyxl would loop over cells and stamp the hour of writing into
the file; here whole columns become XML at once and the same input gives the same bytes.
Does not belong here: what partners write into their workbooks.
"""

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from orchestration.demo.text import Columns, join

_EPOCH = (1980, 1, 1, 0, 0, 0)
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DATE_STYLE = 1


@dataclass(frozen=True)
class Sheet:
    """One sheet: title lines, a header, rows, and lines below. Numbers and dates become real cells, text stays text."""

    name: str
    columns: Columns
    before: tuple[tuple[str, ...], ...] = ()
    after: tuple[tuple[str, ...], ...] = ()

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values())))


def write_workbook(file: Path, sheets: list[Sheet]) -> None:
    names = [f"xl/worksheets/sheet{i + 1}.xml" for i in range(len(sheets))]
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/>'
        + "".join(f'<Override PartName="/{name}" ContentType="{_KIND}.worksheet+xml"/>' for name in names)
        + "</Types>",
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_RELS}"><sheets>'
        + "".join(f'<sheet name="{sheet.name}" sheetId="{i + 1}" r:id="rId{i + 1}"/>' for i, sheet in enumerate(sheets))
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{i + 1}" Type="{_RELS}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>' for i in range(len(sheets))
        )
        + f'<Relationship Id="rId{len(sheets) + 1}" Type="{_RELS}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="1"><font/></fonts>'
        '<fills count="1"><fill><patternFill patternType="none"/></fill></fills>'
        '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
        '<cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
    }
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in parts.items():
            _add(archive, name, content.encode())
        for name, sheet in zip(names, sheets, strict=True):
            _add(archive, name, _sheet_xml(sheet))


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content, compresslevel=3)


def _sheet_xml(sheet: Sheet) -> bytes:
    top = "".join(_line(cells) for cells in (*sheet.before, tuple(sheet.columns)))
    below = "".join(_line(cells) for cells in sheet.after)
    body = b""
    if sheet.rows:
        cells = [_cells(column) for column in sheet.columns.values()]
        body = "".join(join("<row>", *cells, "</row>").to_pylist()).encode()
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{top}'.encode() + body + f"{below}</sheetData></worksheet>".encode()


def _line(cells: tuple[str, ...]) -> str:
    return "<row>" + "".join(_cells(pa.array([cell])).to_pylist()[0] for cell in cells) + "</row>"


def _cells(column: pa.Array) -> pa.Array:
    """The column's cells as XML; a missing value is an empty cell, so that the cells after it keep their place."""
    if pa.types.is_date(column.type):
        serial = pa.array(column.cast(pa.int32()).to_numpy(zero_copy_only=False) + 25569.0, from_pandas=True)
        cells = join(f'<c s="{_DATE_STYLE}"><v>', serial.cast(pa.int64()).cast(pa.string()), "</v></c>")
    elif pa.types.is_string(column.type):
        text = column
        for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
            text = pc.replace_substring(text, mark, entity)
        cells = join('<c t="inlineStr"><is><t xml:space="preserve">', text, "</t></is></c>")
    else:
        cells = join("<c><v>", column.cast(pa.string()), "</v></c>")
    return pc.if_else(pa.array(np.asarray(column.is_valid())), cells, pa.scalar("<c/>"))

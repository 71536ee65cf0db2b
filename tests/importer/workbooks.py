"""Builds small workbooks part by part, so that each test says exactly what stands in the file."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from gaps.importer.sheets import letters

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."


@dataclass(frozen=True)
class Raw:
    """A cell written as given: the attributes and the content of its <c> element."""

    attributes: str
    content: str


ERROR = Raw(' t="e"', "<v>#N/A</v>")
TRUE = Raw(' t="b"', "<v>1</v>")
DATE = Raw(' s="1"', "<v>45413</v>")
FORMULA_WITHOUT_VALUE = Raw("", "<f>1+1</f><v></v>")


def cell(row: int, column: int, value) -> str:
    """One <c> element; None leaves the cell out."""
    if value is None or value == "":
        return ""
    at = f"{letters(column)}{row}"
    if isinstance(value, Raw):
        return f'<c r="{at}"{value.attributes}>{value.content}</c>'
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{at}"><v>{value}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(str(value))}</t></is></c>'


def sheet_xml(
    rows: Iterable[Iterable], *, first_row: int = 1, hidden_rows: Iterable[int] = (), extra: str = "", dimension: str = ""
) -> str:
    """A worksheet part. `extra` is put behind the last row."""
    hidden = set(hidden_rows)
    lines = []
    for number, row in enumerate(rows, first_row):
        attribute = ' hidden="1"' if number in hidden else ""
        lines.append(f'<row r="{number}"{attribute}>{"".join(cell(number, c, v) for c, v in enumerate(row))}</row>')
    declared = f'<dimension ref="{dimension}"/>' if dimension else ""
    content = f"{declared}<sheetData>{''.join(lines)}{extra}</sheetData>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="{MAIN}">{content}</worksheet>'


def merged(rows: Iterable[Iterable], *ranges: str) -> str:
    """A worksheet part with merged cells."""
    listed = "".join(f'<mergeCell ref="{of}"/>' for of in ranges)
    return sheet_xml(rows).replace("</worksheet>", f'<mergeCells count="{len(ranges)}">{listed}</mergeCells></worksheet>')


STYLES = f"""<?xml version="1.0" encoding="UTF-8"?>
<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts>
<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs>
<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>"""


def parts(sheets: Mapping[str, str], hidden: Iterable[str] = ()) -> dict[str, str]:
    """All parts of a workbook whose worksheets are given as XML."""
    names = list(sheets)
    numbers = range(1, len(names) + 1)
    state = {n: ' state="hidden"' if n in set(hidden) else "" for n in names}
    listed = "".join(f'<sheet name="{escape(n)}" sheetId="{i}"{state[n]} r:id="rId{i}"/>' for i, n in zip(numbers, names, strict=True))
    relations = "".join(f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>' for i in numbers)
    relations += f'<Relationship Id="rId{len(names) + 1}" Type="{OFFICE}/styles" Target="styles.xml"/>'
    overrides = "".join(f'<Override PartName="/xl/worksheets/sheet{i}.xml" ContentType="{TYPE}worksheet+xml"/>' for i in numbers)
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return {
        "[Content_Types].xml": f'{declaration}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}styles+xml"/>{overrides}</Types>',
        "_rels/.rels": f'{declaration}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{declaration}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'{declaration}<Relationships xmlns="{PACKAGE}/relationships">{relations}</Relationships>',
        "xl/styles.xml": STYLES,
        **{f"xl/worksheets/sheet{i}.xml": xml for i, xml in zip(numbers, sheets.values(), strict=True)},
    }


def package(content: Mapping[str, str | bytes]) -> bytes:
    """Zip parts up."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook(sheets: Mapping[str, Iterable[Iterable] | str], hidden: Iterable[str] = ()) -> bytes:
    """A workbook from rows per sheet (or a sheet's XML as text)."""
    return package(parts({n: rows if isinstance(rows, str) else sheet_xml(rows) for n, rows in sheets.items()}, hidden))


ITEMS = range(1, 23)
PAIRS = [f"{b}{i}" for i in ITEMS for b in "EP"]


def answers(respondent: int, count: int = 44) -> list[int]:
    """Answers on 1 to 7, different for each respondent, 7 and 1 among them."""
    return [(respondent * 3 + k * 5 + respondent * k) % 7 + 1 for k in range(count)]


def customers(n: int = 12, **columns) -> list[list]:
    """A clean customers sheet with the 22 pairs: three units, overall quality, and more columns by name (a list of n values each)."""
    head = ["respondent", "unit", *PAIRS, "overall_quality", *columns]
    rows = [[f"r{i}", f"Branch {i % 3 + 1}", *answers(i), i % 7 + 1, *(c[i] for c in columns.values())] for i in range(n)]
    return [head, *rows]


SETTINGS = [
    ["setting", "value"],
    ["title", "A study"],
    ["scale_min", 1],
    ["scale_max", 7],
    ["overall_quality_min", 1],
    ["overall_quality_max", 7],
]


def changed(rows: list[list], row: int, column: str, value) -> list[list]:
    """The same rows with one cell changed; `row` as seen in Excel, the column by its header."""
    copy = [list(r) for r in rows]
    copy[row - 1][copy[0].index(column)] = value
    return copy


def without(rows: list[list], *names: str) -> list[list]:
    """The same rows without some columns."""
    keep = [i for i, h in enumerate(rows[0]) if h not in names]
    return [[row[i] for i in keep] for row in rows]

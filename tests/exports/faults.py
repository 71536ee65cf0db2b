"""One file for each shape of a survey tool and for each fault, named after what it must raise.

`CODE.what.extension`: the code is said of it; where the code is an error, it alone is, and there is no study. `same.what.extension`: the
file gives the study of its clean twin and nothing more is said. To look at them: `python tests/exports/faults.py FOLDER` writes them all.
"""

from __future__ import annotations

import io
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

sys.path += [str(Path(__file__).parents[1] / "importer"), str(Path(__file__).parents[2])]

import exports
import files
import workbooks
from files import TRUE, ods, ole, page, record, xls, xml_2003
from workbooks import ERROR, FORMULA_WITHOUT_VALUE, MAIN, OFFICE, PACKAGE, Raw, changed, customers, package, parts, sheet_xml, workbook

ROWS = customers(12)
E4 = ROWS[1][ROWS[0].index("E4")]
BLANKED = changed(ROWS, 2, "E4", None)  # the twin of files in which one answer is none

FILES: dict[str, Callable[[], bytes]] = {}
BLANK_TWIN: set[str] = set()  # names of files whose twin has a blank in place of one answer


def file(name: str, blank: bool = False) -> Callable:
    """Register what makes a file under its name."""

    def register(make: Callable[[], bytes]) -> Callable[[], bytes]:
        FILES[name] = make
        if blank:
            BLANK_TWIN.add(name)
        return make

    return register


def csv(rows: list[list], separator: str = ",") -> bytes:
    return "".join(separator.join("" if c is None else str(c) for c in row) + "\r\n" for row in rows).encode()


def book(**changes: str | bytes) -> dict[str, str | bytes]:
    """The parts of a clean workbook, some of them replaced (`sheet` is the worksheet)."""
    content: dict[str, str | bytes] = dict(parts({"customers": changes.pop("sheet", sheet_xml(ROWS))}))
    return content | changes


def deflated(block: bytes, times: int) -> bytes:
    """The block so many times, packed without packing each."""
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    return (pack.compress(block) + pack.flush(zlib.Z_FULL_FLUSH)) * times + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def with_packed(content: dict, name: str, packed: bytes, declared: int, crc: int = 0) -> bytes:
    """A package with one more part, given as it is to stand in the file, and the size that it says it has."""
    buffer = io.BytesIO(package(content))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), packed)  # stored, then declared to be deflated
    out = bytearray(buffer.getvalue())
    local = out.rindex(b"PK\x03\x04", 0, out.index(name.encode()) + 1)
    place = out.rindex(b"PK\x01\x02", 0, out.rindex(name.encode()))
    for at, method, size in ((local, 8, 22), (place, 10, 24)):
        struct.pack_into("<H", out, at + method, 8)
        struct.pack_into("<I", out, at + size, declared)
        struct.pack_into("<I", out, at + size - 8, crc)
    return bytes(out)


# -- survey tools: every shape is recognised

for tool in (*exports.TOOLS.values(), exports.qualtrics_legacy):
    file(f"export_recognised.{tool.__name__}.csv")(lambda tool=tool: exports.as_csv(tool(), delimiter=";" if tool is exports.kobo else ","))
file("export_recognised.wenjuanxing.xls")(lambda: xls(exports.wenjuanxing(), 936, name="Sheet1"))
file("export_recognised.microsoft_forms.xlsx")(lambda: workbook({"Form1": exports.microsoft_forms()}))
file("export_recognised.kobo.xlsx")(lambda: workbook({"data": exports.kobo()}))
file("same.spss.sav")(lambda: files.sav(ROWS))

# -- no workbook, or another one than its name says

file("file_damaged.truncated.xlsx")(lambda: workbook({"customers": ROWS})[:-200])
file("file_damaged.truncated.xls")(lambda: xls(ROWS)[:-3000])
file("file_damaged.truncated.ods")(lambda: ods({"customers": ROWS})[:-100])
file("file_damaged.no_zip.xlsx")(lambda: b"PK\x03\x04 this is no zip archive")
file("file_not_a_table.picture.xlsx")(lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
file("file_empty.xlsx")(lambda: b"")
file("file_encrypted.xlsx")(lambda: ole(bytes(5000), "EncryptedPackage", others=["EncryptionInfo"]))
file("file_encrypted.xls")(lambda: xls(ROWS, more=record(0x2F, bytes(6))))
file("file_encrypted.ods")(lambda: ods({"customers": ROWS}, manifest="<manifest:encryption-data/>"))
file("file_strict.xlsx")(lambda: package({n: x.replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main") for n, x in book().items()}))
file("file_html.sign_in_page.xls")(lambda: b"<html><form><table><tr><td>User<td><input></table></form></html>")
file("same.web_page.xls")(lambda: page(ROWS))
file("same.xml_2003.xls")(lambda: xml_2003(ROWS))
file("same.csv.xls")(lambda: csv(ROWS))
file("same.csv.xlsx")(lambda: csv(ROWS, ";"))

# -- bombs

file("file_too_large.bomb.xlsx")(lambda: package(book(sheet=sheet_xml(ROWS, extra=" " * (80 << 20)))))


@file("file_too_large.part_of_a_gigabyte.xlsx")
def _gigabyte() -> bytes:
    return with_packed(book(), "xl/media/a.xml", deflated(bytes(1 << 20), 1 << 10), 1 << 30)


@file("file_damaged.bomb_that_says_it_is_small.xlsx")
def _liar() -> bytes:
    return with_packed(book(), "xl/bomb.xml", deflated(b"<a/>" * (1 << 18), 256), 1 << 20)


file("file_too_large.many_bombs.xlsx")(lambda: package(book(**{f"xl/media/{i}.bin": bytes(60 << 20) for i in range(5)})))
file("file_too_large.many_parts.xlsx")(lambda: package(book(**{f"x/{i}": "" for i in range(2001)})))


@file("file_unsafe.one_part_for_two_names.xlsx")
def _quine() -> bytes:
    """Entries that overlap, as in a bomb without nesting: the first part reaches into the second."""
    data = bytearray(package(book()))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/styles.xml"))
    (size,) = struct.unpack_from("<I", data, place + 20)
    struct.pack_into("<I", data, place + 20, size + 40)
    return bytes(data)


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
file("file_unsafe.entities.xlsx")(lambda: package(book(sheet=sheet_xml(ROWS).replace("?>\n", f"?>\n{LAUGHS}", 1))))
file("file_unsafe.entities.ods")(lambda: ods({"customers": ROWS}, manifest=LAUGHS))
file("file_unsafe.entities.xls")(lambda: xml_2003(ROWS).replace(b"?>\n", b"?>\n" + LAUGHS.encode(), 1))
file("file_unsafe.entity_from_a_file.xlsx")(
    lambda: package(book(sheet=sheet_xml(ROWS).replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', 1)))
)


@file("file_needs_too_much_memory.one_text_in_many_cells.xlsx")
def _amplified() -> bytes:
    """A shared text of 32,767 letters in 200,000 cells: 6.5 GB where each cell has its own copy."""
    rows = "".join(
        f'<row r="{r}">' + "".join(f'<c r="{workbooks.letters(c)}{r}" t="s"><v>0</v></c>' for c in range(40)) + "</row>"
        for r in range(2, 5002)
    )
    content = book(sheet=sheet_xml(ROWS[:1], extra=rows))
    content["xl/sharedStrings.xml"] = f'<?xml version="1.0"?>\n<sst xmlns="{MAIN}"><si><t>{"x" * 32767}</t></si></sst>'
    relation = f'<Relationship Id="s" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
    content["xl/_rels/workbook.xml.rels"] = content["xl/_rels/workbook.xml.rels"].replace("</Relationships>", relation)
    return package(content)


# -- cells far away

LAST = '<row r="1048576"><c r="{}1048576"{}</c></row>'
BLANK = LAST.format("B", ' t="inlineStr"><is><t xml:space="preserve"> </t></is>')
CORNER = LAST.format("XFD", "><v>1</v>")
REPEATED = '<table:table-row table:number-rows-repeated="{}"><table:table-cell table:number-columns-repeated="16384" {}/></table:table-row>'
file("sheet_too_large.cell_in_the_last_corner.xlsx")(lambda: package(book(sheet=sheet_xml(customers(300), extra=CORNER))))
file("header_missing.cell_in_the_last_corner_of_a_small_survey.xlsx")(lambda: package(book(sheet=sheet_xml(ROWS, extra=CORNER))))
file("sheet_too_large.cell_in_the_last_corner.xls")(lambda: xls([*ROWS, [record(0x0203, struct.pack("<HHHd", 65535, 255, 0, 1))]]))
file("sheet_too_large.cell_beyond_any_corner.xls")(lambda: xls([*ROWS, [record(0x0203, struct.pack("<HHHd", 65535, 65535, 0, 1))]]))
file("sheet_too_large.whole_sheet_of_repeated_cells.ods")(
    lambda: ods(
        {"customers": ROWS},
        extra=REPEATED.format(1_048_576, 'office:value-type="float" office:value="1"'),
    )
)
file("same.blank_in_the_last_row.xlsx")(lambda: package(book(sheet=sheet_xml(ROWS, extra=BLANK))))
file("same.blank_in_the_last_row.xls")(lambda: xls([*ROWS, [record(0x0204, struct.pack("<HHHHB", 65535, 1, 0, 1, 1) + b" \0")]]))
file("same.blank_rows_to_the_last.ods")(
    lambda: ods(
        {"customers": ROWS},
        extra=REPEATED.format(1_048_500, ""),
    )
)
file("same.blank_in_the_last_row.ods")(
    lambda: ods(
        {"customers": ROWS},
        extra=REPEATED.format(1_048_500, "")
        + '<table:table-row><table:table-cell office:value-type="string"><text:p> </text:p></table:table-cell></table:table-row>',
    )
)
file("same.formatting_in_the_last_corner.xlsx")(
    lambda: package(book(sheet=sheet_xml(ROWS, extra='<row r="1048576"><c r="XFD1048576" s="1"/></row>')))
)
file("same.too_small_a_dimension.xlsx")(lambda: package(book(sheet=sheet_xml(ROWS, dimension="A1:A1"))))
file("same.too_large_a_dimension.xlsx")(lambda: package(book(sheet=sheet_xml(ROWS, dimension="A1:XFD1048576"))))


@file("column_ignored.16384_columns.xlsx")
def _wide() -> bytes:
    """Every column of the sheet is in use: by a remark of each respondent's own."""
    more = 16_384 - len(ROWS[0])
    rows = [[*ROWS[0], *(f"note {i}" for i in range(more))], *([*row, *(f"{row[0]} {i}" for i in range(more))] for row in ROWS[1:])]
    return workbook({"customers": rows})


# -- what a workbook refers to

LINK = f'<?xml version="1.0"?>\n<externalLink xmlns="{MAIN}"><externalBook xmlns:r="{OFFICE}" r:id="rId1"/></externalLink>'
LINKED = (
    f'<?xml version="1.0"?>\n<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{OFFICE}/externalLinkPath" '
    'Target="file:///\\\\example.invalid\\share\\other.xlsx" TargetMode="External"/></Relationships>'
)
file("same.external_link.xlsx")(
    lambda: package(
        book(
            sheet=sheet_xml(changed(ROWS, 2, "E4", Raw("", f"<f>[1]Sheet1!A1</f><v>{E4}</v>"))),
            **{"xl/externalLinks/externalLink1.xml": LINK, "xl/externalLinks/_rels/externalLink1.xml.rels": LINKED},
        )
    )
)

# -- answers that are none: their twin has a blank there

for name, code in (("NaN", "not_finite"), ("INF", "not_finite"), ("-INF", "not_finite"), ("1E999", "not_finite")):
    file(f"{code}.{name.lower()}.xlsx", True)(lambda name=name: workbook({"customers": changed(ROWS, 2, "E4", Raw("", f"<v>{name}</v>"))}))
ODS_ERROR = '<table:table-cell table:formula="of:=1/0" office:value-type="{}" {} {}><text:p>{}</text:p></table:table-cell>'
CALC = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" calcext:value-type="error"'
ERRORS = {
    "xlsx": lambda: workbook({"customers": changed(ROWS, 2, "E4", ERROR)}),
    "xls": lambda: xls(changed(ROWS, 2, "E4", files.ERROR)),
    "formula.xls": lambda: xls(changed(ROWS, 2, "E4", files.FORMULA_ERROR), 936),
    "xml_2003.xls": lambda: xml_2003(changed(ROWS, 2, "E4", '<Cell><Data ss:Type="Error">#N/A</Data></Cell>')),
    "as_text.ods": lambda: ods({"customers": changed(ROWS, 2, "E4", ODS_ERROR.format("string", 'office:string-value=""', CALC, "#N/A"))}),
    "as_number.ods": lambda: ods({"customers": changed(ROWS, 2, "E4", ODS_ERROR.format("float", 'office:value="3"', "", "Err:502"))}),
}  # fmt: skip
for name, make in ERRORS.items():
    file(f"error_in_answer.{name}", True)(make)
file("boolean_in_answer.xlsx", True)(lambda: workbook({"customers": changed(ROWS, 2, "E4", workbooks.TRUE)}))
file("boolean_in_answer.xls", True)(lambda: xls(changed(ROWS, 2, "E4", TRUE)))
file("formulas_without_values.xlsx", True)(lambda: workbook({"customers": changed(ROWS, 2, "E4", FORMULA_WITHOUT_VALUE)}))

# -- answers in another dress

file("number_shown_as_date.xlsx")(lambda: workbook({"customers": changed(ROWS, 2, "E4", Raw(' s="1"', f"<v>{E4}</v>"))}))
PERCENT = workbooks.STYLES.replace('numFmtId="14"', 'numFmtId="9"')
file("same.shown_as_percent.xlsx")(
    lambda: package(book(sheet=sheet_xml(changed(ROWS, 2, "E4", Raw(' s="1"', f"<v>{E4}</v>"))), **{"xl/styles.xml": PERCENT}))
)


@file("number_shown_as_date.1904.xlsx")
def _1904() -> bytes:
    content = book(sheet=sheet_xml(changed(ROWS, 2, "E4", Raw(' s="1"', f"<v>{E4}</v>"))))
    return package(content | {"xl/workbook.xml": content["xl/workbook.xml"].replace("<sheets>", '<workbookPr date1904="1"/><sheets>')})


file("same.1904.xls")(lambda: xls(ROWS, epoch_1904=True))
file("numeric_text.full_width_digit.xlsx")(lambda: workbook({"customers": changed(ROWS, 2, "E4", "１２３４５６７"[E4 - 1])}))
file("numeric_text.xlsx")(lambda: workbook({"customers": [ROWS[0], *([*row[:2], *(f" {c} " for c in row[2:])] for row in ROWS[1:])]}))
file("rows_hidden.xlsx")(lambda: package(book(sheet=sheet_xml(ROWS, hidden_rows=[3, 4]))))
file("rows_hidden.xls")(lambda: xls(ROWS, hidden_rows=[3, 4]))
file("columns_hidden.xls")(lambda: xls(ROWS, hidden_columns=[(3, 4)]))


def main(folder: str) -> None:
    """Write all files into a folder."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    for name, make in FILES.items():
        (Path(folder) / name).write_bytes(make())


if __name__ == "__main__":
    main(sys.argv[1])

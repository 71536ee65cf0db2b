"""Tables of web pages and XML spreadsheets of 2003 under a name that ends with .xls: read as their twin, or refused, and soon."""

import io
import time

import pytest
from files import page, xml_2003
from workbooks import ERROR, changed, customers, workbook

from gaps.importer import markup, read_study

ROWS = customers(12)
TWIN = read_study(workbook({"customers": ROWS}), "survey")


def same(data: bytes, *said: str) -> None:
    """The study of the clean workbook, and nothing else said."""
    imported = read_study(data, "survey.xls")
    usual = {p.code for p in TWIN.problems}
    assert [p.code for p in imported.problems if p.code not in usual] == list(said)
    assert imported.study.fingerprint == TWIN.study.fingerprint


LOOSE = (
    "<TABLE><THEAD><TR><TH>"
    + "<TH>".join(map(str, ROWS[0]))
    + "</THEAD>"
    + "".join(
        f"<!-- row {i} --><TR CLASS='a>b' TITLE=it's><TD style=\"mso-number-format:'0'\">"
        + "\n<TD>".join(f"<FONT COLOR=red> {c}&nbsp;</FONT>" for c in row)
        for i, row in enumerate(ROWS[1:])
    )
)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (page(ROWS), ()),
        (page(ROWS, "utf-8", before="<table><tr><td>Menu</td><td>Sign out</td></tr></table>", after="<script>1 < 2 '</td>'</script>"), ()),
        (page([["Survey 2026"], *ROWS]), ("header_not_first",)),
        (page(ROWS, before="<table><tr><td>", after="</td></tr></table>"), ()),
        (LOOSE.encode(), ()),
        (b"\xef\xbb\xbf" + page(ROWS), ()),
        (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x">' + page(ROWS), ()),
        (xml_2003(ROWS), ()),
        (xml_2003(ROWS, name="Sheet1", extra="<Row/><Row><Cell/></Row>"), ()),
        (xml_2003(ROWS, hidden_rows=[2, 5]), ("rows_hidden",)),
        (xml_2003(ROWS, columns='<Column/><Column ss:Index="3" ss:Span="1" ss:Hidden="1"/>'), ("columns_hidden",)),
    ],
)  # fmt: skip
def test_the_same_as_its_twin(data, said):
    same(data, *said)


@pytest.mark.parametrize(
    ("encoding", "unit"), [("gb2312", "南京东路"), ("big5", "南京東路"), ("iso-8859-1", "Süd – 1"), ("utf-8", "Łódź & <b>")]
)
def test_the_encoding_that_a_page_names(encoding, unit):
    rows = [ROWS[0], *([r[0], unit, *r[2:]] for r in ROWS[1:])]
    data = page(rows, "cp1252").replace(b"cp1252", b"iso-8859-1") if encoding == "iso-8859-1" else page(rows, encoding)
    imported = read_study(data, "a.xls")
    assert imported.study.units == (unit,)
    assert not {"encoding_guessed", "letters_unreadable"} & {p.code for p in imported.problems}


def test_merged_cells_and_exact_values():
    """A merged cell's text stands in its first cell; what is shown is not more exact than what is meant."""
    text = (
        "<table><tr><th rowspan=2>unit</th><th colspan=2>one<br>two</th><th>x<th>y</tr><tr><th>E1<th>P1<th colspan='3'>E2</tr>"
        '<tr><td>a<td x:num="4.25">4,3</td><td sdval="5">5.0<td x:num>6<td x:num="39083">1 May</tr></table>'
    )
    [table] = markup.tables_of_page(text)
    assert table.rows == [["unit", "one two", "", "x", "y"], ["", "E1", "P1", "E2", "", ""], ["a", "4.25", "5", "6", "1 May"]]


def test_an_error_in_an_xml_spreadsheet_is_told_as_in_a_workbook():
    cell = '<Cell ss:Formula="=NA()"><Data ss:Type="Error">#N/A</Data></Cell>'
    old, new = (read_study(data, "survey") for data in (
        xml_2003(changed(ROWS, 3, "E4", cell)), workbook({"customers": changed(ROWS, 3, "E4", ERROR)})))  # fmt: skip
    assert old.problems == new.problems
    assert old.report.roles == new.report.roles
    assert old.study.fingerprint == new.study.fingerprint


def test_cells_of_an_xml_spreadsheet():
    lines = (
        '<Row ss:Index="2"><Cell ss:Index="2"><Data ss:Type="String">a<B xmlns="x">b</B></Data><Comment><Data>no</Data></Comment></Cell>'
        '<Cell ss:MergeAcross="2"/><Cell><Data ss:Type="Boolean">1</Data></Cell>'
        '<Cell><Data ss:Type="DateTime">1900-01-05T00:00:00.000</Data></Cell></Row>'
    )
    [table] = markup.tables_of_workbook(io.BytesIO(xml_2003([], extra=lines)).read)
    [blank, row] = table.rows
    assert blank == []
    assert row[:6] == ["", "ab", "", "", "", True]
    assert row[-1].isoformat() == "1900-01-05T00:00:00"
    at = f"1900-01-0{ROWS[1][ROWS[0].index('E4')]}T00:00:00.000"
    same(xml_2003(changed(ROWS, 2, "E4", f'<Cell><Data ss:Type="DateTime">{at}</Data></Cell>')), "number_shown_as_date")


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table><Row><Cell>'
    "<Data>&b;</Data></Cell></Row></Table></Worksheet></Workbook>"
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"<html><form><table><tr><td>User</td><td><input></td></tr><tr><td>Code</td><td><input></td></tr></table></form>", "file_html"),
        (b"<html>", "file_html"),
        (b"<table>" * 50_000, "file_html"),
        (b"<table><tr>" + b"<td colspan=1000>" * 30_000, "file_needs_too_much_memory"),
        (b"<table><tr>" + b"<td colspan=1000>1<td><tr>" * 30_000, "file_needs_too_much_memory"),
        (BOMB.encode(), "file_unsafe"),
        (BOMB.replace("<!DOCTYPE", " " * 5000 + "<!DOCTYPE").encode(), "file_other_format"),
        (BOMB.replace("<!DOCTYPE", "<?a urn:schemas-microsoft-com:office:spreadsheet?>" + " " * 5000 + "<!").encode(), "file_damaged"),
        (xml_2003(ROWS)[:-900], "file_damaged"),
        (xml_2003(ROWS, extra='<Row ss:Index="2"/>'), "file_damaged"),
        (xml_2003(ROWS, extra='<Row ss:Index="99999999999"/>'), "file_damaged"),
        (xml_2003(ROWS, extra='<Row><Cell ss:Index="16385"/></Row>'), "file_needs_too_much_memory"),
        (xml_2003(ROWS, extra='<Row><Cell ss:Index="16384"/></Row>' * 2000), "file_needs_too_much_memory"),
        (xml_2003(changed(ROWS, 3, "E4", '<Cell><Data ss:Type="Number">five</Data></Cell>')), "file_damaged"),
    ],
)  # fmt: skip
def test_refused(data, code):
    imported = read_study(data, "a.xls")
    assert [p.code for p in imported.problems] == [code]
    assert imported.study is None


def seconds(text: str) -> float:
    start = time.thread_time()
    markup.tables_of_page(text)
    return time.thread_time() - start


@pytest.mark.parametrize(
    "filling",
    [
        "<td ",
        '<td "',
        "<table ",
        "<td title='",
        "<!--",
        "<!-- -->",
        "<script",
        "<script>",
        "<tr><td>1",
        "&#1;<br>",
        "<",
        '<td a="b" c',
        "</table>",
    ],
)
def test_pages_made_to_keep_the_reader_busy(filling):
    """Four times the text takes about four times as long, not sixteen: nothing is tried again and again."""

    def text(size: int) -> str:
        return "<table><tr>" + filling * (size // len(filling))

    seconds(text(1000))
    one, four = (min(seconds(text(size)) for _ in range(3)) for size in (60_000, 240_000))
    assert four < 9 * one + 0.02

"""Large study workbooks for measuring, written as sheet XML straight into the zip: 100,000 x 53 in a few seconds."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ITEMS = 22
DIMENSIONS = (range(0, 4), range(4, 9), range(9, 13), range(13, 17), range(17, 22))  # SERVQUAL 1991: 4, 5, 4, 4, 5 items
WEIGHTS = (0.15, 0.45, 0.2, 0.1, 0.1)  # of the dimensions in overall quality
TEXT = ("respondent", "unit", "wave", "age", "channel", "customer_since")
OUTCOMES = ("overall_quality", "satisfaction", "recommend")
HEADER = (*TEXT, *OUTCOMES, *(f"E{i}" for i in range(1, ITEMS + 1)), *(f"P{i}" for i in range(1, ITEMS + 1)))
WORDS = (
    [f"Branch {i}" for i in range(1, 37)],
    ["2025-H2", "2026-H1", "2026-H2"],
    ["under 30", "30-44", "45-59", "60 and over"],
    ["branch", "phone", "online"],
    [f"{year}" for year in range(2005, 2027)],
)
CHUNK = 20_000

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f"""<Types xmlns="{_PACKAGE}/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="{_KIND}.sharedStrings+xml"/>
</Types>""",
    "_rels/.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>
</Relationships>""",
    "xl/workbook.xml": f"""<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">
<sheets><sheet name="customers" sheetId="1" r:id="rId1"/></sheets>
</workbook>""",
    "xl/_rels/workbook.xml.rels": f"""<Relationships xmlns="{_PACKAGE}/relationships">
<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
</Relationships>""",
}


def column_name(index: int) -> str:
    """A, B, ... Z, AA, ... of a column counted from 0."""
    first, last = divmod(index, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)


def answers(rng: np.random.Generator, n: int) -> np.ndarray:
    """Outcomes, expectations and perceptions of n customers on 1 to 7; -1 = blank (3 %). Reliability drives quality."""
    person = rng.normal(0, 0.5, (n, 1))
    expected = rng.normal(6.0, 0.6, (n, ITEMS)) + 0.6 * person
    felt = np.repeat(rng.normal(0, 0.6, (n, len(DIMENSIONS))), [len(d) for d in DIMENSIONS], axis=1)
    perceived = rng.normal(5.0, 0.8, (n, ITEMS)) + person + felt
    score = sum(w * perceived[:, list(d)].mean(axis=1) for w, d in zip(WEIGHTS, DIMENSIONS, strict=True))
    outcomes = score[:, None] + rng.normal(0, 0.5, (n, len(OUTCOMES)))
    table = np.clip(np.rint(np.hstack([outcomes, expected, perceived])), 1, 7).astype(int)
    table[rng.random(table.shape) < 0.03] = -1
    return table


def rows(rng: np.random.Generator, n: int) -> Iterator[str]:
    """The sheet's XML, row by row. Text cells point into the shared strings: header, then words, then one name a respondent."""
    starts = np.cumsum([len(HEADER), *map(len, WORDS)])
    before = [f'<c r="{column_name(c)}' for c in range(len(HEADER))]
    yield '<row r="1">' + "".join(f'{b}1" t="s"><v>{i}</v></c>' for i, b in enumerate(before)) + "</row>"
    text, numbers = before[: len(TEXT)], before[len(TEXT) :]
    cell = {value: f'"><v>{value}</v></c>' for value in range(1, 8)}
    for done in range(0, n, CHUNK):
        size = min(CHUNK, n - done)
        names = np.arange(done, done + size) + starts[-1]
        codes = np.column_stack([names, *(rng.integers(0, len(w), size) + s for w, s in zip(WORDS, starts, strict=False))]).tolist()
        for number, (strings, values) in enumerate(zip(codes, answers(rng, size).tolist(), strict=True), start=done + 2):
            texts = "".join([f'{b}{number}" t="s"><v>{i}</v></c>' for b, i in zip(text, strings, strict=True)])
            answered = "".join([f"{b}{number}{cell[v]}" for b, v in zip(numbers, values, strict=True) if v > 0])
            yield f'<row r="{number}">{texts}{answered}</row>'


def write(path: Path, n: int, seed: int = 1) -> None:
    """Write a workbook of n respondents x 53 columns."""
    rng = np.random.default_rng(seed)
    names = [*HEADER, *(word for words in WORDS for word in words)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, text in _PARTS.items():
            book.writestr(name, _XML + text)
        with book.open("xl/sharedStrings.xml", "w", force_zip64=True) as part:
            part.write(f'{_XML}<sst xmlns="{_MAIN}">'.encode())
            part.write("".join(f"<si><t>{name}</t></si>" for name in names).encode())
            part.write("".join([f"<si><t>R{i:07d}</t></si>" for i in range(1, n + 1)]).encode())
            part.write(b"</sst>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'{_XML}<worksheet xmlns="{_MAIN}"><dimension ref="A1:{column_name(len(HEADER) - 1)}{n + 1}"/><sheetData>'.encode())
            buffer: list[str] = []
            for row in rows(rng, n):
                buffer.append(row)
                if len(buffer) == 1000:
                    part.write("".join(buffer).encode())
                    buffer.clear()
            part.write("".join(buffer).encode())
            part.write(b"</sheetData></worksheet>")


def cached(folder: Path, n: int) -> Path:
    """The workbook of n respondents, written once."""
    path = folder / f"bench-{n}-v1.xlsx"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".part")
        write(unfinished, n)
        unfinished.replace(path)
    return path

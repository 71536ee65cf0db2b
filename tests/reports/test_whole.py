"""The whole result in one workbook is the result file, sheet by sheet."""

import io
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from gaps import result
from gaps.analysis import analyse
from gaps.i18n import LANGUAGES, Words
from gaps.importer import read_study
from gaps.reports.whole import whole
from gaps.reports.workbook import About

SAMPLE = Path(__file__).parents[2] / "data" / "sample.xlsx"


@pytest.fixture(scope="module")
def analysis():
    return analyse(read_study(((SAMPLE.name, SAMPLE.read_bytes()),)).study, resamples=20)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_and_finding_is_there(analysis, language):
    words = Words(language)
    made = whole(analysis, About(title="all", study="s", day=date(2026, 1, 1)), words)
    book = openpyxl.load_workbook(io.BytesIO(made), read_only=True)
    sheets = {name: list(book[words(f"reports.sheet.{name}")].iter_rows(values_only=True)) for name in ("findings", "gaps", "drivers")}
    found = result.headline(analysis, ())
    assert len(sheets["findings"]) == len(analysis.findings) + 1
    assert len(sheets["gaps"]) == len(found["gaps"]) + 1
    head = sheets["gaps"][0]
    assert [row[head.index("mean")] for row in sheets["gaps"][1:]] == pytest.approx([row["mean"] for row in found["gaps"]])
    assert len(sheets["drivers"]) == sum(max(len(fit["terms"]), 1) for fit in found["drivers"]) + 1
    figures = list(book[words("reports.sheet.figures")].iter_rows(values_only=True))
    assert [row[1] for row in figures[1:]] == pytest.approx([figure.value for _, figure in analysis.figures.each()])
    fixes = list(book[words("reports.sheet.first")].iter_rows(values_only=True))
    assert [row[0] for row in fixes[1:]] == [fix["dimension"] for fix in found["first"]]
    for row in fixes[1:]:  # the interval of the gap tables, which the overview shows too, not that of the priorities
        gap = next(g for g in found["gaps"] if (g["gap"], g["dimension"], g["unit"], g["wave"], g["item"]) == (5, row[0], None, None, None))
        assert row[fixes[0].index("mean") :] == pytest.approx((gap["mean"], gap["low"], gap["high"]))
    meant = {row[0]: row[1] for row in book[words("reports.sheet.about")].iter_rows(values_only=True) if row and row[0]}
    assert [name for name in (*head, *sheets["drivers"][0], *sheets["findings"][0], *figures[0], *fixes[0]) if not meant.get(name)] == []

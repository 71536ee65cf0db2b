import pytest

from gaps.reports.filename import LONGEST, filename


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Rail kiosk, 2025/26", "gap-bars"), "rail-kiosk-2025-26-gap-bars"),
        (("Café Zürich", "diagram"), "cafe-zurich-diagram"),
        (("顾客满意度调查", "diagram"), "study-diagram"),
        (("", "results"), "study-results"),
        (("../../etc/passwd\u202e.xlsx", "x"), "etc-passwd-xlsx-x"),
        (("=1+1", ""), "1-1"),
    ],
)
def test_a_name_that_every_system_takes(parts, name):
    assert filename(*parts) == name


def test_a_long_title_is_cut():
    assert len(filename("a b " * 100, "chart")) <= LONGEST + len("-chart")

"""Waves stand in the order of time, whatever their names look like; and what the names leave open is a doubt."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaps.importer.wave_names import Convention, plain, read
from gaps.importer.wave_order import DAYS, MOST, READING, UNKNOWN, WaveOrder, in_order

# Each line in the order of time. That of the file must not matter, nor must the alphabet.
CERTAIN = """
31.12.2025 | 01.03.2026
Oct 2025 | Jan 2026
12.2025 | 01.2026
12.2025 | 1.2026
12/2025 | 01/2026
12/31/2025 | 1/15/2026
12/31/2025 | 2/3/2026 | 5/1/2026
31/12/2025 | 03/02/2026 | 01/05/2026
01/03/2026 | 01/04/2026
31-12-2025 | 15-01-2026
31/12/25 | 15/01/26
25-12-31 | 26-01-15
2025-12-31 | 2026-01-15
2025/12/31 | 2026/1/15
20251231 | 20260115
202512 | 202601
2025.10 | 2026.1
31 December 2025 | 15 January 2026
December 31, 2025 | January 15, 2026
15th of Jan 2025 | 2nd of Feb 2025
Dezember 2025 | März 2026 | Mai 2026
décembre 2025 | août 2026
Oct-25 | Jan-26
Oct '25 | Jan '26
Dec 5 | Dec 24
Q4 2025 | Q1 2026
Q4 25 | Q1 26
4Q25 | 1Q26
2025Q4 | 2026Q1
4. Quartal 2025 | 1. Quartal 2026
1st quarter 2025 | 2nd quarter 2025 | 1st quarter 2026
first quarter 2025 | second quarter 2025 | first quarter 2026
Q1 | Q2 | Q3 | Q4
H2 2025 | H1 2026
2025-H2 | 2026-H1 | 2026-H2
first half 2025 | second half 2025 | first half of 2026
S2 2025 | S1 2026
KW 48 2025 | KW 3 2026
2025-W48 | 2026-W03
Q4 2025 | H1 2026 | Jul 2026
2025-11 | Dec 2025 | Q1 2026
Spring 2025 | Autumn 2025 | Spring 2026
Winter 2025 | Spring 2026
Jan–Mar 2025 | Apr–Jun 2025 | Oct–Dec 2025 | Jan–Mar 2026
2025/26 | 2026/27
2024/2025 | 2025/2026
FY25 | FY26
2024 | 2025
Early 2025 | Mid 2025 | Late 2025 | Early 2026
第4季度2025 | 第1季度2026
2025年第四季度 | 2026年第一季度
2025年12月 | 2026年1月
2025年12月31日 | 2026年3月1日
二〇二五年 | 二〇二六年
上半年2025 | 下半年2025 | 2026上半年
2025冬 | 2026春
十月 | 十一月 | 十二月
before | after
pre | post
Pretest | Posttest
pre-training | post-training
Before | After | 6 months after
Baseline | Follow-up
baseline | 3 months | 6 months | 12 months
Baseline | Midline | Endline
old | new
Pilot | 2025 | 2026
Baseline | Wave 1 | Wave 2
前测 | 后测
改善前 | 改善后
期初 | 期中 | 期末
去年 | 今年
上次 | 本次
第二波 | 第三波
第九次 | 第十次 | 第十一次
Wave 9 | Wave 10
1 | 2 | 10
T0 | T1 | T2
first wave | second wave | third wave
Wave one | Wave two
Wave I | Wave II | Wave IV | Wave V | Wave IX
Wave A | Wave B | Wave C
Wave 1 (Dec 2025) | Wave 2 (Jan 2026)
Wave 2 2025 | Wave 1 2026 | Wave 2 2026
"""

# Names that may be read otherwise; the order of the file first, then what is made of it.
DOUBTFUL = [
    ("02/03/2026 | 05/01/2026", "05/01/2026 | 02/03/2026", DAYS),
    ("12-01-2025 | 01-02-2025", "12-01-2025 | 01-02-2025", DAYS),
    ("Jan 26 | Dec 25", "Dec 25 | Jan 26", READING),
    ("01/26 | 12/25", "12/25 | 01/26", READING),
    ("Dec 12 | Nov 20", "Nov 20 | Dec 12", READING),
    ("Winter 2025 | Spring 2025", "Spring 2025 | Winter 2025", READING),
    ("2025-06 | 2025", "2025 | 2025-06", READING),
    ("Oct | Nov | Jan", "Oct | Nov | Jan", READING),
    ("Nov | Jan | Oct", "Jan | Oct | Nov", READING),
    ("Q4 | Q1", "Q4 | Q1", READING),
    ("Round 2 | Wave 1", "Wave 1 | Round 2", READING),
    ("Kick-off | Alpine", "Kick-off | Alpine", UNKNOWN),
    ("2026 | 2025 South | 2025 North", "2025 South | 2025 North | 2026", UNKNOWN),
    ("31/13/2025 | 1/1/2026", "31/13/2025 | 1/1/2026", UNKNOWN),
    ("Jan 2026 | Dec", "Jan 2026 | Dec", UNKNOWN),
    ("Review | 2025", "Review | 2025", UNKNOWN),
]


def names(line: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in line.split("|"))


@pytest.mark.parametrize("line", CERTAIN.strip().splitlines())
def test_the_order_of_time_whatever_the_order_of_the_file(line):
    for given_order in permutations(names(line)):
        assert in_order(given_order) == WaveOrder(names(line)), given_order


@pytest.mark.parametrize(("given_order", "order", "doubt"), DOUBTFUL)
def test_what_the_names_leave_open_is_a_doubt(given_order, order, doubt):
    assert in_order(names(given_order)) == WaveOrder(names(order), doubt)


def test_day_and_month_are_told_apart_by_all_names_together():
    """One date whose second number is above 12 says how all the others are to be read."""
    both_ways = ("05/01/2026", "02/03/2026")
    assert in_order(both_ways).doubt == DAYS
    assert in_order((*both_ways, "12/31/2025")).names == ("12/31/2025", "02/03/2026", "05/01/2026")
    assert in_order((*both_ways, "31/12/2025")).names == ("31/12/2025", "05/01/2026", "02/03/2026")


def test_the_same_wave_spelt_twice_is_a_doubt():
    assert in_order(["Dec 2025", "2025-12", "2026-01"]).doubt == UNKNOWN


@pytest.mark.parametrize("few", [(), ("2025",), ("2025", "2025")])
def test_of_one_wave_there_is_nothing_to_say(few):
    assert in_order(few) == WaveOrder(tuple(dict.fromkeys(few)))


def test_very_many_names_are_left_in_the_order_of_the_file():
    many = tuple(f"{n}" for n in range(MOST + 1, 0, -1))
    assert in_order(many) == WaveOrder(many, UNKNOWN)


@given(st.lists(st.text("0123456789 /-.年月Q'hjanfebwitr第十季后IV", max_size=12), max_size=5))
def test_any_names_come_out_once_each(some):
    found = in_order(some)
    assert sorted(found.names) == sorted(set(some))


@given(st.lists(st.dates(), min_size=2, max_size=6, unique=True), st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%Y%m%d"]))
def test_dates_written_in_full_are_in_order_without_doubt(days, form):
    days = [day.replace(year=1900 + day.year % 200) for day in days if (day.month, day.day) != (2, 29)]
    written = [day.strftime(form) for day in days]
    assert in_order(written) == WaveOrder(tuple(day.strftime(form) for day in sorted(set(days))))


def test_what_a_name_tells():
    """Days in a calendar of twelve months of 31 days; the end is the first day after."""
    usual = Convention("dmy", short_year=True, winter_last=True, roman=True)
    second = read(plain("Second wave, Q2 2025 (after)"), usual)
    start = 2025 * 372 + 3 * 31
    assert (second.start, second.end, second.year) == (start, start + 93, 2025)
    assert (second.stage, second.numbers, second.words) == (1, (2,), ("wave",))

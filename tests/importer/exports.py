"""Small exports in the shape of each survey tool, written here: the columns the tool adds, its header rows, its way of answering."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Sequence

ITEMS = (
    "The counter is easy to find",
    "Letters are answered within two days",
    "Staff explain the next step",
    "Opening times suit working people",
    "Forms are written in plain language",
    "Waiting rooms are quiet",
)
OUGHT = tuple(
    text.replace(" is ", " should be ").replace(" are ", " should be ").replace("Staff explain", "Staff should explain") for text in ITEMS
)
OUGHT = tuple(t if "should" in t else t.replace("times suit", "times should suit") for t in OUGHT)
CHINESE = ("柜台容易找到", "来信两天内答复", "员工说明下一步", "开放时间适合上班族", "表格语言通俗", "等候区安静")
AGREEMENT = ("Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree")
N = 24


def answers(seed: int = 1, low: int = 1, high: int = 5, n: int = N, columns: int = 12) -> list[list[int]]:
    """Answers for `columns` columns; every point of the scale is used."""
    draw = random.Random(seed)
    rows = [[draw.randint(low, high) for _ in range(columns)] for _ in range(n)]
    for column in range(columns):
        for row in range(high - low + 1):
            rows[(row + column) % n][column] = low + row
    return rows


def as_csv(rows: Sequence[Sequence], encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    """A text table of these rows."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode(encoding)


def interleaved(expected: Sequence, achieved: Sequence) -> list:
    """E1, P1, E2, P2 …"""
    return [cell for pair in zip(expected, achieved, strict=True) for cell in pair]


def qualtrics() -> list[list]:
    """Three header rows; a matrix for each battery; a preview and an unfinished response among the rest."""
    names = ["StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished", "RecordedDate", "ResponseId"]
    names += ["RecipientLastName", "RecipientEmail", "LocationLatitude", "UserLanguage"]
    words = ["Startdatum", "Enddatum", "Antworttyp", "IP-Adresse", "Fortschritt", "Dauer (in Sekunden)", "Beendet", "Datum", "Antwort-ID"]
    words += ["Nachname", "E-Mail", "Breitengrad", "Sprache"]
    first = [*names, *(f"Q2_{i}" for i in range(1, 7)), *(f"Q3_{i}" for i in range(1, 7)), "Q4", "Q5"]
    second = [*words, *(f"What do you expect? Expectation - {t}" for t in ITEMS), *(f"What did you find? Perception - {t}" for t in ITEMS)]
    second += ["Overall, how do you rate the quality of our service?", "Which branch did you visit?"]
    third = [f'{{"ImportId":"QID{i}"}}' for i in range(len(first))]
    rows = []
    for i, row in enumerate(answers(), 1):
        status, progress = ("Survey Preview", 100) if i == 1 else ("IP Address", 40) if i == 2 else ("IP Address", 100)
        at = f"2026-05-{i:02} 10:00:00"
        meta = [
            at,
            at,
            status,
            f"10.0.0.{i}",
            progress,
            100 + i,
            progress == 100,
            at,
            f"R_{i:04}",
            f"Name{i}",
            f"a{i}@example.org",
            48.1,
            "DE",
        ]
        rows.append([*meta, *(AGREEMENT[a - 1] for a in row), 1 + i % 5, ("North", "South")[i % 2]])
    return [first, second, third, *rows]


def qualtrics_legacy() -> list[list]:
    """Two header rows, as before 2017: V1 to V10 and the questions' names, their texts below; an empty column at the end."""
    words = ["ResponseID", "ResponseSet", "Name", "ExternalDataReference", "EmailAddress", "IPAddress", "Status", "StartDate", "EndDate"]
    place = ["LocationLatitude", "LocationLongitude", "LocationAccuracy"]
    first = [*(f"V{i}" for i in range(1, 11)), *(f"Q{q}_{i}" for q in (2, 3) for i in range(1, 7)), "Q4", "Q5", *place, ""]
    second = [*words, "Finished", *(f"What do you expect? Expectation-{t}" for t in ITEMS)]
    second += [*(f"What did you find? Perception-{t}" for t in ITEMS), "Overall, how do you rate the quality of our service?"]
    second += ["Which branch did you visit?", *place, ""]
    rows = []
    for i, row in enumerate(answers(9, 1, 7), 1):
        at = f"2014-05-{i:02} 10:00:00"
        meta = [f"R_{i:04}", "Default Response Set", "Anonymous", "", "", f"10.0.0.{i}", 0, at, at, int(i != 2)]
        rows.append([*meta, *row, 1 + i % 5, ("North", "South")[i % 2], 48.1, 11.6, -1, ""])
    return [first, second, *rows]


def surveymonkey() -> list[list]:
    """Two header rows; the question stands over the first of its columns only."""
    first = ["Respondent ID", "Collector ID", "Start Date", "IP Address", "Email Address"]
    gap = [""] * (len(ITEMS) - 1)
    rows = []
    for i, row in enumerate(answers(2, 1, 7), 1):
        rows.append([100 + i, 7, "05/01/2026", f"10.0.0.{i}", f"a{i}@example.org", *row, 1 + i % 10, ("18-29", "30-44", "45+")[i % 3]])
    questions = ["What should a good office be like? (expectations)", *gap, "What is our office like? (perceptions)", *gap]
    return [
        [*first, *questions, "How likely are you to recommend us?", "Age"],
        [*[""] * len(first), *ITEMS, *ITEMS, "Response", "Response"],
        *rows,
    ]


def google_forms() -> list[list]:
    """One header row of questions; expectation and perception marked and interleaved, items out of order, numbers of two other blocks."""
    order = (0, 1, 3, 2, 4, 5)
    items = [f"{i + 1}-{k}. {ITEMS[i]} [{mark}]" for i in order for k, mark in ((1, "EXPECTATION"), (2, "ACTUAL"))]
    other = [f"{i + 1}-{k}. {t} - is that important to you?" for i, t in enumerate(ITEMS) for k in (1, 2)]
    rows = []
    for i, row in enumerate(answers(3, 1, 7), 1):
        at = f"2026/05/{i:02} 10:00:00 AM"
        rows.append([at, ("f", "m")[i % 2], *row, *row[::-1], 1 + i % 5, f"a{i}@example.org"])
    return [["타임스탬프", "Gender", *items, *other, "All in all, how is the overall quality of our service?", "Email Address"], *rows]


def microsoft_forms() -> list[list]:
    """ID, times, e-mail and name; what should be beside what is."""
    rows = []
    for i, row in enumerate(answers(4), 1):
        at = f"5/{i}/26 10:00:00"
        rows.append([i, at, at, "anonymous", "", *row, "A;B;" if i % 2 else "A;C;"])
    head = ["ID", "Start time", "Completion time", "Email", "Name"]
    return [[*head, *interleaved(OUGHT, ITEMS), "Which counters did you use?"], *rows]


def wenjuanxing() -> list[list]:
    """Numbered questions; each item asked twice, as a row of question 3 and of question 4."""
    head = ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", "1、您的性别", "2、您的手机号码"]
    asked = [f"第{q}题({t})" for q in (3, 4) for t in CHINESE]
    rows = []
    for i, row in enumerate(answers(5), 1):
        at = f"2026/5/{i} 10:00:00"
        phone = f"138{i:08}"
        rows.append([i, at, f"{60 + i}秒", "微信", "无", f"10.0.0.{i}(北京)", ("男", "女")[i % 2], phone, *row, 1 + i % 5])
    return [[*head, *asked, "5、您对我们服务质量的总体评价"], *rows]


def limesurvey() -> list[list]:
    """Codes with the sub-question in brackets."""
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", "ipaddr"]
    rows = [
        [i, "1980-01-01 00:00:00" if i % 5 else "", 4, "en", 1000 + i, f"10.0.0.{i}", *row, 1 + i % 5]
        for i, row in enumerate(answers(6), 1)
    ]
    return [[*head, *(f"G01Q02[E{i}]" for i in range(1, 7)), *(f"G01Q03[P{i}]" for i in range(1, 7)), "overall_quality"], *rows]


def kobo() -> list[list]:
    """XML names with the group before a slash, times at both ends, `;` between fields."""
    head = ["start", "end", *(f"expectation/e{i}" for i in range(1, 7)), *(f"perception/p{i}" for i in range(1, 7)), "branch"]
    tail = ["_id", "_uuid", "_submission_time", "_validation_status", "_index"]
    rows = []
    for i, row in enumerate(answers(7), 1):
        at = f"2026-05-{i:02}T10:00:00"
        rows.append([at, at, *row, ("North", "South")[i % 2], 900 + i, f"u{i}", at, "", i])
    return [[*head, *tail], *rows]


def plain() -> list[list]:
    """No tool: a title above, item codes with the dimension's letters, a totals row below."""
    codes = [f"{d}{i}_{b}" for b in ("EXP", "PER") for d, i in (("TAN", 1), ("TAN", 2), ("REL", 1), ("REL", 2), ("EMP", 1), ("EMP", 2))]
    rows = [[f"c{i}", ("North", "South")[i % 2], *row] for i, row in enumerate(answers(8, 1, 7), 1)]
    return [
        ["Customer survey 2026"],
        [],
        ["Case", "Branch", *codes],
        *rows,
        ["Total", "", *map(sum, zip(*(r[2:] for r in rows), strict=True))],
    ]


TOOLS = {
    "qualtrics": qualtrics,
    "surveymonkey": surveymonkey,
    "google_forms": google_forms,
    "microsoft_forms": microsoft_forms,
    "wenjuanxing": wenjuanxing,
    "limesurvey": limesurvey,
    "kobo": kobo,
}


def managers(items: Sequence[str] = ITEMS, n: int = 9) -> list[list]:
    """A form for managers: what customers expect and what the standards require, item by item; in another order than the customers'."""
    order = [*range(len(items))][::-1]
    head = [f"{mark} [{items[i]}]" for mark in ("What do our customers expect?", "What do our written standards require?") for i in order]
    rows = [
        [f"2026/05/{i:02} 09:00:00 AM", ("North", "South")[i % 2], *row] for i, row in enumerate(answers(11, 1, 7, n, 2 * len(items)), 1)
    ]
    return [["Timestamp", "Which branch do you manage?", *head], *rows]


def employees(items: Sequence[str] = ITEMS, n: int = 15) -> list[list]:
    """A form for contact employees: what is delivered and what is promised; the mark stands behind each item."""
    head = interleaved([f"{t} (delivered)" for t in items], [f"{t} (promised)" for t in items])
    rows = [
        [f"2026/05/{i:02} 09:00:00 AM", ("North", "South")[i % 2], *row] for i, row in enumerate(answers(12, 1, 7, n, 2 * len(items)), 1)
    ]
    return [["Timestamp", "Branch", *head], *rows]


def three_columns() -> list[list]:
    """LibQUAL's way: the lowest acceptable level, the one wished for and the one found, for each item."""
    head = [f"{t} [{mark}]" for t in ITEMS for mark in ("Minimum", "Desired", "Perceived")]
    return [
        ["Timestamp", *head, "Overall quality of the library"],
        *(["x", *row, 1 + i % 9] for i, row in enumerate(answers(13, 1, 9, 27, 18))),
    ]

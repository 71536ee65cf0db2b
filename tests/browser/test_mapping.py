"""The table of columns as a person meets it: a canvas in a real browser, by mouse and keyboard, on a desktop and on a phone."""

from __future__ import annotations

import random
import tomllib
from pathlib import Path

from playwright.sync_api import expect

from .conftest import DESKTOP, PHONE, Tab

HEAD, ROW = 35, 35  # pixels of the grid's head row and of each row
CHOICE, REVERSED = 205, 205 + 115 + 115 + 120  # where these columns begin
ASPECTS = [
    f"{a} {b}" for a in ("lighting", "seats", "signs", "queues", "forms", "hours") for b in ("inside", "upstairs", "outside", "nearby")
]


def form(pairs: int, n: int = 60) -> bytes:
    """A Google Forms export: expectation and perception side by side, a branch, overall quality, an e-mail address."""
    draw = random.Random(5)
    tags = ("EXPECTATION", "ACTUAL")
    header = ["Timestamp", "Email Address", "Branch", *(f"The {a} of a library [{tag}]" for a in ASPECTS[:pairs] for tag in tags)]
    lines = [[*header, "Overall quality of the service"]]
    for i in range(n):
        mood = draw.choice((-1, 0, 1))
        answers = []
        for _ in range(pairs):
            expected = draw.choice((4, 5, 6, 7))
            answers += [expected, max(1, expected + draw.choice((-2, -1, 0)) + min(mood, 0))]
        time = f"2026/03/{i % 28 + 1:02d} 10:{i % 60:02d}:00"
        lines.append([time, f"p{i}@example.org", ("North", "South")[i % 2], *answers, max(1, round(sum(answers[1::2]) / pairs))])
    return "\n".join(",".join(map(str, line)) for line in lines).encode()


def grid(at: Tab):
    """The table of columns, scrolled into sight."""
    found = at.page.locator(".st-key-mapping-edit [data-testid='stDataFrame']")
    at.page.locator(".st-key-mapping-edit").evaluate("e => e.scrollIntoView()")
    at.page.wait_for_timeout(300)
    return found


def cell(at: Tab, row: int, left: int) -> None:
    """Click into a row, in the column that begins at `left`."""
    box = grid(at).bounding_box()
    at.page.mouse.click(box["x"] + left + 50, box["y"] + HEAD + ROW * row + ROW / 2)


def corrected(at: Tab, times: int) -> None:
    """Wait for what stands beside the buttons to say so many corrections."""
    expect(at.page.locator(".st-key-mapping-bar [data-testid='stCaptionContainer']")).to_contain_text(
        f"Corrections: {times} ", timeout=20_000
    )
    at.settle()


def choose(at: Tab, row: int, left: int, name: str) -> None:
    """Choose from the menu of a cell, by keyboard."""
    cell(at, row, left)
    at.page.wait_for_timeout(300)
    at.page.keyboard.press("Enter")
    at.page.locator("#portal input").wait_for(state="attached")
    at.page.wait_for_timeout(300)
    at.page.keyboard.type(name, delay=30)
    at.page.locator(f'#portal [role="option"]:has-text("{name}")').first.wait_for()
    at.page.keyboard.press("Enter")


def press(at: Tab, key: str) -> Tab:
    at.page.click(f".st-key-{key} button")
    return at.settle()


def mapping(at: Tab) -> dict:
    """The mapping that the download brings."""
    with at.page.expect_download() as coming:
        at.page.click(".st-key-mapping-download button")
    return tomllib.loads(Path(coming.value.path()).read_text(encoding="utf-8"))


def test_a_foreign_export_is_corrected_applied_and_analysed(tab):
    at = tab().upload("library.csv", form(6))
    assert "Google Forms" in at.page.inner_text('[data-testid="stMain"]')
    assert grid(at).is_visible()

    # dimensions: only these are missing, and stand open
    at.page.locator('[data-testid="stExpanderDetails"] [data-testid="stButtonGroup"] button:has-text("In equal blocks")').click()
    at.settle()
    press(at, "in-blocks")
    corrected(at, 1)

    # the branch becomes a segment: by keyboard, in the menu of its cell
    choose(at, 2, CHOICE, "segment")
    corrected(at, 2)
    assert mapping(at)["columns"][2]["meaning"] == "segment"
    press(at, "mapping-undo")
    corrected(at, 1)
    assert mapping(at)["columns"][2]["meaning"] == "unit"

    # one tick reverses the item in both blocks
    cell(at, 3, REVERSED)
    corrected(at, 2)
    assert [i["number"] for i in mapping(at)["items"] if i.get("reversed")] == [1]
    press(at, "mapping-undo")

    press(at, "mapping-apply")
    kept = mapping(at)
    assert [d["names"]["en"] for d in kept["dimensions"]] == ["Dimension 1", "Dimension 2"]
    assert "example.org" not in repr(kept)
    at.go(at.pages()[0])
    for side in (0, 1):  # expected and received, straight from the file
        answers = [[float(a) for a in line.split(",")[3 + side : -1 : 2]] for line in form(6).decode().splitlines()[1:]]
        assert f"{sum(map(sum, answers)) / (6 * len(answers)):.2f}" in at.lead()
    assert at.page.locator(".st-key-chart-diagram .js-plotly-plot:visible").count() == 1


def test_fifty_columns_need_no_scrolling_back_and_forth(tab):
    at = tab().upload("library.csv", form(23))
    box, bar = grid(at).bounding_box(), at.page.locator(".st-key-mapping-bar").bounding_box()
    assert box["x"] + box["width"] <= DESKTOP[0]
    for key in ("mapping-apply", "mapping-undo", "mapping-download"):
        button = at.page.locator(f".st-key-{key} button").bounding_box()
        assert bar["y"] <= button["y"] and button["y"] + button["height"] <= bar["y"] + bar["height"]
    assert bar["y"] >= 0 and bar["y"] + bar["height"] <= box["y"]  # over the table, not on it
    assert box["y"] + box["height"] <= DESKTOP[1]  # the head row and the last row stand in one window
    inner = at.page.locator(".st-key-mapping-edit .dvn-scroller").evaluate(
        "e => [e.scrollWidth - e.clientWidth, e.scrollHeight > e.clientHeight]"
    )
    assert inner[1]  # rows scroll beneath the head row
    wide = sum((205, 115, 115, 120, 105, 125, 100, 90))  # all but the reason of the guess
    assert wide <= box["width"]
    at.page.locator(".st-key-mapping-edit .dvn-scroller").evaluate("e => e.scrollTo(0, e.scrollHeight)")
    at.page.mouse.move(box["x"] + 20, box["y"] + box["height"] + 60)
    at.page.mouse.wheel(0, 200)  # the page goes on, the buttons stay
    at.page.wait_for_timeout(300)
    now = at.page.locator(".st-key-mapping-bar").bounding_box()
    assert 0 <= now["y"] <= 20


def test_a_phone_in_chinese_and_dark(tab):
    at = tab(PHONE, "zh-CN", dark=True).upload("library.csv", form(12))
    assert at.overflow() <= 0
    box = grid(at).bounding_box()
    assert box["x"] >= 0 and box["x"] + box["width"] <= PHONE[0]
    bar = at.page.locator(".st-key-mapping-bar").bounding_box()
    assert bar["y"] >= 0 and bar["y"] + bar["height"] <= box["y"] + 1
    assert "应用" in at.page.inner_text(".st-key-mapping-apply")
    colour = at.page.locator(".st-key-mapping-bar").evaluate(
        "e => getComputedStyle(e.closest('[data-testid=stLayoutWrapper]')).backgroundColor"
    )
    assert colour == "rgb(14, 17, 23)"  # nothing shines through the bar that stays
    assert at.overflow() <= 0


def test_items_against_the_rest_are_turned_round_by_a_button(tab):
    draw = random.Random(4)
    lines = [["Timestamp", *(f"The {a} of a library [{tag}]" for tag in ("EXPECTATION", "ACTUAL") for a in ASPECTS[:6])]]
    for i in range(120):
        mood = draw.choice((-2, -1, 0, 1, 2))
        row = [max(1, min(7, level + mood + draw.choice((-1, 0, 0, 1)))) for level in (5, 4) for _ in range(6)]
        lines.append([f"2026/03/{i % 28 + 1:02d} 10:{i % 60:02d}:00", *(8 - a if k % 6 == 1 else a for k, a in enumerate(row))])
    at = tab().upload("library.csv", "\n".join(",".join(map(str, line)) for line in lines).encode())
    turn = at.page.locator('[class*="st-key-turn-reversed"] button')
    assert turn.count() == 2
    turn.first.click()
    at.settle()
    assert turn.count() == 0
    assert [i["number"] for i in mapping(at)["items"] if i.get("reversed")] == [2]
    press(at, "turn-undo")
    assert turn.count() == 2
    assert at.page.locator(".st-key-turn-undo").count() == 0

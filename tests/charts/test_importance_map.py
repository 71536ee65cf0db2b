"""The importance-performance map by its meaning: fields, filled or hollow, labels that stand free at every width."""

from dataclasses import replace
from itertools import combinations

import pytest

from gaps.charts import importance_map
from gaps.charts.importance_map import HEIGHT, WIDTHS, Place
from gaps.charts.palette import LIGHT
from gaps.charts.text import columns
from tests.charts.results import NAMES, priorities, study

STUDY = study()


def marks(chart):
    return next(t for t in chart.figure.data if t.mode == "markers")


def test_important_and_below_the_line_is_named_filled_and_warm(en):
    chart = importance_map(priorities(), STUDY, words=en)
    assert chart.title == "Important, and below the average of the dimensions: Reliability"
    drawn = dict(zip(marks(chart).customdata, zip(marks(chart).marker.color, marks(chart).marker.symbol, strict=True), strict=True))
    assert drawn["reliability"] == (LIGHT.shortfall, "circle")
    assert drawn["tangibles"][1] == "circle-open" and drawn["empathy"] == (LIGHT.text, "circle")
    assert "Reliability: Concentrate here (98 % of resamples), perceived 4.80" in chart.alt


def test_stated_importance_and_the_middle_of_the_scale(en):
    stated = importance_map(priorities(), STUDY, importance="stated", centre="scale", words=en)
    assert stated.title == "No dimension is important and below the middle of the scale at once"
    assert "points that customers gave" in stated.subtitle and "of the scale of 1 to 7" in stated.subtitle
    assert stated.caption.startswith("180 customers behind the importance, 200 behind the performance")
    with pytest.raises(ValueError, match="stated"):
        importance_map(priorities(stated=False), STUDY, importance="stated", words=en)


def test_what_is_not_certain_is_not_claimed(words):
    unsure = importance_map(priorities(chance=0.7), STUDY, words=words)
    assert unsure.title == words("drivers.map.title.perhaps", names=words.list([NAMES["reliability"][words.language == "zh"]]),
                                 line=words("drivers.centre.data"))  # fmt: skip
    assert set(marks(unsure).marker.symbol) == {"circle-open"}
    few = importance_map(priorities(n=60), STUDY, words=words)
    assert few.title == words("drivers.map.title.few", n=60) and set(marks(few).marker.symbol) == {"circle-open"}


def test_importance_that_points_the_wrong_way_is_said(en):
    found = priorities()
    wrong = replace(found, points=(replace(found.points[0], r=-0.2), *found.points[1:]))
    assert "wrong way round" in importance_map(wrong, STUDY, words=en).caption
    assert "wrong way round" not in importance_map(wrong, STUDY, importance="stated", words=en).caption


@pytest.mark.parametrize("spread", [1.0, 0.15, 0.02])
def test_labels_stand_free_of_each_other_at_every_width(en, spread):
    """Each label's box is computed anew from the figure; none may overlap another or leave the field."""
    found = priorities(spread=spread)
    chart = importance_map(found, STUDY, words=en)
    low, high = chart.figure.layout.xaxis.range
    names = {NAMES[p.dimension][0] for p in found.points}
    labels = [a for a in chart.figure.layout.annotations if a.text in names]
    assert {a.text for a in labels} | {n for n in names if n in chart.caption} == names
    for width in WIDTHS:
        boxes = []
        for a in labels:
            led = bool(a.showarrow)
            place = Place(a.xanchor, a.yanchor, (a.ax if led else a.xshift) or 0, (a.ay if led else -(a.yshift or 0)) or 0, led)
            box = place.box((a.x - low) / (high - low) * width, a.y, 6.7 * columns(a.text), 15)
            assert box[0] >= 0 and box[2] <= width and box[1] >= 0 and box[3] <= HEIGHT
            boxes.append(box)
        assert not [1 for p, q in combinations(boxes, 2) if p[0] < q[2] and q[0] < p[2] and p[1] < q[3] and q[1] < p[3]]


def test_a_name_without_room_is_in_the_caption(en):
    crowd = {f"d{i}": (f"Dimension number {i} of many", f"维度{i}") for i in range(40)}
    chart = importance_map(priorities(names=crowd, spread=0.01), study(dimensions=crowd, per_dimension=1), words=en)
    assert "No room to write beside the point: Dimension number" in chart.caption and len(marks(chart).x) == 40


def test_all_ticks_have_as_many_decimals(en):
    """5.0 beside 5.2, not 5."""
    ticks = importance_map(priorities(), STUDY, words=en).figure.layout.xaxis.ticktext
    assert len({len(t.partition(".")[2]) for t in ticks}) == 1 and any(t.endswith(".0") for t in ticks)

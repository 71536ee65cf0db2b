import json

import pytest

from gaps.charts import dimension_curves, dimension_slopes
from tests.charts.asymmetry_results import asymmetry
from tests.charts.results import NAMES, study


def panels(found, words, across=3):
    return dimension_curves(found, study(), across=across, words=words)


@pytest.mark.parametrize("across", [1, 2, 3])
def test_all_panels_share_their_axes(words, across):
    layout = panels(asymmetry(), words, across).figure.layout
    xs = {tuple(layout[name].range) for name in layout if name.startswith("xaxis")}
    ys = {tuple(layout[name].range) for name in layout if name.startswith("yaxis")}
    assert len(xs) == len(ys) == 1 and len([n for n in layout if n.startswith("xaxis")]) == len(NAMES)
    assert ys == {(1 - 0.3, 7 + 0.3)}
    starts = {round(layout[name].domain[0], 6) for name in layout if name.startswith("xaxis")}
    assert len(starts) == across


def test_panels_do_not_overlap(en):
    layout = panels(asymmetry(), en).figure.layout
    boxes = [(*layout[f"xaxis{k}"].domain, *layout[f"yaxis{k}"].domain) for k in ("", 2, 3, 4, 5)]
    for i, a in enumerate(boxes):
        assert 0 <= a[0] < a[1] <= 1 and 0 <= a[2] < a[3] <= 1
        assert not [b for b in boxes[i + 1 :] if a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]]


def test_each_panel_has_points_slopes_band_and_the_dashed_curve(en):
    data = panels(asymmetry(), en).figure.data
    first = [t for t in data if t.xaxis in (None, "x")]
    assert sum(t.mode == "markers" for t in first) == 1
    assert sum(t.name == "reference" and t.line.dash == "dash" for t in first) == 1
    assert sum(t.fill == "toself" for t in first) == 1
    assert sum(t.mode == "lines" and t.name is None and t.fill is None for t in first) == 2


def test_a_side_with_too_few_customers_has_no_slope_and_says_why(en):
    chart = panels(asymmetry(reliability="too_few"), en)
    texts = [a.text.replace("<br>", " ") for a in chart.figure.layout.annotations]
    assert any("too few above: 12 of 30" in t for t in texts)
    second = [t for t in chart.figure.data if t.xaxis == "x2"]
    fitted = [t for t in second if t.mode == "lines" and t.name is None and t.fill is None]
    assert len(fitted) == 1 and max(fitted[0].x) == 0
    assert all(max(t.x) <= 0 for t in second if t.fill == "toself")
    told = chart.alt.split("Reliability: ")[1].split(";")[0]
    assert told.startswith("too few above: 12 of 30, 1,200 less, 12 more, slope below") and "slope above" not in told


@pytest.mark.parametrize(("few", "said"), [(3, True), (4, False), (5, False)])
def test_an_adjustment_is_told_of_where_several_were_tested(en, few, said):
    found = asymmetry(**dict.fromkeys(list(NAMES)[:few], "too_few"))
    assert ("Verdicts" in panels(found, en).caption) is said
    assert ("Verdicts" in dimension_slopes(found, study(), words=en).caption) is said


def test_the_words(en):
    chart = panels(asymmetry(empathy="loss"), en)
    assert chart.title == "5 of 5 dimensions can be tested: falling short goes with more than exceeding in 1"
    assert "a gap of −1 costs what the dimension’s slope below zero says" in chart.caption
    assert any("falling short goes with more" in a.text for a in chart.figure.layout.annotations)


def test_small(words):
    assert len(json.dumps(panels(asymmetry(), words).figure.to_plotly_json(), default=list)) < 50_000
    with pytest.raises(ValueError, match="side by side"):
        panels(asymmetry(), words, 4)

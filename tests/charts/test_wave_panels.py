"""Small multiples over the waves, each with its verdict."""

from gaps.charts import wave_panels
from tests.charts.test_charts import _waves, waved


def test_one_panel_per_dimension_with_its_corrected_verdict(en):
    made, changed = _waves()
    chart = wave_panels(waved(), changed, made, before="w1", after="<i>w2</i>", words=en)
    rows = changed.rows("gap", gap=5, level="dimension").set_index("dimension")
    assert [t.customdata[0] for t in chart.figure.data] == [d.id for d in made.instrument.dimensions]
    written = [a.text for a in chart.figure.layout.annotations]
    for dimension, row in rows.iterrows():
        start = {"rose": "shortfall narrowed by", "open": "no change shown"}[row["standing"]]
        assert any(text.startswith(start) and en.interval(row["low"], row["high"]) in text for text in written), dimension
    assert rows["standing"].eq("rose").any() and "not widened" in chart.caption
    for dimension, row in rows[rows["standing"].eq("rose")].iterrows():
        name = made.instrument.dimension(dimension).name("en")
        assert f"{name} by {row['change']:.2f} ({en.interval(row['low'], row['high'])})" in chart.title
    assert chart.title.startswith("w1 to <i>w2</i>: shortfall narrowed in ")


def test_all_panels_share_one_scale(en):
    """The same difference is the same height in every panel."""
    made, changed = _waves()
    table = waved()
    figure = wave_panels(table, changed, made, before="w1", after="<i>w2</i>", words=en).figure
    rows = table.rows(gap=5, wave="*", level="dimension")
    ratios = []
    for trace in figure.data:
        means = rows[rows["dimension"].eq(trace.customdata[0])]["mean"].to_numpy()
        ratios.append((trace.y[1] - trace.y[0]) / (means[1] - means[0]))
    assert max(ratios) - min(ratios) < 1e-6 and max(ratios) < 0  # up is towards zero and beyond


def test_one_wave_has_no_panels(en):
    made, changed = _waves()
    alone = waved()
    frame = alone.frame[alone.frame["wave"].ne("w1")]
    chart = wave_panels(type(alone)(frame, alone.designs), changed, made, before="w1", after="<i>w2</i>", words=en)
    assert chart.title == "No dimension has answers in two waves" and not chart.figure.data


def test_whiskers_stand_beyond_their_marks_or_are_said_to_be_hidden(en):
    made, changed = _waves()
    gaps = waved()

    def drawn(factor: float):
        frame = gaps.frame.copy()
        for end in ("low", "high"):
            frame[end] = frame["mean"] + (frame[end] - frame["mean"]) * factor
        return wave_panels(type(gaps)(frame, gaps.designs), changed, made, before="w1", after="<i>w2</i>", words=en)

    wide, short = drawn(1), drawn(0.01)
    lines = [s for s in wide.figure.layout.shapes if s.x0 == s.x1]
    assert lines and all(abs(s.y1 - s.y0) > wide.figure.data[0].marker.size for s in lines)
    assert en("charts.marks.hidden") not in wide.caption and en("charts.marks.hidden") in short.caption

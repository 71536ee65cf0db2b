"""The chain's picture: what is drawn through, dashed, dotted; what was not measured; too few units."""

from dataclasses import replace

import pytest

from gaps.charts import gap_paths
from gaps.model import Withheld
from gaps.stats.chain_results import Interval
from tests.charts.results import effect, gap_chain, path, study

STUDY = study()


def printed(chart):
    return [a.text for a in chart.figure.layout.annotations if a.text]


def dashes(chart):
    return [s.line.dash for s in chart.figure.layout.shapes if s.type in ("line", "path")]


def test_each_path_looks_like_what_is_known_of_it(en):
    chart = gap_paths(gap_chain(), STUDY, words=en)
    assert chart.title == "Between the gaps, these paths can be shown: Gap 1 → Gap 2"
    assert "<b>+0.50</b>" in printed(chart)  # 1 → 2, clear
    assert "+0.10" in printed(chart) and printed(chart).count("?") == 2  # 2 → 3 open; 1 → 3 withheld, and so is how gap 1 divides
    assert dashes(chart).count("dot") == 2 and "not shown, because the same answers stand in two gaps" in chart.caption
    assert "Gap 1 → Gap 3: not shown" in chart.alt and "Gap 3 → overall quality: +0.80" in chart.alt
    assert {"gap1>gap3", "gap3>"} <= {t.customdata[0] for t in chart.figure.data}


def test_no_path_to_show(words):
    open_ones = gap_chain(paths=(path("gap1", "gap2", status="open"),))
    assert gap_paths(open_ones, STUDY, words=words).title == words("chain.picture.title.none")


def test_a_gap_that_was_not_measured_is_an_empty_box(en):
    two = gap_chain(effects=(effect("gap1"), effect("gap2")), paths=(path("gap1", "gap2"),))
    assert printed(gap_paths(two, study(batteries=tuple("EPMS")), words=en)).count("<b>Gap 3</b><br>not measured") == 1
    assert printed(gap_paths(two, STUDY, words=en)).count("<b>Gap 3</b><br>too few units") == 1


def test_with_few_units_each_gap_stands_alone(en):
    alone = tuple(effect(f"gap{k}", direct=Interval()) for k in (1, 2, 3, 4))
    chart = gap_paths(replace(gap_chain(effects=alone), stage="one_at_a_time", units=20), STUDY, words=en)
    assert chart.subtitle.startswith("Too few units for the whole chain") and "n = 20 units" in chart.caption
    assert printed(chart).count("<b>+0.60</b>") == 4


def test_a_chain_withheld_is_not_drawn(en):
    with pytest.raises(ValueError, match="too_few_units"):
        gap_paths(replace(gap_chain(), withheld=Withheld("too_few_units")), STUDY, words=en)

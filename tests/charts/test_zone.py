import pytest

from gaps.charts import zone_bands
from gaps.charts.palette import LIGHT
from gaps.scoring.tables import ZoneTable
from tests.charts.results import study, zone

STUDY = study(batteries="ADP")
# methods 1.3: below, inside and above the zone
THREE = {"tangibles": (5.5, 7.0, 6.7), "reliability": (6.2, 6.9, 6.0), "empathy": (5.0, 6.0, 6.3)}


def test_the_band_goes_from_adequate_to_desired_and_perception_stands_where_it_is(words):
    chart = zone_bands(zone(THREE), STUDY, words=words)
    bands = [(s.x0, s.x1) for s in chart.figure.layout.shapes if s.type == "rect"]
    assert bands == [(5.5, 7.0), (6.2, 6.9), (5.0, 6.0)]
    perceived = next(t for t in chart.figure.data if t.name == words("charts.battery.P"))
    assert list(perceived.x) == [6.7, 6.0, 6.3]
    assert list(perceived.customdata) == ["tangibles", "reliability", "empathy"]


def test_each_state_is_said_in_words(en):
    chart = zone_bands(zone(THREE), STUDY, words=en)
    said = {a.text: a.font.color for a in chart.figure.layout.annotations}
    assert said["<b>below adequate</b>"] == LIGHT.shortfall
    assert "inside the zone" in said and "above desired" in said


@pytest.mark.parametrize(
    ("states", "title"),
    [
        (THREE, "Perceived service is on average below the adequate level in Reliability, inside the zone in 1 of 3 dimensions"),
        ({"tangibles": (5, 6, 5.5)}, "Perceived service lies on average inside the zone of tolerance in 1 of 1 dimension"),
        ({"tangibles": (5, 6, 6.5)}, "Perceived service is on average above the desired level in 1 of 1 dimension, inside the zone in 0"),
        ({"tangibles": (5, 6, float("nan"))}, "The zone of tolerance was not measured"),
    ],
)
def test_the_title_switches_with_the_data(en, states, title):
    assert zone_bands(zone(states), STUDY, words=en).title == title


def test_contradictory_answers_are_counted(en):
    assert "up to 3 customers" in zone_bands(zone(THREE), STUDY, words=en).caption
    assert "Up to" not in zone_bands(zone(THREE, inconsistent=0), STUDY, words=en).caption


def test_a_state_is_claimed_only_where_its_interval_leaves_no_doubt(en):
    """Perceived .2 below adequate: below where that is known to ± .1, about adequate where to ± .3; likewise above."""
    for half, below, above in ((0.1, "below adequate", "above desired"), (0.25, "about adequate", "about desired")):
        made = zone({"tangibles": (5.5, 7.0, 5.3), "empathy": (5.0, 6.0, 6.2)})
        frame = made.frame
        ends = {f"{n}_{end}": frame[n] + sign * half for n in ("adequacy", "superiority") for end, sign in (("low", -1), ("high", 1))}
        chart = zone_bands(ZoneTable(frame.assign(**ends)), STUDY, words=en)
        said = {a.text.replace("<b>", "").replace("</b>", "") for a in chart.figure.layout.annotations}
        assert {below, above} <= said
        perceived = next(t for t in chart.figure.data if t.name == "Perception")
        assert list(perceived.error_x.array) == pytest.approx([half, half])
    assert "below the adequate level" not in chart.title

"""What is said of counts and means: people, design, interval and level are those of the results."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gaps import scoring
from gaps.computed import PARTS, Computed, behind, scores
from gaps.model import Gap, Role, Scale, Withheld
from gaps.scoring.gap_profile import gap_profile
from gaps.scoring.gap_table import gap_table
from gaps.stats.change import WaveChange
from gaps.stats.humps import item_distributions
from gaps.stats.intervals import with_intervals
from gaps.stats.key_figures import KeyFigure, KeyFigures
from gaps.stats.stated import StatedImportance
from tests.charts.results import priorities
from tests.scoring.build import people, study

TWO = {"a": 2, "b": 2}
FIVE = [[4, 4, 4, 4], [5, 5, 5, 5], [6, 6, 6, 6], [None, None, None, None], [3, 3, None, None]]  # 4 have a total, 3 of them dimension b


def gaps(made):
    return with_intervals(gap_table(made))


def test_parts_stand_in_reading_order_and_empty_ones_are_left_out():
    said = Computed("s", "f", "n", "m", "r", rule="claim")
    assert tuple(said.parts()) == (("formula", "f"), ("n", "n"), ("missing", "m"), ("rule", "claim"), ("reference", "r"))
    assert PARTS[-1] == "reference"


def test_people_of_all_there_are(en, zh):
    assert behind({Role.CUSTOMERS: (5, 5, 5)}, en) == "5 of 5 customers: nobody is left out."
    assert behind({Role.CUSTOMERS: (3, 4, 5), "units": (2, 2, 2)}, en).startswith("3 to 4 of 5 customers and 2 of 2 units. The others")
    assert behind({Role.MANAGERS: (3, 3, 5)}, zh).startswith("5 位管理者中的 3 位。")


def test_a_gap_says_formula_people_and_design(en):
    made = study(TWO, E=[[6, 6, 6, 6]] * 5, P=FIVE, M=[[6, 5, 6, 6]] * 3, S=[[5, 5, 5, 5]] * 3)
    said = scores.five_gaps(gaps(made), made, en, shown="diagram", widest=True)
    assert "Gap 1 = belief − expectation. Gap 2 = standard − belief. Gap 5 = perception − expectation." in said.formula
    assert "Gap 3" not in said.formula  # not asked
    assert said.n.startswith("4 to 5 of 5 customers and 3 of 3 managers.")
    assert said.interval == (
        "95 %, t distribution. The same people answered both sides of gap 2 and gap 5: paired, n − 1. "
        "Different people answered the sides of gap 1: Welch."
    )
    assert "Welch (1947)" in said.reference and "widest" in said.rule
    alone = scores.five_gaps(gaps(made), made, en, shown="dumbbells", gap=5, level="dimension")
    assert alone.n.startswith("3 to 4 of 5 customers.") and "Welch" not in alone.reference + alone.interval and alone.rule == ""
    items = scores.five_gaps(gaps(made), made, en, shown="detail", gap=5, level="item", dimension="a", items=(1,))
    assert items.n.startswith("4 of 5 customers.") and "half" not in items.missing and "mean over its items" not in items.formula


def test_direct_ratings_are_measured_from_the_top(en):
    made = study(TWO, E=[[6, 6, 6, 6]] * 3, P=[[5, 5, 5, 5]] * 3, ratings={Gap.STANDARDS: {"a": [5, 6], "b": [4, 6]}})
    said = scores.five_gaps(gaps(made), made, en, shown="diagram")
    assert "Gap 2 = rating − 7, the top of the scale." in said.formula
    assert "One rating each in gap 2" in said.interval and "not comparable in size" in said.rule
    assert "2 of 2 managers" in said.n


def test_rows_by_group_count_everybody_in_them_and_weights_are_told(en):
    roles = {Role.CUSTOMERS: people(5, unit=["x", "x", "y", "y", None], weight=[1, 1, 1, 1, 2])}
    made = study(TWO, roles, E=[[6, 6, 6, 6]] * 5, P=[[5, 5, 5, 5]] * 5)
    said = scores.five_gaps(gaps(made), made, en, shown="units", gap=5, each="unit")
    assert said.n.startswith("4 of 5 customers. The others did not give the answers that this needs, belong to no group")
    assert said.n.endswith("Case weights enter.")


@pytest.mark.parametrize(("design", "told"), [("independent", "Welch’s interval"), ("paired", "paired for 7 people who answered in both")])
def test_a_change_says_whether_the_same_people_answered(design, told, en):
    made = study(TWO, {Role.CUSTOMERS: people(4, wave=["w1", "w1", "w2", "w2"])}, E=[[6, 6, 6, 6]] * 4, P=[[5, 5, 5, 5]] * 4)
    change = WaveChange("gap", 5, "w1", "w2", -1, -1, 0.0, -0.1, 0.1, 0.5, 20, 30, 7, design)
    said = scores.five_gaps(gaps(made), made, en, shown="waves", gap=5, each="wave", change=change)
    assert "from w1 (20) to w2 (30)" in said.interval and told in said.interval and "Derrick" in said.reference
    without = scores.five_gaps(gaps(made), made, en, shown="waves", gap=5, each="wave", change=Withheld("few"))
    assert "w1" not in without.interval and "Derrick" not in without.reference


def test_studies_with_a_desired_level_say_so(en, zh):
    made = study(TWO, A=[[4, 4, 4, 4]] * 3, D=[[6, 6, 6, 6]] * 3, P=[[5, 5, 5, 5]] * 3)
    for words, told in ((en.of(made), "desired level"), (zh.of(made), "理想水平")):
        said = scores.five_gaps(gaps(made), made, words, shown="dumbbells", gap=5)
        assert told in said.formula
    assert "expectation" not in " ".join(text for _, text in said.parts())


def test_a_waterfall_of_a_unit_counts_the_unit(en):
    roles = {role: people(2, unit=["x", "y"]) for role in Role}
    same = [[5, 5, 5, 5]] * 2
    made = study(TWO, roles, E=same, P=same, M=same, S=same, V=same)
    frame = scoring.waterfall(made).frame
    whole = scores.waterfall(scoring.waterfall(made), frame[frame["unit"].isna()].iloc[0], made, en)
    assert whole.n == "2 of 2 customers, 2 of 2 managers and 2 of 2 staff: nobody is left out."
    unit = scores.waterfall(scoring.waterfall(made), frame[frame["unit"].eq("x")].iloc[0], made, en)
    assert unit.n.startswith("1 customer, 1 manager and 1 member of staff of this unit")


def test_the_zone_counts_who_is_inconsistent(en):
    made = study(TWO, A=[[4, 4, 4, 4], [6, 6, 4, 4]], D=[[6, 6, 6, 6], [5, 5, 6, 6]], P=[[5, 5, 5, 5]] * 2)
    said = scores.zone(scoring.zone(made), made, en)
    assert "up to 1 in a dimension" in said.missing and said.n.startswith("1 to 2 of 2 customers.")


def test_answers_say_the_rule_of_two_camps_as_it_was_set(en):
    made = study(TWO, E=[[6, 6, 6, 6]] * 5, P=FIVE)
    found = replace(item_distributions(made), camp=0.25, least=40)
    said = scores.answers(found, (1, 2), made, en)
    assert "at least 25 % of the answers on each side and 40 customers or more" in said.rule
    assert said.n.startswith("4 of 5 customers.") and "both expectation and perception" in said.formula


def test_importance_points_and_what_goes_with_the_outcome(en):
    frame = pd.DataFrame([{"dimension": d, "n": 4, "mean": 0.5, "se": 0.1, "low": 0.3, "high": 0.7} for d in "ab"])
    made = study(TWO, P=FIVE)
    alone = scores.stated(StatedImportance(frame, 4, 0.9), None, made, en)
    assert alone.interval == "90 %, t with n − 1." and alone.n.startswith("4 of 5 customers.") and "Lindeman" not in alone.reference
    derived = priorities()
    both = scores.stated(StatedImportance(frame, 4), derived, made, en)
    assert (
        f"{derived.n:,} customers" in both.formula and f"{derived.resamples:,} resamples" in both.interval and "Lindeman" in both.reference
    )


def test_sides_are_counted_without_interval(en):
    made = study(TWO, E=[[6, 6, 6, 6]] * 5, P=FIVE)
    said = scores.sides(gap_profile(made), made, en)
    assert said.n.startswith("3 to 4 of 5 customers.") and said.interval.startswith("None")


def test_totals_say_whose_points_count(en):
    made = study(TWO, E=[[6, 6, 6, 6]] * 5, P=FIVE)
    asked = replace(made, importance=pd.DataFrame({"a": [50, 45, 30, np.nan, 10], "b": [50, 50, 30, np.nan, 10]}))
    said = scores.servqual(scoring.servqual(asked), asked, en)
    assert "used of 2 customers (1 with sums between 90 and 110 rescaled, 2 others not used)" in said.missing
    assert "Importance" not in scores.servqual(scoring.servqual(made), made, en).missing


def figures(n=50, **more) -> KeyFigures:
    quality = KeyFigure("quality", 5.0, 4.8, 5.2, n, {"outcome": "satisfaction", "min": 1.0, "max": 7.0})
    share = KeyFigure("share", 0.3, 0.2, 0.4, n, {"wanted": "E", "n_reached": 15})
    change = KeyFigure("change", 0.1, -0.1, 0.3, 24, {"measure": "gap", "wave_before": "w1", "wave": "w2", "n_before": 22})
    values = {"quality": quality, "score": KeyFigure("servqual", -1, -1.2, -0.8, n), "share": share, "change": change}
    return KeyFigures(**values | more)


@pytest.mark.parametrize("asked", [("satisfaction",), ("satisfaction", "recommend")])
def test_an_outcome_is_called_the_chosen_one_only_where_there_is_a_choice(en, asked):
    answered = {name: [5.0] * 60 for name in asked}
    made = study(TWO, {Role.CUSTOMERS: people(60, **answered)}, E=[[6, 6, 6, 6]] * 60, P=[[5, 5, 5, 5]] * 60)
    made = replace(made, outcomes={name: Scale(1, 7) for name in asked})
    chosen = en("computed.figure.chosen", heading=en("overview.first"))
    assert (chosen in dict(scores.key_figures(figures(), made, en))["quality"].formula) == (len(asked) > 1)


def test_each_key_figure_says_how_it_was_computed(en):
    made = study(TWO, {Role.CUSTOMERS: people(60, unit=["x"] * 60)}, E=[[6, 6, 6, 6]] * 60, P=[[5, 5, 5, 5]] * 60)
    said = dict(scores.key_figures(figures(), made, en))
    assert list(said) == ["quality", "score", "share", "change"]
    assert "satisfaction" in said["quality"].simply and said["quality"].n.startswith("50 of 60 customers.")
    assert "Wilson" in said["share"].interval and "Wilson (1927)" in said["share"].reference
    assert said["change"].simply == "What changed from w1 to w2." and said["change"].n.startswith(
        "24 in the last wave, 22 in the one before"
    )
    assert [bool(one.rule) for one in said.values()] == [False, False, False, True]  # said once, of all
    assert list(dict(scores.key_figures(figures(change=Withheld("no_waves")), made, en))) == ["quality", "score", "share"]
    assert dict(scores.key_figures(figures(9), made, en))["score"].interval.startswith("None: with fewer than 10 customers")

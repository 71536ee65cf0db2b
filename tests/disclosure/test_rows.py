"""The result tables: rows of hidden groups are there, say why, and hold no number; models over units still use all units."""

import json
import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from gaps import charts, result
from gaps.analysis import analyse
from gaps.disclosure import GUARDED, SMALL, Minimum, protect
from gaps.findings.disclosure import left_out, nobody, not_compared
from gaps.i18n import LANGUAGES, Words
from gaps.model import Battery, Dimension, Gap, Instrument, Item, Role, Scale, Selection, Study, Withheld
from tests.scoring.build import people
from tests.scoring.build import study as build

NUMBERS = ["n_expected", "n_achieved", "expected", "achieved", "mean", "sd", "se", "df", "low", "high", "p"]
BATTERIES = {Role.CUSTOMERS: "EP", Role.MANAGERS: "MS", Role.EMPLOYEES: "VC"}
PEOPLE = {  # so many in units A to E
    Role.CUSTOMERS: (2, 3, 4, 40, 57),
    Role.MANAGERS: (1, 2, 3, 4, 6),
    Role.EMPLOYEES: (6, 6, 6, 6, 12),
}


@pytest.fixture(scope="module")
def study() -> Study:
    rng = np.random.default_rng(5)
    items = tuple(Item(k + 1, "ab"[k // 2]) for k in range(4))
    instrument = Instrument("test", {}, items, (Dimension("a"), Dimension("b")), Scale(1, 7))
    respondents, answers = {}, {}
    for role, sizes in PEOPLE.items():
        n = sum(sizes)
        units = [chr(65 + k) for k, size in enumerate(sizes) for _ in range(size)]
        waves = ["1" if k % 2 else "2" for k in range(n)]
        respondents[role] = pd.DataFrame({
            "respondent": [f"{role}{k}" for k in range(n)],
            "unit": pd.Categorical(units, ordered=True), "wave": pd.Categorical(waves, ordered=True),
        })  # fmt: skip
        for letter in BATTERIES[role]:
            answers[Battery(letter)] = pd.DataFrame(rng.integers(2, 8, (n, 4)).astype(np.float32), columns=[1, 2, 3, 4])
    frame = respondents[Role.CUSTOMERS].assign(overall_quality=rng.integers(1, 8, sum(PEOPLE[Role.CUSTOMERS])).astype(float))
    respondents[Role.CUSTOMERS] = frame
    return Study("test", instrument, respondents, answers, outcomes={"overall_quality": Scale(1, 7)})


def protected(study: Study, **selected):
    selection = Selection(**selected)
    return analyse(study, selection, resamples=50, crossed=True, protection=protect(study, Minimum()))


def test_rows_of_hidden_units_have_no_number_and_say_why(study):
    table = protected(study).gaps
    total = table.rows(gap=5, unit="*", level="total").set_index("unit")
    assert total["withheld"].to_dict() == {"A": SMALL, "B": SMALL, "C": SMALL, "D": "", "E": ""}
    hidden = table.frame[table.frame["withheld"].isin([SMALL, GUARDED])]
    assert len(hidden) > 100
    assert hidden[[*NUMBERS, "n_none"]].isna().all(axis=None)


def test_a_gap_between_two_roles_needs_both(study):
    table = protected(study).gaps
    by = {gap: table.rows(gap=gap, unit="*", level="total").set_index("unit")["withheld"].to_dict() for gap in (1, 2, 3, 4)}
    assert by[1] == {"A": SMALL, "B": SMALL, "C": SMALL, "D": "", "E": ""}  # C: 4 customers, 3 managers
    assert by[2] == by[3] == {"A": SMALL, "B": SMALL, "C": "", "D": "", "E": ""}
    assert by[4] == dict.fromkeys("ABCDE", "")


def test_what_is_shown_is_what_it_would_be_without_protection(study):
    mine, plain = protected(study).gaps.frame, analyse(study, crossed=True).gaps.frame
    shown = ~mine["withheld"].isin([SMALL, GUARDED])
    pd.testing.assert_frame_equal(mine[shown], plain[shown], check_dtype=False)


def test_no_number_of_people_below_the_minimum_stands_in_any_group_row(study):
    for selected in ({}, {"waves": ("1",)}, {"units": ("C", "D", "E")}):
        frame = protected(study, **selected).gaps.frame
        frame = frame[frame[["unit", "wave"]].notna().any(axis=1)]
        assert not frame.loc[frame["gap"].eq(5), "n_achieved"].between(1, 4).any()
        assert not frame.loc[frame["gap"].isin([1, 2]), "n_achieved"].between(1, 2).any()


def test_an_item_that_few_of_a_group_answered_is_hidden(study):
    perceived = study.answers[Battery.PERCEPTION].copy()
    perceived.loc[12:48, 1] = np.nan  # of unit D three answered item 1
    fewer = study.with_(answers={**study.answers, Battery.PERCEPTION: perceived})
    rows = protected(fewer).gaps.rows(gap=5, unit="D", level="item").set_index("item")["withheld"]
    assert rows.to_dict() == {1: SMALL, 2: "", 3: "", 4: ""}


def test_the_waterfall_of_a_unit_needs_all_three_roles(study):
    frame = protected(study).waterfall.frame
    rows = frame[frame["unit"].notna()].set_index("unit")
    assert rows.loc[["A", "B", "C"]].drop(columns="dimension").isna().all(axis=None)
    assert rows.loc[["D", "E"], "expected"].notna().all()
    gone = protected(study, units=("A", "B"))
    assert gone.waterfall == Withheld(SMALL, {"customers": 5, "managers": 3, "employees": 3})


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_waterfall_needs_answers_of_enough_people(study, language):
    """Of unit D four customers and two employees (of what is promised) answered: neither follows with D nor with D alone selected."""
    wanting = {Battery.EXPECTATION: slice(13, 48), Battery.PROMISE: slice(20, 23)}
    answers = {b: study.answers[b].copy() for b in wanting}
    for battery, rows in wanting.items():
        answers[battery].loc[rows] = np.nan
    of_customers, of_promise = (study.with_(answers={**study.answers, b: answers[b]}) for b in wanting)
    for selected in ({}, {"units": ("D",)}):
        rows = protected(of_customers, **selected).waterfall.frame
        rows = rows[rows["unit"].eq("D") | (rows["unit"].isna() & bool(selected))]
        assert len(rows) and rows.drop(columns=["dimension", "unit"]).isna().all(axis=None)
        rows = protected(of_promise, **selected).waterfall.frame
        rows = rows[rows["unit"].eq("D") | (rows["unit"].isna() & bool(selected))]
        assert len(rows) and rows[["promised", "n_promised"]].isna().all(axis=None) and rows["expected"].notna().all()
    everybody = protected(of_customers).waterfall.frame
    assert everybody.loc[everybody["unit"].isna(), "expected"].notna().all()
    found, words = protected(of_customers, units=("D",)), Words(language)
    drawn = charts.waterfall(found.waterfall, found.study, gaps=found.gaps, words=words)
    assert drawn.title == words("disclosure.chain.title") and not drawn.figure.data


def test_groups_are_compared_with_the_other_groups_that_are_shown(study):
    frame = protected(study).units.frame.set_index("group")
    assert frame["withheld"].to_dict() == {"A": SMALL, "B": SMALL, "C": SMALL, "D": "", "E": ""}
    assert frame.loc["D", "n_rest"] == 57
    assert frame.loc["A":"C", ["n", "n_rest", "mean", "rest", "difference"]].isna().all(axis=None)
    contrasts = protected(study).deeper().differences.contrasts
    assert set(contrasts.units["unit"]) == {"D", "E"}


def test_nothing_to_compare_says_so(study):
    assert protected(study, units=("A", "B", "C")).units.reason == SMALL
    assert protected(study, units=("A", "B", "C")).deeper().differences.contrasts.reason == SMALL


def test_models_over_units_use_every_unit(study):
    plain = analyse(study, resamples=50).deeper()
    mine = protected(study).deeper()
    pd.testing.assert_frame_equal(mine.unit_scores, plain.unit_scores)
    assert mine.protected.study.units == tuple("ABCDE")
    assert mine.study.units == tuple("ABCDE")  # with employees, all are large enough
    assert mine.study.customers["unit"].dropna().unique().tolist() == ["D", "E"]


def test_changes_of_a_role_that_is_hidden_in_a_wave_have_no_number(study):
    roles = dict(study.respondents)
    roles[Role.MANAGERS] = roles[Role.MANAGERS].assign(wave=pd.Categorical(["1"] * 2 + ["2"] * 14, ordered=True))
    changes = protected(replace(study, respondents=roles)).deeper().differences.changes.frame
    by_gap = changes[changes["measure"].eq("gap") & changes["dimension"].isna()].set_index("gap")
    assert by_gap["withheld"].isin([SMALL, GUARDED]).to_dict() == {1: True, 2: True, 3: True, 4: False, 5: False}
    assert by_gap.loc[[1, 2, 3], ["n_before", "n", "before", "after", "change"]].isna().all(axis=None)


def crossed(sizes: dict[tuple[str, str], int]) -> Study:
    """Customers by group and wave, so many in each."""
    who = [pair for pair, n in sizes.items() for _ in range(n)]
    frame = people(len(who), group=[group for group, _ in who], wave=[wave for _, wave in who])
    rows = np.random.default_rng(1).integers(3, 8, (2, len(who), 1))
    return build({"a": 1}, {Role.CUSTOMERS: frame}, E=rows[0], P=rows[1], segments=("group",))


def test_a_wave_hidden_for_others_is_the_reason_that_is_told():
    """Group x has 20 customers in each wave, and in one of them a smaller group would follow from it: not too few of them answered."""
    made = crossed({("x", "1"): 20, ("x", "2"): 20, ("y", "1"): 20, ("y", "2"): 3, ("z", "1"): 20, ("z", "2"): 20})
    y, x = (protected(made, segments=(("group", (name,)),)) for name in ("y", "x"))
    assert y.change.reason == y.deeper().latest_change(Gap.CUSTOMER).reason == y.deeper().changes.reason == SMALL
    hidden = [one for one in (x, protected(made, segments=(("group", ("z",)),))) if isinstance(one.change, Withheld)]
    assert hidden
    for one in hidden:
        assert one.change.reason == one.deeper().changes.reason == GUARDED


def test_one_wave_is_one_wave_whatever_is_hidden_in_it():
    """Of the wave selected the managers are hidden: there is still no other wave to compare it with."""
    made = crossed({("x", "1"): 20, ("x", "2"): 20})
    staff = people(21, wave=["1"] * 20 + ["2"])
    made = made.with_(
        respondents={**made.respondents, Role.MANAGERS: staff},
        answers={**made.answers, Battery.BELIEF: pd.DataFrame(np.full((21, 1), 5, np.float32), columns=[1])},
    )
    assert protected(made, waves=("2",)).deeper().changes == Withheld("one_wave")


def test_findings_name_no_hidden_group(study):
    answers = {b: frame.copy() for b, frame in study.answers.items()}
    answers[Battery.PERCEPTION].iloc[:5] = 1  # A and B are by far the worst
    found = protected(study.with_(answers=answers)).findings
    assert not [f for f in found if f.values.get("unit") in set("ABC") or set(f.values.get("groups", ())) & set("ABC")]


def test_a_selection_without_customers_says_that_they_are_hidden(study):
    found = {f.code: f.values for f in protected(study, units=("A",)).findings}
    assert found["state_withheld"] == {"reason": SMALL}
    assert not [code for code in found if code.startswith(("driver", "asymmetry"))]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_left_out_is_said_without_its_number_of_people(study, language):
    words = Words(language)
    some = protected(study, units=("A", "B", "C", "D")).protected
    said = left_out(some, words)
    assert re.findall(r"\d+", said) == ["5", "3", "3", "2"]  # fewer than 5 customers: 3 groups; fewer than 3 managers: 2
    assert left_out(protected(study).protected, words) == ""
    assert words("disclosure.fewer.customers", n=5) in nobody(protected(study, units=("A",)).protected, words)


def test_the_json_holds_nothing_of_hidden_groups(study):
    text = json.loads(result.dumps(result.document(protected(study), ())))
    rows = [row for row in text["gaps"] if row["withheld"] in (SMALL, GUARDED)]
    assert rows
    assert all(row[name] is None for row in rows for name in NUMBERS if name != "df")
    assert text["study"]["units"] == list("ABCDE")
    listed = text["deeper"]["differences"]["contrasts"]
    assert {row["unit"] for row in listed["units"]} == {"D", "E"}
    assert all(row["n"] is None for row in listed["frame"] if row["by"] == "unit" and row["group"] in "ABC")


def test_weights_know_nothing_of_hidden_crossings(study):
    deeper = protected(study).deeper()
    assert deeper.raked({"unit": {"D": 1, "E": 1}}).study.customers["unit"].dropna().nunique() == 2
    assert isinstance(deeper.raked({"unit": {"A": 1, "D": 1, "E": 1}}), Withheld)


@pytest.mark.parametrize("language", LANGUAGES)
def test_charts_draw_no_hidden_group_and_say_how_many_there_are(study, language):
    mine, words = protected(study), Words(language)
    who = words("disclosure.fewer.customers", n=5)
    said = words("disclosure.not_shown.small_group", who=who, count=3)
    drawn = [
        charts.unit_intervals(mine.gaps, mine.study, gap=5, words=words),
        charts.standings(mine.units, mine.study, by="unit", words=words),
    ]
    for chart in drawn:
        shown = {name for trace in chart.figure.data for name in trace.customdata}
        assert shown == {"D", "E"}
        assert said in chart.caption
    unit = charts.waterfall(mine.waterfall, mine.study, unit="A", words=words)
    assert unit.title == words("disclosure.unit.title", unit="A")
    assert not unit.figure.data
    assert who in unit.caption


@pytest.mark.parametrize("language", LANGUAGES)
def test_columns_of_which_one_group_is_left_are_not_compared(study, language):
    roles = dict(study.respondents)
    age = pd.Categorical(["old"] * 2 + ["middle"] * 50 + ["young"] * 54, ordered=True)
    roles[Role.CUSTOMERS] = roles[Role.CUSTOMERS].assign(age_group=age)
    mine = protected(study.with_(respondents=roles, segments=("age_group",)))
    words = Words(language)
    usual = {"en": "age group", "zh": "年龄段"}[language]
    assert not_compared(mine.deeper().differences.contrasts, words) == words("disclosure.not_shown.columns", columns=usual)
    assert not_compared(protected(study).deeper().differences.contrasts, words) == ""

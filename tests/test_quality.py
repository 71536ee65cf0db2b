"""Doubts about the answers: each found where it was planted, none where there is nothing, and set aside only on request."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps import quality
from gaps.i18n import Words
from gaps.importer import read_study
from gaps.model import Battery, Role, Scale
from tests.importer.workbooks import workbook
from tests.scoring import build

CUSTOMERS = Role.CUSTOMERS


def attentive(seed: int = 3, n: int = 60, sizes: dict[str, int] | None = None, **more):
    """People who have an opinion on each dimension and answer accordingly: nothing is odd."""
    rng = np.random.default_rng(seed)
    sizes = sizes or {"a": 4, "b": 3, "c": 4}
    items = np.repeat(np.arange(len(sizes)), list(sizes.values()))
    general = rng.normal(0, 0.8, (n, 1))

    def battery(level: float) -> np.ndarray:
        own = rng.normal(0, 0.6, (n, len(sizes)))[:, items]
        return np.clip(np.round(level + general + own + rng.normal(0, 0.7, (n, len(items)))), 1, 7)

    return build.study(sizes, E=battery(4.6), P=battery(3.9), **more)


def found(study, code: str, battery: Battery | None = None):
    return [c for c in quality.checks(study) if c.code == code and battery in (None, c.battery)]


def with_answers(study, **rows):
    """The study with some respondents' answers replaced: E={position: answers}."""
    answers = dict(study.answers)
    for letter, changed in rows.items():
        frame = answers[Battery(letter)].copy()
        for position, given_ in changed.items():
            frame.iloc[position] = given_
        answers[Battery(letter)] = frame
    return study.with_(answers=answers)


def with_people(study, **columns):
    return study.with_(respondents={**study.respondents, CUSTOMERS: study.customers.assign(**columns)})


def test_attentive_people_raise_no_doubt():
    assert quality.checks(attentive()) == ()


def test_straight_lines_are_told_apart_by_how_far_they_go():
    study = with_answers(attentive(), E={2: [5] * 11, 7: [6] * 11}, P={2: [5] * 11, 9: [3] * 11})
    through, in_e, in_p = (
        found(study, "straight_through"),
        found(study, "straight", Battery.EXPECTATION),
        found(study, "straight", Battery.PERCEPTION),
    )
    assert [c.positions.tolist() for c in (*through, *in_e, *in_p)] == [[2], [7], [9]]
    assert through[0].rows == (3,)
    assert through[0].values == {"n": 1, "of": 60}
    assert not found(study, "same_answers")  # the straight line is already said


def test_whoever_ticks_a_straight_line_in_two_blocks_counts_once():
    study = with_answers(attentive(), E={2: [5] * 11, 7: [6] * 11}, P={2: [4] * 11, 9: [3] * 11})
    checks = quality.checks(study)
    assert [c.count for c in checks if c.code == "straight"] == [2, 2]
    assert quality.totals(checks)["straight"] == 3
    aside = quality.set_aside(study, [c.switch for c in checks if c.code == "straight"], checks)
    assert quality.totals(aside.exclusions)["straight"] == 3 == study.n(CUSTOMERS) - aside.n(CUSTOMERS)


def test_a_straight_line_is_seen_as_it_was_answered():
    """Item 1 is negatively worded: who ticked 6 throughout stands in the study with 2 on it."""
    study = attentive()
    items = tuple(i if i.number != 1 else type(i)(1, i.dimension, {}, True) for i in study.instrument.items)
    study = study.with_(instrument=type(study.instrument)(**{**vars(study.instrument), "items": items}))
    study = with_answers(study, E={4: [2] + [6] * 10, 5: [6] * 11})
    assert [c.positions.tolist() for c in found(study, "straight", Battery.EXPECTATION)] == [[4]]


def test_a_straight_line_needs_half_of_the_answers():
    nan = np.nan
    study = with_answers(attentive(), E={0: [5] * 6 + [nan] * 5, 1: [5] * 5 + [nan] * 6})
    assert found(study, "straight", Battery.EXPECTATION)[0].positions.tolist() == [0]


def test_perception_equal_to_expectation_on_every_item():
    rows = [5, 6, 4, 5, 6, 4, 5, 6, 4, 5, 6]
    study = with_answers(attentive(), E={11: rows, 12: rows}, P={11: rows, 12: [*rows[:-1], 1]})
    assert found(study, "same_answers")[0].positions.tolist() == [11]


def test_speeders_are_below_a_third_of_the_median():
    seconds = np.array([300.0] * 58 + [100.0, 99.9])
    check = found(with_people(attentive(), duration=seconds), "speeder")[0]
    assert check.positions.tolist() == [59]
    assert check.values["limit"] == pytest.approx(100)
    assert check.values["median"] == 300


@pytest.mark.parametrize(
    ("text", "seconds"), [("95", 95), ("95秒", 95), ("1分35秒", 95), ("0:01:35", 95), ("1:35", 95), ("1 h 2 min", 3720), ("2小时", 7200)]
)
def test_durations_are_read_from_text(text, seconds):
    assert quality.seconds_of(text) == seconds


def test_what_is_no_duration_is_none():
    assert np.isnan(quality.seconds_of("soon"))
    assert not found(with_people(attentive(), duration=["soon"] * 60), "speeder")


@pytest.mark.parametrize(
    ("column", "values", "code", "expected"),
    [
        ("status", ["IP Address"] * 58 + ["Survey Preview", "Survey Test"], "preview", [58, 59]),
        ("status", [0] * 57 + [1, 2, 16], "preview", [57, 58]),
        ("status", [1] * 60, "preview", []),  # elsewhere 1 says that all is well
        ("status", ["latest"] * 60, "preview", []),
        ("status", ["Complete"] * 59 + ["Partial"], "unfinished", [59]),
        ("finished", [True] * 59 + [False], "unfinished", [59]),
        ("finished", [1] * 59 + [0], "unfinished", [59]),
        ("finished", ["TRUE"] * 59 + ["FALSE"], "unfinished", [59]),
        ("finished", [100.0] * 58 + [99.0, 100.0], "unfinished", [58]),
        ("finished", ["是"] * 59 + ["否"], "unfinished", [59]),
        ("finished", ["1980-01-01 00:00:00"] * 59 + [""], "unfinished", [59]),  # LimeSurvey: no submitdate
        ("finished", [""] * 60, "unfinished", []),
    ],
)
def test_previews_and_unfinished(column, values, code, expected):
    checks = found(with_people(attentive(), **{column: values}), code)
    assert [p for c in checks for p in c.positions.tolist()] == expected
    assert all(c.by_default for c in checks)


def test_a_repeated_response_is_the_second_one():
    study = attentive()
    first = {letter: study.answers[Battery(letter)].iloc[20].tolist() for letter in "EP"}
    study = with_answers(study, **{letter: {41: rows} for letter, rows in first.items()})
    assert found(study, "duplicate")[0].positions.tolist() == [41]
    assert not found(with_people(study, unit=pd.Categorical(["x"] * 41 + ["y"] * 19)), "duplicate")


def test_ceiling_says_the_share_and_who_chose_nothing_else():
    study = attentive()
    top = study.answers[Battery.EXPECTATION].copy()
    top.iloc[:, :6] = 7
    top.iloc[3] = 7
    check = found(study.with_(answers={**study.answers, Battery.EXPECTATION: top}), "ceiling")[0]
    assert check.values["share"] == (top.to_numpy() == 7).mean()
    assert 3 in check.positions.tolist()


@pytest.mark.parametrize("numbers", [[2], [2, 9], [1, 2], [5, 6, 7]])
@pytest.mark.parametrize("battery", [Battery.EXPECTATION, Battery.PERCEPTION])
def test_items_not_reversed_are_found_and_no_others(numbers, battery):
    """One of four, one each of two dimensions, half of a dimension, a whole dimension."""
    study = attentive(n=200)
    frame = study.answers[battery].copy()
    frame[numbers] = 8 - frame[numbers]
    turned = study.with_(answers={**study.answers, battery: frame})
    assert [c.items for c in found(turned, "reversed")] == [tuple(numbers)]
    assert not found(study, "reversed")
    assert quality.item_total(turned, battery, numbers[0]) < 0 or len(numbers) == 3


def test_an_item_that_a_battery_left_out_hides_no_reversed_ones():
    study = attentive(n=200)
    frame = study.answers[Battery.PERCEPTION].copy()
    frame[[5, 6, 7]] = 8 - frame[[5, 6, 7]]
    frame[8] = np.nan
    turned = study.with_(answers={**study.answers, Battery.PERCEPTION: frame})
    assert [c.items for c in found(turned, "reversed")] == [(5, 6, 7)]
    frame[[5, 6, 7]] = 8 - frame[[5, 6, 7]]
    assert not found(study.with_(answers={**study.answers, Battery.PERCEPTION: frame}), "reversed")


def test_the_item_total_correlation_is_corrected():
    """Item 1 with 2 + 3: by hand x = 1,2,3,4 and the others' sums 2,4,6,6, r = 7 / sqrt(5 * 11)."""
    study = build.study({"a": 3}, E=[[1, 1, 1], [2, 2, 2], [3, 3, 3], [4, 3, 3]])
    assert quality.item_total(study, Battery.EXPECTATION, 1) == pytest.approx(7 / np.sqrt(55))


def test_a_block_on_a_shorter_scale():
    study = attentive(n=100)
    short = study.answers[Battery.PERCEPTION].clip(upper=5)
    check = found(study.with_(answers={**study.answers, Battery.PERCEPTION: short}), "mixed_scales")
    assert [(c.battery, c.values["top"]) for c in check] == [(Battery.PERCEPTION, 5)]
    assert not found(study, "mixed_scales")


def test_rows_are_those_of_excel_where_known():
    study = with_people(with_answers(attentive(), E={2: [5] * 11}), excel_row=np.arange(60) + 4)
    assert found(study, "straight")[0].rows == (6,)


def test_nothing_is_set_aside_unless_asked():
    study = with_answers(attentive(), E={2: [5] * 11})
    assert quality.default_switches(quality.checks(study)) == ()
    assert quality.set_aside(study, ()) is study
    assert quality.set_aside(study, ["preview.customers"]) is study


def test_setting_aside_takes_people_out_everywhere_and_says_so():
    study = build.random_study(seed=5, n=60)
    status = ["Survey Preview" if i in (0, 9) else "IP Address" for i in range(60)]
    study = with_people(study, status=status)
    checks = quality.checks(study)
    switches = quality.default_switches(checks)
    assert switches == ("preview.customers",)
    less = quality.set_aside(study, switches)
    assert less.n(CUSTOMERS) == 58
    assert [len(less.answers[b]) for b in (Battery.EXPECTATION, Battery.PERCEPTION)] == [58, 58]
    assert less.n(Role.MANAGERS) == study.n(Role.MANAGERS)
    assert less.customers["respondent"].tolist() == [r for i, r in enumerate(study.customers["respondent"]) if i not in (0, 9)]
    assert [(e.code, e.role, e.count) for e in less.exclusions] == [("preview", CUSTOMERS, 2)]
    assert less.fingerprint != study.fingerprint
    assert study.n(CUSTOMERS) == 60
    listed = quality.excluded(study, switches, checks)
    assert listed["row"].tolist() == [1, 10]
    assert listed["reasons"].tolist() == ["preview", "preview"]


def test_items_and_blocks_can_be_set_aside():
    study = attentive(n=100)
    frame = study.answers[Battery.PERCEPTION].copy()
    frame[2] = 8 - frame[2]
    turned = study.with_(answers={**study.answers, Battery.PERCEPTION: frame})
    less = quality.set_aside(turned, ["reversed.customers.P"])
    assert 2 not in less.instrument.numbers
    assert all(2 not in f for f in less.answers.values())
    assert less.exclusions[0].items == (2,)
    short = study.with_(answers={**study.answers, Battery.PERCEPTION: study.answers[Battery.PERCEPTION].clip(upper=5)})
    less = quality.set_aside(short, ["mixed_scales.customers.P"])
    assert set(less.answers) == {Battery.EXPECTATION}
    assert less.instrument.batteries == (Battery.EXPECTATION,)


def test_several_reasons_of_one_respondent_stand_on_one_line():
    study = with_people(with_answers(attentive(), E={0: [5] * 11}), status=["Survey Preview"] + ["x"] * 59)
    listed = quality.excluded(study, ["preview.customers", "straight.customers.E"])
    assert listed["reasons"].tolist() == ["preview straight"]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), shift=st.integers(1, 59))
def test_order_of_respondents_changes_no_count(seed, shift):
    study = with_answers(attentive(seed), E={2: [5] * 11, 7: [6] * 11})
    order = np.roll(np.arange(60), shift)
    turned = study.with_(
        respondents={CUSTOMERS: study.customers.iloc[order].reset_index(drop=True)},
        answers={b: f.iloc[order].reset_index(drop=True) for b, f in study.answers.items()},
    )
    counts = [[(c.switch, c.count) for c in quality.checks(s)] for s in (study, turned)]
    assert counts[0] == counts[1]


def test_a_real_study(kiosk):
    """The same counts straight from the answers, without this module."""
    study = read_study(kiosk).study
    counts = {c.switch: c.count for c in quality.checks(study)}
    e, p = (study.answers[b].to_numpy() for b in (Battery.EXPECTATION, Battery.PERCEPTION))
    through = [set(row) for row in np.hstack([e, p]).tolist()].count({5.0})  # with missing answers a set has a NaN in it
    assert counts.get("straight_through.customers", 0) >= through
    assert counts.get("reversed.customers.P", 0) == 0
    assert counts.get("preview.customers", 0) == counts.get("unfinished.customers", 0) == 0


def test_a_scale_from_nought():
    study = attentive()
    answers = {b: f - 1 for b, f in study.answers.items()}
    instrument = type(study.instrument)(**{**vars(study.instrument), "scale": Scale(0, 6)})
    assert quality.checks(study.with_(answers=answers, instrument=instrument)) == ()


def test_the_result_file_says_what_was_set_aside():
    from gaps import analysis, result

    study = with_people(attentive(), status=["Survey Preview"] * 2 + ["x"] * 58)
    less = quality.set_aside(study, ["preview.customers"])
    told = result.document(analysis.analyse(less, resamples=10), (), deeper=False)["study"]
    assert told["exclusions"] == [{"code": "preview", "role": "customers", "count": 2, "battery": None, "items": [], "rows": [1, 2]}]
    assert told["respondents"]["customers"] == 58


def with_blank_rows() -> bytes:
    """Sixty customers of whom two answered nothing that counts, and one left everything blank but the unit; the managers nothing."""
    study = attentive()
    e, p = (study.answers[b].astype(int).astype(str).to_numpy().tolist() for b in (Battery.EXPECTATION, Battery.PERCEPTION))
    rows = [["a", *x, *y] for x, y in zip(e, p, strict=True)]
    rows[4] = ["b", *[""] * 22]
    rows[9] = ["b", *["99"] * 11, *["none"] * 11]
    head = ["unit", *(f"E{k}" for k in range(1, 12)), *(f"P{k}" for k in range(1, 12))]
    items = [["item", "dimension"], *([str(k), "abc"[(k > 4) + (k > 7)]] for k in range(1, 12))]
    managers = [["unit", *(f"M{k}" for k in range(1, 12))], ["a", *[""] * 11], ["b", *[""] * 11]]
    return workbook({"customers": [head, *rows], "items": items, "managers": managers})


def test_rows_without_an_answer_are_counted_and_always_set_aside():
    study = read_study(with_blank_rows(), "x.xlsx").study
    assert study.n(CUSTOMERS) == 58
    customers, managers = [c for c in quality.checks(study) if c.code == "blank"]
    assert (customers.rows, customers.count, customers.values) == ((6, 11), 2, {"n": 2, "of": 60})
    assert (managers.role, managers.rows, managers.values) == (Role.MANAGERS, (2, 3), {"n": 2, "of": 2})
    assert customers.always and customers.by_default
    for switches in ((), quality.default_switches(quality.checks(study)), ("straight.customers.E",)):
        less = quality.set_aside(study, switches)
        assert less.n(CUSTOMERS) == 58
        assert [(e.code, e.role, e.count, e.rows) for e in less.exclusions if e.code == "blank"] == [
            ("blank", CUSTOMERS, 2, (6, 11)),
            ("blank", Role.MANAGERS, 2, (2, 3)),
        ]
        listed = quality.excluded(study, switches)
        assert listed[listed["reasons"] == "blank"]["row"].tolist() == [6, 11, 2, 3]
    again = quality.set_aside(quality.set_aside(study, ["blank.customers"]), ["blank.customers"])
    assert len(again.exclusions) == 2


def test_the_command_line_and_its_json_say_which_rows_have_no_answer(tmp_path, capsys):
    from gaps import cli

    words = Words("en")
    file, out = tmp_path / "x.xlsx", tmp_path / "x.json"
    file.write_bytes(with_blank_rows())
    assert cli.main(["analyse", str(file), "--json", str(out), "--resamples", "10", "--language", "en"]) == 0
    told = json.loads(out.read_text(encoding="utf-8"))["study"]["exclusions"]
    assert told[0] == {"code": "blank", "role": "customers", "count": 2, "battery": None, "items": [], "rows": [6, 11]}
    counted = words("quality.counted", name=words("quality.name.blank"), n=4)
    assert capsys.readouterr().out.startswith(words("quality.notice", what=counted))

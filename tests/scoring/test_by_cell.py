"""What is added up cell by cell is what passing over the selected respondents gives, whatever is selected of whatever study."""

import dataclasses
import gc
import weakref
from collections.abc import Mapping, Sequence
from enum import Enum
from numbers import Number

import numpy as np
import pandas as pd
import pytest

from gaps import model
from gaps.analysis import analyse
from gaps.disclosure import Minimum, protect
from gaps.model import Battery, Role, Selection, Study
from gaps.scoring import select
from gaps.scoring.by_cell import added, cells_of, counted, products, singled_out, summed
from gaps.scoring.selection import wanted
from tests.scoring.build import random_study

SEARCHED = tuple(
    f"{piece} {table}" for piece in ("units", "contrasts") for table in ("units", "spread")
)  # rest on the top of a likelihood, which is flat: rounding moves it in the seventh digit
PIECES = (
    "gaps",
    "gaps_in_files",
    "servqual",
    "zone",
    "waterfall",
    "widest_gap",
    "widest_dimension",
    "units",
    "change",
    "figures",
    "described",
    "drivers",
    "reliability",
)


def with_points(made: Study, seed: int = 1, asked: float = 0.7) -> Study:
    """Importance points: some sum to 100, some nearly, some to nonsense, some are missing."""
    rng = np.random.default_rng(seed)
    n, ids = made.n(Role.CUSTOMERS), [d.id for d in made.instrument.dimensions]
    points = rng.dirichlet(np.ones(len(ids)), n) * rng.choice([100.0, 95.0, 60.0], (n, 1), p=[asked, 0.15, 0.85 - asked])
    points[rng.random(n) < 0.1] = np.nan
    return made.with_(importance=pd.DataFrame(points, columns=ids))


def with_column(made: Study, role: Role, **columns) -> Study:
    return made.with_(respondents={**made.respondents, role: made.respondents[role].assign(**columns)})


def lone_unit(made: Study) -> Study:
    """A unit with one customer."""
    unit = made.customers["unit"].cat.add_categories(["unit 0"])
    unit.iloc[3] = "unit 0"
    return with_column(made, Role.CUSTOMERS, unit=unit)


def straight(made: Study) -> Study:
    """Everybody answers some items alike, and one customer in three all of them."""
    perception = made.answers[Battery.PERCEPTION].copy()
    perception[[1, 2]] = 7.0
    perception.iloc[::3] = 4.0
    return made.with_(answers={**made.answers, Battery.PERCEPTION: perception})


def direct(seed: int = 4) -> Study:
    rng = np.random.default_rng(seed)
    made = random_study(seed, 150, batteries="EP", units=7)
    ratings, none = {}, {}
    for gap, role in model.DIRECT_ROLE.items():
        frame = pd.DataFrame(rng.integers(1, 8, (made.n(role), 3)).astype(float), columns=["a", "b", "c"])
        none[gap] = pd.DataFrame(rng.random(frame.shape) < 0.1, columns=frame.columns)
        ratings[gap] = frame.mask(none[gap] | (rng.random(frame.shape) < 0.1))
    return made.with_(ratings=ratings, no_ratings=none)


def twice(made: Study) -> Study:
    """Some customers and employees answered in both waves."""
    for role in (Role.CUSTOMERS, Role.EMPLOYEES):
        names = [str(k % (2 * made.n(role) // 3)) for k in range(made.n(role))]
        made = with_column(made, role, respondent=names)
    return made


WEIGHTS = np.random.default_rng(9).uniform(0.3, 3, 400)
STUDIES = {
    "plain": lambda: with_points(random_study(1, 400, units=8, waves=3)),
    "weighted": lambda: with_points(random_study(2, 400, units=8, waves=3, weight=WEIGHTS), asked=0.3),
    "nobody's points count": lambda: with_points(random_study(3, 200, units=3), asked=0.0),
    "hardly an answer": lambda: random_study(5, 200, missing=0.6, units=4),
    "a unit of one": lambda: lone_unit(random_study(6, 200, units=7)),
    "straight": lambda: straight(random_study(7, 240, units=7, missing=0.05)),
    "direct": direct,
    "three columns": lambda: with_points(random_study(8, 240, units=7, batteries="ADPMSV")),
    "perceptions alone": lambda: with_points(random_study(9, 200, units=7, batteries="P")),
    "no units": lambda: random_study(10, 200, units=0),
    "the same people": lambda: twice(random_study(11, 300, units=3)),
    "one person": lambda: random_study(12, 1),
}


def selections(made: Study) -> list[Selection]:
    sex = tuple(made.cells[Role.CUSTOMERS].present("sex"))
    found = [Selection(waves=(wave,)) for wave in made.waves]
    found += [Selection(units=made.units[:1]), Selection(units=made.units[1:]), Selection(units=made.units[-2:], waves=made.waves[-2:])]
    found += [Selection(segments=(("sex", sex[:1]),)), Selection(waves=made.waves[:1], segments=(("sex", sex[-1:]),))]
    return [one for one in dict.fromkeys(found) if not one.everything and all(values for _, values in one.segments)]


def by_rows(made: Study, selection: Selection) -> Study:
    """The selected respondents, cut out."""
    return made.only({role: cells[made.cells[role].of] for role, cells in wanted(made, selection).items()})


def alike(a, b, where: str = "") -> None:
    """Two results hold the same texts, and the same numbers to nine digits."""
    assert type(a) is type(b) or (isinstance(a, Number) and isinstance(b, Number)), where
    if isinstance(a, pd.DataFrame):
        assert list(a.columns) == list(b.columns), where
        assert list(a.dtypes) == list(b.dtypes), where
        assert len(a) == len(b), where
        for name in a:
            if a[name].dtype.kind in "fi":
                near = 1e-4 if where in SEARCHED else 1e-9
                np.testing.assert_allclose(a[name].to_numpy(float), b[name].to_numpy(float), near, 1e-11, err_msg=f"{where} {name}")
            else:
                assert a[name].fillna("-").tolist() == b[name].fillna("-").tolist(), f"{where} {name}"
    elif isinstance(a, Mapping):
        assert list(a) == list(b), where
        for key in a:
            alike(a[key], b[key], f"{where} {key}")
    elif dataclasses.is_dataclass(a):
        for field in dataclasses.fields(a):
            alike(getattr(a, field.name), getattr(b, field.name), f"{where} {field.name}")
    elif a is None or isinstance(a, str | Enum | frozenset):
        assert a == b, where
    elif isinstance(a, Number):
        np.testing.assert_allclose(float(a), float(b), 1e-9, 1e-11, err_msg=where)
    elif isinstance(a, Sequence):
        assert len(a) == len(b), where
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            alike(x, y, f"{where} {k}")
    else:
        raise AssertionError(f"{where}: what is a {type(a)}?")


def compare(found, expected) -> None:
    for piece in PIECES:
        alike(getattr(found, piece), getattr(expected, piece), piece)
    for piece in ("distributions", "stated"):
        alike(getattr(found.deeper(), piece), getattr(expected.deeper(), piece), piece)
    for outcome in found.study.outcomes:
        for piece in ("priorities", "chain"):
            alike(getattr(found.deeper(outcome), piece), getattr(expected.deeper(outcome), piece), piece)


@pytest.mark.parametrize("kind", STUDIES)
def test_a_selection_is_what_the_study_of_these_respondents_alone_is(kind):
    made = STUDIES[kind]()
    analyse(made, resamples=20)
    for selection in selections(made):
        found = analyse(made, selection, resamples=20)
        assert found.study.whole is made
        compare(found, analyse(by_rows(made, selection), resamples=20))


def compare_differences(found, expected) -> None:
    for piece in ("contrasts", "changes", "technical", "expected_top"):
        alike(getattr(found, piece), getattr(expected, piece), piece)
    units, sex = found.study.units, found.study.segment_values["sex"]
    for a, b in (
        (Selection(units=units[:1]), None),
        (Selection(units=units[:2]), Selection(segments=(("sex", sex[:1]),))),
        (Selection(waves=found.study.waves[:1]), Selection(segments=(("sex", sex[-1:]),))),
    ):
        alike(found.compared(a, b), expected.compared(a, b), "compared")


@pytest.mark.parametrize("kind", ["plain", "weighted", "direct", "perceptions alone", "no units", "the same people", "hardly an answer"])
def test_groups_and_two_selections_of_a_part(kind):
    made = STUDIES[kind]()
    for selection in selections(made)[:4]:
        compare_differences(analyse(made, selection).deeper(), analyse(by_rows(made, selection)).deeper())


@pytest.mark.parametrize("most", [0, 36], ids=["nothing kept", "units and waves kept"])
@pytest.mark.parametrize("kind", ["plain", "weighted"])
def test_two_selections_that_share_cells_of_the_first_layer(kind, most, monkeypatch):
    few, many = STUDIES[kind](), STUDIES[kind]()
    monkeypatch.setattr(model, "FEWEST_IN_A_CELL", 10**9)
    assert few.cells[Role.CUSTOMERS].few
    monkeypatch.setattr(model, "FEW_CELLS", most)
    for selection in (Selection(), Selection(waves=few.waves[:2])):
        compare_differences(analyse(few, selection).deeper(), analyse(many, selection).deeper())


@pytest.mark.parametrize("most", [0, 36], ids=["nothing kept", "units and waves kept"])
@pytest.mark.parametrize("kind", ["plain", "weighted", "direct", "three columns"])
def test_and_what_it_is_where_cells_are_too_many_to_be_kept(kind, most, monkeypatch):
    few, many = STUDIES[kind](), STUDIES[kind]()
    monkeypatch.setattr(model, "FEWEST_IN_A_CELL", 10**9)
    assert few.cells[Role.CUSTOMERS].few
    monkeypatch.setattr(model, "FEW_CELLS", most)
    assert not many.cells[Role.CUSTOMERS].few
    assert cells_of(many, Role.CUSTOMERS).few == (most > 0)
    for selection in (Selection(), *selections(few)):
        compare(analyse(few, selection, resamples=20), analyse(many, selection, resamples=20))


@pytest.mark.parametrize("kind", ["plain", "a unit of one"])
def test_hidden_groups_stay_hidden_and_the_others_keep_their_numbers(kind, monkeypatch):
    few, many = STUDIES[kind](), STUDIES[kind]()
    assert few.cells[Role.CUSTOMERS].few
    monkeypatch.setattr(model, "FEW_CELLS", 0)
    monkeypatch.setattr(model, "FEWEST_IN_A_CELL", 10**9)
    protections = protect(few, Minimum()), protect(many, Minimum())
    for selection in (Selection(), *selections(few)):
        compare(*(analyse(p.study, selection, resamples=20, protection=p) for p in protections))


def test_every_frame_of_a_part_is_the_whole_study_s_without_the_others():
    made = direct()
    made = with_points(made).with_(answers={**made.answers, Battery.ADEQUATE: made.answers[Battery.EXPECTATION]})
    for selection in selections(made):
        part, rows = select(made, selection), by_rows(made, selection)
        assert part.fingerprint == rows.fingerprint
        assert (part.units, part.waves) == (rows.units, rows.waves)
        assert [part.n(role) for role in Role] == [rows.n(role) for role in Role]


def test_a_part_with_something_replaced_is_a_study_of_its_own():
    made = random_study(3, 80)
    part = select(made, Selection(waves=made.waves[:1]))
    assert part.whole is made
    changed = part.with_(title="another")
    assert changed.whole is changed
    assert changed.customers.equals(part.customers)


def test_a_part_of_a_part_is_one_of_the_same_whole():
    made = random_study(4, 120)
    wave, unit = Selection(waves=made.waves[:1]), Selection(units=made.units[:1])
    both = select(select(made, wave), unit)
    assert both.whole is made
    assert both.fingerprint == select(made, Selection(units=made.units[:1], waves=made.waves[:1])).fingerprint


def test_each_respondent_is_passed_over_once():
    made, passes = random_study(5, 90), []

    def rows(study):
        passes.append(study)
        return [(0.0, study.customers["overall_quality"].to_numpy(float))]

    for wave in made.waves:
        part = select(made, Selection(waves=(wave,)))
        sums = summed(part, Role.CUSTOMERS, "quality", rows)
        assert sums.all().mean[0, 0] == pytest.approx(part.customers["overall_quality"].mean())
    assert passes == [made]


def test_cross_products_and_plain_sums_by_cell():
    made = random_study(6, 90, weight=WEIGHTS[:90])
    part = select(made, Selection(units=made.units[:2]))
    weight, y = part.customers["weight"].to_numpy(), part.customers["overall_quality"].to_numpy()

    def table(study):
        return np.column_stack([np.ones(study.n(Role.CUSTOMERS)), study.customers["overall_quality"]])

    for power in (0, 1, 2):
        found = products(part, Role.CUSTOMERS, "quality", table, power).sum(axis=0)
        w = weight**power
        assert found == pytest.approx([w.sum(), (w * y).sum(), (w * y * y).sum()])
    found = added(part, Role.CUSTOMERS, "quality", lambda study: [study.customers["overall_quality"].to_numpy()])
    assert len(found) == len(cells_of(part, Role.CUSTOMERS))
    assert found.sum() == pytest.approx(y.sum())


def test_answers_counted_by_cell():
    made = random_study(6, 90, weight=WEIGHTS[:90])
    part = select(made, Selection(units=made.units[:2]))

    def codes(study):
        y = study.customers["overall_quality"].to_numpy()
        return [y.astype(int) - 1, np.where(y > 3, 0, 7)]

    n, w = (found.sum(axis=0) for found in counted(part, Role.CUSTOMERS, "quality", codes, 7))
    y, weight = part.customers["overall_quality"].to_numpy(), part.customers["weight"].to_numpy()
    assert n.tolist() == [[(y == k).sum() for k in range(1, 8)], [(y > 3).sum(), 0, 0, 0, 0, 0, 0]]
    assert w[0] == pytest.approx([weight[y == k].sum() for k in range(1, 8)])
    assert w[1] == pytest.approx([weight[y > 3].sum(), 0, 0, 0, 0, 0, 0])


def test_those_who_are_singled_out_are_those_of_the_selection():
    made = random_study(7, 90)

    def unhappy(study):
        y = study.customers["overall_quality"].to_numpy()
        rows = np.flatnonzero(y <= 2)
        return rows, y[rows]

    for wave in made.waves:
        part = select(made, Selection(waves=(wave,)))
        y = part.customers["overall_quality"].to_numpy()
        assert singled_out(part, Role.CUSTOMERS, "unhappy", unhappy).tolist() == y[y <= 2].tolist()


def test_a_study_is_let_go_of_with_what_is_remembered_of_it():
    made = with_points(random_study(8, 90))
    part = select(made, Selection(waves=made.waves[:1]))
    for one in (made, part):
        compare(analyse(one, resamples=20), analyse(one, resamples=20))
    gone = [weakref.ref(one) for one in (made, part)]
    del made, part, one
    gc.collect()
    assert [ref() for ref in gone] == [None, None]

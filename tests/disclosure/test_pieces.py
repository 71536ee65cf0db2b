"""Every piece that shows numbers of some people: which people these are, and that no two such sets differ by fewer than the minimum.

The sets are worked out here from the selections alone; that they are the people behind a number is held by the counts beside it.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps import result
from gaps.analysis import Analysis, analyse
from gaps.disclosure import Minimum, protect
from gaps.model import UNIT, WAVE, Battery, Exclusion, Role, Selection, Study, Withheld
from tests.disclosure.test_protection import ITEMS, boxes, shown, small_studies, study, units

MINIMUM = Minimum(5, 3, 3)
OWN_GAP = {Role.CUSTOMERS: 5, Role.MANAGERS: 2}  # the gap that rests on this role alone
Found = Iterator[tuple[np.ndarray, object]]  # the people, as a truth value each, and how many are told


def with_managers(made: Study, rng: np.random.Generator) -> Study:
    """Managers in the customers' units and waves, too few in some."""
    n = int(rng.integers(3, 30))
    columns = {}
    for name in (UNIT, WAVE):
        if name in made.customers:
            values = [*made.customers[name].cat.categories, None]
            drawn = rng.choice(len(values), n, p=rng.dirichlet(np.full(len(values), 0.8)))
            columns[name] = pd.Categorical([values[k] for k in drawn], categories=values[:-1], ordered=True)
    managers = pd.DataFrame({"respondent": [f"m{k}" for k in range(n)], **columns})
    answers = {
        b: pd.DataFrame(rng.integers(1, 8, (n, ITEMS)).astype(np.float32), columns=[1, 2]) for b in (Battery.BELIEF, Battery.STANDARD)
    }
    return made.with_(respondents={**made.respondents, Role.MANAGERS: managers}, answers={**made.answers, **answers})


def among(frame: pd.DataFrame, name: str, values: tuple[str, ...], role: Role) -> np.ndarray:
    if not values or (role is not Role.CUSTOMERS and name not in (UNIT, WAVE)):
        return np.ones(len(frame), bool)
    return frame[name].isin(values).to_numpy() if name in frame else np.zeros(len(frame), bool)


def named(made: Study, selection: Selection, role: Role) -> np.ndarray:
    frame = made.respondents[role]
    columns = [(UNIT, selection.units), (WAVE, selection.waves), *selection.segments]
    return np.logical_and.reduce([among(frame, name, values, role) for name, values in columns])


def tables(made: Study, frame: pd.DataFrame, there: np.ndarray, role: Role) -> Found:
    """The rows of a gap table about the gap of one role."""
    rows = frame[frame["gap"].eq(OWN_GAP[role]) & frame["mean"].notna() & frame["item"].isna() & frame["dimension"].isna()]
    for row in rows.to_dict("records"):
        people = there
        for name in (UNIT, WAVE):
            if isinstance(row[name], str):
                people = people & among(made.respondents[role], name, (row[name],), role)
        if isinstance(row["segment"], str):
            people = people & among(made.customers, row["segment"], (row["segment_value"],), role)
        yield people, row["n_achieved"]


def contrasted(made: Study, found: Analysis, there: np.ndarray) -> Found:
    """Each group against the others that are shown."""
    contrasts = found.deeper().differences.contrasts
    if isinstance(contrasts, Withheld) or not len(contrasts.frame):
        return
    frame = contrasts.frame[contrasts.frame["dimension"].isna() & contrasts.frame["measure"].eq("gap")]
    hidden = frame["withheld"].isin(["small_group", "guards_others"])
    for by, rows in frame[~hidden].groupby("by"):
        of = {group: there & among(made.customers, by, (group,), Role.CUSTOMERS) for group in rows["group"]}
        for row in rows.to_dict("records"):
            yield of[row["group"]], row["n"]
            if row["n_rest"]:
                yield np.logical_or.reduce([people for group, people in of.items() if group != row["group"]]), row["n_rest"]


def changed(made: Study, changes, there: np.ndarray, role: Role) -> Found:
    """Both waves of a change."""
    if isinstance(changes, Withheld):
        return
    frame = changes.frame
    for row in frame[frame["gap"].eq(OWN_GAP[role]) & frame["dimension"].isna() & frame["before"].notna()].to_dict("records"):
        for name, n in (("wave_before", "n_before"), ("wave", "n")):
            yield there & among(made.respondents[role], WAVE, (row[name],), role), row[n]


def compared(made: Study, found: Analysis, there: np.ndarray, role: Role, a: Selection, b: Selection | None) -> Found:
    """Both sides of a comparison; what is in both counts on neither, but follows from the sides and the selections."""
    result = found.deeper().compared(a, b)
    if isinstance(result, Withheld):
        return
    rows = result.totals()
    rows = rows[rows["gap"].eq(OWN_GAP[role]) & rows["mean"].notna()]
    first = there & named(made, a, role)
    second = there & (~first if b is None else named(made, b, role))
    both = first & second
    if role in result.n:
        yield first & ~both, result.n[role][0]
        yield second & ~both, result.n[role][1]
        yield both, result.both[role]
    for row in rows.to_dict("records"):
        yield first & ~both, row["n"]
        yield second & ~both, row["n_rest"]


def unit_page(made: Study, found: Analysis, there: np.ndarray, role: Role, unit: str) -> Found:
    profile = found.deeper().unit(unit)
    people = there & among(made.respondents[role], UNIT, (unit,), role)
    yield from tables(made, profile.table.frame, people, role)
    yield from changed(made, profile.changes, people, role)
    yield from compared(made, found, there, role, Selection(units=(unit,)), None)
    yield from beside_others(made, found, profile, there, role)
    told = profile.n.get(role, (0, 0))[0]
    if not isinstance(told, Withheld) and told:
        yield people, told


def beside_others(made: Study, found: Analysis, profile, there: np.ndarray, role: Role) -> Found:
    """A unit and the other units that are shown of a role."""
    if isinstance(profile.others, Withheld):
        return
    names = [name for name in found.study.cells[role].present(UNIT) if name != profile.unit]
    sides = [there & among(made.respondents[role], UNIT, tuple(of) or ("",), role) for of in ([profile.unit], names)]
    totals = profile.others.totals()
    for row in totals[totals["gap"].eq(OWN_GAP[role]) & totals["mean"].notna()].to_dict("records"):
        yield from zip(sides, (row["n"], row["n_rest"]), strict=True)
    if role in profile.others.n:
        yield from zip(sides, profile.others.n[role], strict=True)


def pieces(made: Study, protection, some: list[Selection], rng: np.random.Generator, role: Role) -> Found:
    """All of them in these selections; of the comparisons and pairs of waves some."""
    everything = boxes(made)

    def any_of() -> Selection:
        return everything[rng.integers(len(everything))]

    for selection in some:
        found = analyse(made, selection, protection=protection, resamples=1, crossed=True)
        there = protection.select(selection).kept[role]
        if not there.any():
            continue
        yield from tables(made, found.gaps.frame, there, role)
        yield from changed(made, found.deeper().differences.changes, there, role)
        if role is Role.CUSTOMERS:
            yield there, len(found.study.customers)
            yield from contrasted(made, found, there)
            spread = found.deeper().distributions
            if not isinstance(spread, Withheld):
                for row in spread.found.means[["n", "missing"]].drop_duplicates().to_dict("records"):
                    yield there, row["n"] + row["missing"]
            if not isinstance(found.figures.share, Withheld):
                yield there, found.figures.share.n
        if len(found.study.waves) > 2:
            before, after = sorted(rng.choice(len(found.study.waves), 2, replace=False))
            yield from changed(made, found.deeper().changed(found.study.waves[before], found.study.waves[after]), there, role)
        for unit in found.study.units:
            yield from unit_page(made, found, there, role, unit)
        for k in range(6):
            a, b = any_of(), (None if k % 3 == 0 else any_of())
            try:
                yield from compared(made, found, there, role, a, b)
            except ValueError:  # names that are not among the people selected
                continue


def assert_guarded(sets: list[np.ndarray], least: int) -> None:
    """No set below the minimum, and of no two of which one contains the other the difference; everybody together is always shown."""
    rows = np.unique(np.array(sets), axis=0).astype(float)
    sizes, common = rows.sum(axis=1), rows @ rows.T
    least = min(least, rows.shape[1])
    assert ((sizes == 0) | (sizes >= least)).all()
    inner, outer = np.nonzero(common == sizes[:, None])
    left = sizes[outer] - sizes[inner]
    assert ((left == 0) | (left >= least)).all()


@settings(max_examples=4, deadline=None)
@given(small_studies(), st.integers(0, 2**32 - 1))
def test_no_piece_and_no_two_pieces_single_out_fewer_than_the_minimum(made, seed):
    rng = np.random.default_rng(seed)
    made = with_managers(made, rng)
    protection, everything = protect(made, MINIMUM), boxes(made)
    some = [Selection(), *(everything[k] for k in rng.integers(len(everything), size=2))]
    for role in (Role.CUSTOMERS, Role.MANAGERS):
        sets = []
        for people, told in pieces(made, protection, some, rng, role):
            assert people.sum() == told
            sets.append(people)
        others = shown(made, MINIMUM).astype(bool) if role is Role.CUSTOMERS else kept_managers(made, protection)
        assert_guarded([*sets, *others], MINIMUM[role])


def kept_managers(made: Study, protection) -> list[np.ndarray]:
    """The managers of every selection by unit and wave, and of the rows by group in it."""
    found = []
    for selection in boxes(made):
        protected = protection.select(selection)
        there = protected.kept[Role.MANAGERS]
        found.append(there)
        frame = made.respondents[Role.MANAGERS]
        for name in protection.columns[Role.MANAGERS]:
            hidden = protected.hidden(Role.MANAGERS, (name,))
            found += [there & frame[name].eq(v).to_numpy() for v in frame[name].dropna().unique() if (v,) not in hidden]
    return found


def test_what_too_few_of_a_selection_answered_is_not_shown():
    """Two of twenty customers of a unit answered the outcome, three the second item; everybody together is shown all the same."""
    made = study(unit=units(20, 40), wave=["1", "2"] * 30)
    customers = made.customers.assign(overall_quality=np.where(np.arange(60) < 18, np.nan, 5.0))
    perceived = made.answers[Battery.PERCEPTION].copy()
    perceived.loc[:16, 2] = np.nan
    made = made.with_(
        respondents={**made.respondents, Role.CUSTOMERS: customers},
        answers={**made.answers, Battery.PERCEPTION: perceived},
        outcomes={"overall_quality": made.instrument.scale},
    )
    whole, some = (analyse(made, s, protection=protect(made, MINIMUM), resamples=1) for s in (Selection(), Selection(units=("A",))))
    assert whole.figures.quality.n == 42
    assert some.figures.quality.reason == "small_group"
    assert some.figures.share.n == 20
    for found, expected in ((whole, 43), (some, 0)):
        spread = found.deeper().distributions.found
        assert int(spread.mean_of(Battery.PERCEPTION, "a", 2)["n"]) == expected
    assert some.deeper().distributions.found.answers.query("item == 2")["n"].sum() == 0
    row = whole.deeper().differences.contrasts.of(UNIT, "overall_quality").set_index("group").loc["A"]
    assert row["withheld"] == "small_group"
    assert row[["n", "mean", "difference"]].isna().all()
    apart = whole.deeper().compared(Selection(units=("A",))).outcomes().iloc[0]
    assert apart["withheld"] == "confidential"
    assert apart[["n", "mean", "n_rest", "rest"]].isna().all()


def test_managers_whose_wave_would_give_another_away_are_in_no_comparison():
    """Six managers of unit A, five of them in wave 1: with the unit's gap, that of wave 1 would tell the sixth one's answers."""
    made = study(unit=units(40, 40), wave=["1", "2"] * 40)
    rng = np.random.default_rng(4)
    waves = pd.Categorical(["1"] * 5 + ["2"] + ["1", "2"] * 4, ordered=True)
    managers = pd.DataFrame({"respondent": [f"m{k}" for k in range(14)], "unit": pd.Categorical(units(6, 8), ordered=True), "wave": waves})
    answers = {
        b: pd.DataFrame(rng.integers(1, 8, (14, ITEMS)).astype(np.float32), columns=[1, 2]) for b in (Battery.BELIEF, Battery.STANDARD)
    }
    made = made.with_(respondents={**made.respondents, Role.MANAGERS: managers}, answers={**made.answers, **answers})
    found = analyse(made, protection=protect(made, MINIMUM), resamples=1)
    assert found.gaps.rows(gap=2, unit="*", level="total").set_index(UNIT).loc["A", "n_achieved"] == 6
    one = found.deeper().compared(Selection(units=("A",), waves=("1",)))
    (gap,) = one.totals().query("gap == 2").to_dict("records")
    assert gap["withheld"] == "confidential"
    assert np.isnan([gap["n"], gap["mean"], gap["rest"]]).all()
    assert Role.MANAGERS not in one.n
    page = found.deeper().unit("A")
    assert page.table.rows(gap=2, wave="*", level="total")["mean"].isna().all()
    assert page.table.rows(gap=5, wave="*", level="total")["mean"].notna().all()


def test_the_result_file_names_hidden_units_without_numbers_and_no_rows():
    made = study(unit=units(3, 3, 14, 60))
    made = made.with_(exclusions=(Exclusion("blank", Role.CUSTOMERS, 1, rows=(7,)),))
    told = result.document(analyse(made, protection=protect(made, MINIMUM), resamples=50), (), rows=False)
    assert told["study"]["exclusions"][0]["rows"] == []
    assert told["study"]["exclusions"][0]["count"] == 1

    def rows_of(value) -> Iterator[dict]:
        if isinstance(value, dict):
            if "A" in value.values():
                yield value
            value = list(value.values())
        for one in value if isinstance(value, list) else ():
            yield from rows_of(one)

    found = list(rows_of(told))
    assert sum(row["withheld"] == "small_group" for row in found) > 3
    for row in found:
        assert row["withheld"] in ("small_group", "not_measured")
        assert not [k for k, v in row.items() if isinstance(v, float) or (isinstance(v, int) and v and k not in ("gap", "item"))], row

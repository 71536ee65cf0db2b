"""Which cells are hidden: small tables by hand, and what holds for all of them."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaps.disclosure.cells import LinkedTables


def table(*counts: list[int], minimum: int = 5) -> LinkedTables:
    """One filter: so many people in each value. Two filters: a row of counts for each value of the first."""
    rows = np.array(counts)
    if len(rows) == 1:
        return LinkedTables([np.repeat(np.arange(rows.size), rows[0])], [rows.size], minimum)
    first, second = np.indices(rows.shape)
    return LinkedTables([np.repeat(first.ravel(), rows.ravel()), np.repeat(second.ravel(), rows.ravel())], list(rows.shape), minimum)


def hidden(tables: LinkedTables, *filters: int) -> list[tuple[int, ...]]:
    """The values of the hidden cells of a crossing."""
    crossing = tables.crossing(filters)
    return [tuple(int(tables.atoms[k][crossing.first[c]]) for k in filters) for c in np.flatnonzero(crossing.hidden)]


def test_a_small_cell_hides_the_smallest_other_as_well():
    assert hidden(table([3, 20, 9, 57]), 0) == [(0,), (2,)]


def test_two_units_of_3_and_57_are_both_hidden():
    assert hidden(table([3, 57]), 0) == [(0,), (1,)]


def test_small_cells_that_reach_the_minimum_together_hide_no_other():
    assert hidden(table([2, 3, 4, 6, 57]), 0) == [(0,), (1,), (2,)]
    assert hidden(table([2, 2, 6, 57]), 0) == [(0,), (1,), (2,)]  # four people are still too few


def test_nothing_is_hidden_at_or_above_the_minimum_or_with_a_minimum_of_one():
    assert hidden(table([5, 6, 57]), 0) == []
    assert hidden(table([1, 2, 57], minimum=1), 0) == []


def test_people_without_a_value_are_taken_first():
    codes = np.repeat([0, 1, 2, 3], [3, 6, 50, 40])  # 3: none of the three values
    assert hidden(LinkedTables([codes], [3], 5), 0) == [(0,), (3,)]


def test_a_line_never_has_one_hidden_cell_alone():
    tables = table([2, 20, 30], [25, 35, 45], [55, 65, 75])
    assert hidden(tables, 0) == hidden(tables, 1) == []
    assert hidden(tables, 0, 1) == [(0, 0), (0, 1), (1, 0), (1, 1)]  # (0, 0) is small; a rectangle keeps it from being computed


def test_a_unit_that_is_a_whole_region_but_for_few_people_is_hidden_with_them():
    """Unit 0 has 57 people, unit 1 three, both make up region 0: the region less unit 0 would be unit 1."""
    unit, region = np.repeat([0, 1, 2, 3], [57, 3, 40, 50]), np.repeat([0, 0, 1, 1], [57, 3, 40, 50])
    tables = LinkedTables([unit, region], [4, 2], 5)
    assert hidden(tables, 0) == [(0,), (1,)]
    assert hidden(tables, 1) == []


def test_what_several_shown_cells_together_would_give_away_is_hidden():
    """Two hidden rectangles and one small cell between them: (rows 0 and 1) - (columns 0 and 1) would be that cell."""
    counts = np.full((4, 4), 40)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)):
        counts[row, column] = 4
    counts[1, 2] = 3
    tables = table(*counts.tolist())
    assert not solvable(tables)
    assert len(hidden(tables, 0, 1)) > 9


def test_the_order_of_the_people_does_not_matter():
    rng = np.random.default_rng(0)
    codes = [rng.integers(0, 4, 80), rng.integers(0, 3, 80), rng.integers(0, 3, 80)]
    shuffled = rng.permutation(80)
    one, other = (LinkedTables([c[order] for c in codes], [4, 3, 3], 5) for order in (np.arange(80), shuffled))
    for filters in ((0,), (0, 1), (0, 1, 2)):
        assert hidden(one, *filters) == hidden(other, *filters)


def test_filters_without_choice_hide_nothing():
    tables = LinkedTables([np.zeros(3, int), np.array([0, 0, 1])], [1, 2], 5)
    assert not tables.crossing([0]).hidden.any()
    assert tables.crossing([0, 1]).hidden.all()


@pytest.mark.parametrize("filters", [0, 1, 2])
def test_nobody_is_no_fault(filters):
    tables = LinkedTables([np.zeros(0, int)] * filters, [2] * filters, 5)
    assert not len(tables.crossing(range(filters)).n) or tables.crossing(range(filters)).n.sum() == 0


def shown_cells(tables: LinkedTables) -> np.ndarray:
    """Every shown cell of every crossing as the people in it: cells x people."""
    rows = []
    for k in range(len(tables.sizes) + 1):
        for filters in combinations(range(len(tables.sizes)), k):
            crossing = tables.crossing(filters)
            rows += [crossing.of_atom[tables.atom_of] == cell for cell in np.flatnonzero(~crossing.hidden)]
    return np.unique(np.array(rows), axis=0).astype(float)


def solvable(tables: LinkedTables) -> list[np.ndarray]:
    """The small cells that are a linear combination of shown ones, by a factorisation that the code does not use."""
    rows = shown_cells(tables)
    _, size, basis = np.linalg.svd(rows, full_matrices=False)
    basis = basis[size > 1e-9]
    found = []
    for k in range(1, len(tables.sizes) + 1):
        for filters in combinations(range(len(tables.sizes)), k):
            crossing = tables.crossing(filters)
            for cell in np.flatnonzero(crossing.n < tables.minimum):
                people = (crossing.of_atom[tables.atom_of] == cell).astype(float)
                if np.linalg.norm(people - basis.T @ (basis @ people)) < 1e-6:
                    found.append(people)
    return found


@st.composite
def small_tables(draw) -> LinkedTables:
    """Two or three filters of two to four values, some empty, some people without a value; sometimes one filter nested in another."""
    sizes = draw(st.lists(st.integers(2, 4), min_size=2, max_size=3))
    n = draw(st.integers(6, 70))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    codes = [rng.choice(size + 1, n, p=rng.dirichlet(np.full(size + 1, 0.7))) for size in sizes]
    if draw(st.booleans()):
        codes[1] = np.minimum(codes[0] // 2, sizes[1])
    return LinkedTables(codes, sizes, draw(st.integers(2, 6)))


@settings(max_examples=150, deadline=None)
@given(small_tables())
def test_no_small_cell_can_be_computed_from_what_is_shown(tables):
    assert solvable(tables) == []


@settings(max_examples=150, deadline=None)
@given(small_tables())
def test_what_is_part_of_a_hidden_cell_is_hidden_and_lines_are_closed(tables):
    for k in range(1, len(tables.sizes) + 1):
        for filters in combinations(range(len(tables.sizes)), k):
            crossing = tables.crossing(filters)
            for name in filters:
                margin = tables.crossing(set(filters) - {name})
                of = margin.of_atom[crossing.first]
                assert crossing.hidden[margin.hidden[of]].all()
                for line in np.flatnonzero(~margin.hidden):
                    cells = crossing.hidden & (of == line)
                    everybody = cells.sum() == (of == line).sum() and not margin.filters
                    assert not cells.any() or everybody or (cells.sum() > 1 and crossing.n[cells].sum() >= tables.minimum)


def test_crossings_of_many_filters_are_closed_when_they_are_asked_for():
    rng = np.random.default_rng(3)
    tables = LinkedTables([rng.integers(0, 2, 400) for _ in range(12)], [2] * 12, 5)
    assert tables.joint == 2  # 298 crossings of up to three filters are too many
    crossing = tables.crossing(range(4))
    assert crossing.hidden[crossing.n < 5].all()
    for name in range(4):
        margin = tables.crossing(set(range(4)) - {name})
        of = margin.of_atom[crossing.first]
        for line in np.flatnonzero(~margin.hidden):
            people = crossing.n[crossing.hidden & (of == line)].sum()
            assert people == 0 or people >= 5

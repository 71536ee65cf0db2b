"""The index models as data: what belongs to what, and what a model may not be."""

from itertools import chain

import pytest

from gaps.indices.models import ACSI, ECSI, MODELS, SCSB, CausalModel, Construct, Indicator
from gaps.model import Scale

TWO = (Construct("a", (Indicator("A1"), Indicator("A2"))), Construct("b", (Indicator("B1"),)))


def model(paths=(("a", "b"),), constructs=TWO, focus="b"):
    return CausalModel("test", constructs, paths, focus)


def test_the_three_models_by_id():
    assert list(MODELS) == ["scsb", "acsi", "ecsi"]
    assert {m.focus for m in MODELS.values()} == {"satisfaction"}
    assert all(m.source for m in MODELS.values())


def test_sizes_as_published():
    assert [len(c.indicators) for c in SCSB.constructs] == [1, 2, 3, 2, 2]
    assert [len(c.indicators) for c in ACSI.constructs] == [3, 3, 2, 3, 1, 2]
    assert [len(c.indicators) for c in ECSI.constructs] == [5, 3, 7, 2, 3, 1, 3]  # the 24 of mobi
    assert [len(m.paths) for m in MODELS.values()] == [6, 9, 12]


def test_ecsi_is_acsi_with_an_image_and_how_complaints_are_handled():
    handled = {(s.replace("complaint_handling", "complaints"), t.replace("complaint_handling", "complaints")) for s, t in ECSI.paths}
    assert handled - set(ACSI.paths) == {("image", other) for other in ("expectations", "satisfaction", "loyalty")}
    assert set(ACSI.paths) < handled


@pytest.mark.parametrize("m", MODELS.values(), ids=MODELS)
def test_a_yes_or_no_has_its_own_scale_and_every_indicator_says_what_it_asks(m):
    assert all(i.asks for i in m.indicators)
    assert {i.scale for i in m.indicators if "complained" in i.asks} <= {Scale(0, 1)}
    assert {i.scale for i in m.indicators if "complained" not in i.asks} == {Scale(1, 10)}


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Construct("a", ()), "no indicator"),
        (lambda: Construct("a", (Indicator("A1"),), mode="C"), "mode"),
        (lambda: model((("a", "c"),)), "does not list"),
        (lambda: model((("a", "b"), ("b", "a"))), "circle"),
        (lambda: model((("a", "b"), ("a", "b"))), "twice"),
        (lambda: model(constructs=(*TWO, Construct("c", (Indicator("C1"),)))), "without any path"),
        (lambda: model(constructs=(*TWO, Construct("c", (Indicator("A1"),)))), "differ"),
        (lambda: model(focus="z"), "focus"),
        (lambda: model().of_modes({"z": "B"}), "no construct"),
    ],
)
def test_what_a_model_may_not_be(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_without_a_path_what_hung_on_it_goes():
    three = model((("a", "b"), ("a", "c"), ("b", "c")), (*TWO, Construct("c", (Indicator("C1"),))), "c")
    assert three.without(("a", "b")).ids == ("a", "b", "c")
    chain_of_three = model((("a", "b"), ("b", "c")), (*TWO, Construct("c", (Indicator("C1"),))), "c")
    assert chain_of_three.without(("a", "b")).ids == ("b", "c")
    assert model().without(("a", "b")) is None


def test_another_scale_leaves_yes_or_no_alone():
    assert {i.scale for i in ACSI.on_scale(Scale(1, 7)).indicators} == {Scale(1, 7), Scale(0, 1)}


def test_antecedents_and_modes():
    assert ECSI.antecedents("satisfaction") == ("image", "expectations", "quality", "value")
    turned = ECSI.of_modes({"image": "B"})
    assert [c.mode for c in turned.constructs] == ["B", *["A"] * 6]
    assert turned.columns == ECSI.columns == tuple(chain.from_iterable(c.columns for c in ECSI.constructs))

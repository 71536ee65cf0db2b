"""What is said of loss aversion, penalty and reward, and what if: every code has its sentence, in both languages."""

from dataclasses import replace

import numpy as np
import pytest

from gaps.findings import Finding
from gaps.findings import asymmetry as said
from gaps.i18n import LANGUAGES, Words, catalogue
from gaps.model import Withheld
from gaps.stats.asymmetry import study_asymmetry
from gaps.stats.penalty_reward import study_penalty_reward
from gaps.stats.results import Caution
from gaps.stats.single_moves import single_moves
from gaps.stats.what_if import Move, predict, what_if
from tests.simulate.asymmetry_designs import NAMES, Company, study_of

EN, ZH = Words("en"), Words("zh")


@pytest.fixture(scope="module")
def study():
    y, e, p, unit = Company(units=4, ratio=(1, 3, 1, 1, 1)).customers(np.random.default_rng(1), 1500)
    p[:, 4] = np.minimum(p[:, 4], e[:, 4])
    return study_of(y, e, p, unit)


def sentences(findings, study, words):
    return [said.statement_and_certainty(f, study, words) for f in findings]


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_pieces_speak(study, language):
    words = Words(language)
    asymmetry, contrast, model = (f(study, "overall_quality") for f in (study_asymmetry, study_penalty_reward, what_if))
    found = [
        said.profile(asymmetry.profile),
        said.profile(asymmetry.profile, "empathy"),
        *said.dimensions(asymmetry),
        *said.contrasts(contrast),
    ]
    for moves in ([Move("reliability", 0.5)], [Move(n, 0.5, -0.5) for n in NAMES], [Move("empathy", 6)], [], [Move("empathy", 0, 1)]):
        found += said.prediction(predict(model, moves))
    texts = sentences(found, study, words)
    assert all(text and "{" not in text + sure for text, sure in texts)
    assert {"dimension_too_few", "dimension_loss", "caution", "contrast_groups", "what_if_change", "what_if_unmoved"} <= {
        f.code for f in found
    }


def test_moves_that_are_alike_are_said_together(study):
    model = what_if(study, "overall_quality")
    moves = [Move("tangibles", 0.5), Move("reliability", 0.5, -0.25)]
    text = sentences(said.prediction(predict(model, moves)), study, EN)[0][0]
    assert "With tangibles and reliability perceived 0.50 points higher and 0.25 points less expected of reliability, the" in text
    assert "tangibles和reliability的感知提高 0.50 分，对reliability的期望" in sentences(said.prediction(predict(model, moves)), study, ZH)[
        0
    ][0].replace(" 和 ", "和").replace(" 的", "的").replace("对 ", "对")


KNOWN = {
    "share": 0.3, "units": 3, "needed": 6, "n": 100, "n_below": 9, "n_above": 8, "n_low": 3, "n_middle": 4, "n_high": 5,
    "n_capped": 7, "vif": 12.0, "outcome": "overall_quality", "given": 0.1, "low": 0.0, "high": 0.2, "gap_only": 0.3,
    "dimensions": ("reliability",), "dimension": "reliability", "what": "G", "change": -0.1, "after": 8.0, "max": 7.0,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_of_the_catalogue_can_be_said(study, language):
    words = Words(language)
    for code in ("caution", "withheld", "contrast_withheld"):
        for key in [key for key in catalogue(language) if key.startswith(f"asymmetry.{code}.")]:
            text, _ = said.statement_and_certainty(Finding(code, "information", KNOWN | {"reason": key.rsplit(".", 1)[1]}), study, words)
            assert text and "{" not in text


def test_an_unknown_reason_has_a_sentence(study):
    assert said.statement_and_certainty(said.withheld(Withheld("never_heard_of")), study, EN)[0].startswith("This cannot")
    assert said.caution(Caution("few_units", {"units": 3})).values == {"units": 3, "reason": "few_units"}


def test_a_category_is_named_only_with_its_chance(study):
    found = study_penalty_reward(study, "overall_quality", resamples=100)
    contrast = replace(found.contrasts[0], category="satisfier", named=None, chances={"satisfier": 0.6}, ia=0.3, withheld="")
    unsure = said.contrasts(replace(found, contrasts=(contrast,)))[0]
    named = said.contrasts(replace(found, contrasts=(replace(contrast, named="satisfier"),)))[0]
    open_ = said.contrasts(replace(found, contrasts=(replace(contrast, chances={"satisfier": 0.4}),)))[0]
    assert (open_.code, unsure.code, named.code) == ("contrast_open", "contrast_unsure", "contrast_named")
    assert "no category is likely" in sentences([open_], study, EN)[0][0] and "40 %" in sentences([open_], study, EN)[0][1]
    assert "cannot tell" in sentences([unsure], study, EN)[0][0] and "60 %" in sentences([unsure], study, EN)[0][1]


def test_kano_words():
    assert [said.kano(ia) for ia in (-0.3, -0.2, 0.0, 0.2, 0.3)] == ["basic", "performance", "performance", "performance", "excitement"]


def test_single_moves_name_one_some_or_none(study):
    made = single_moves(what_if(study, "overall_quality"))
    sure = tuple(replace(one, leading=k == 0) for k, one in enumerate(made.moves))
    two = tuple(replace(one, leading=k < 2) for k, one in enumerate(made.moves))
    six = tuple(replace(one, leading=k < 6) for k, one in enumerate(made.moves))
    flat = tuple(replace(one, prediction=replace(one.prediction, low=-1.0)) for one in made.predicted)
    codes = {}
    for name, moves in {"first": sure, "tied": two, "many": six, "none": flat}.items():
        finding = said.single_moves(replace(made, moves=moves))
        codes[name] = finding.code
        for words in (EN, ZH):
            text, sure_of_it = said.statement_and_certainty(finding, study, words)
            assert text and sure_of_it and "{" not in text + sure_of_it
    assert codes == {name: f"single_{name}" for name in codes}
    assert "5 others" in said.statement_and_certainty(said.single_moves(replace(made, moves=six)), study, EN)[0]
    assert said.single_moves(Withheld("too_few", {"n": 3, "needed": 30})).values["reason"] == "too_few"


def test_a_move_that_cannot_be_told_from_none_is_not_in_the_headline(study):
    """Of three that may be the largest, the intervals of one or two include zero: these are counted, not named."""
    made = single_moves(what_if(study, "overall_quality"))
    three = [replace(one, leading=k < 3) for k, one in enumerate(made.predicted)]

    def unsure(*places):
        moves = (replace(one, prediction=replace(one.prediction, low=-1.0)) if k in places else one for k, one in enumerate(three))
        return replace(made, moves=tuple(moves))

    for places, code, named in (((1, 2), "single_first_open", [0]), ((1,), "single_tied_open", [0, 2]), ((0, 2), "single_first_open", [1])):
        finding = said.single_moves(unsure(*places))
        assert finding.code == code and finding.values["others"] == len(places)
        assert finding.values["either"] == tuple(three[k].move for k in named)
        assert finding.values["change"] == three[named[0]].prediction.change
        for words in (EN, ZH):
            text, sure = said.statement_and_certainty(finding, study, words)
            assert "{" not in text + sure and str(len(places)) in sure
    assert "excluded for 1 other (interval" in said.statement_and_certainty(said.single_moves(unsure(1)), study, EN)[1]


def test_all_dimensions_alike_and_many_kinds_of_moves_are_said_shortly(study):
    model = what_if(study, "overall_quality")
    everything = sentences(said.prediction(predict(model, [Move(n, 0.1) for n in NAMES])), study, EN)[0][0]
    assert everything.startswith("With all dimensions perceived 0.10 points higher, ")
    many = sentences(said.prediction(predict(model, [Move(n, 0.1 + 0.05 * k) for k, n in enumerate(NAMES)])), study, EN)[0][0]
    assert many.startswith("With these 5 kinds of change together, ")


def test_shares_that_ties_make_are_said_beside_those_asked_for(study):
    found = study_penalty_reward(study, "overall_quality", resamples=50, low=0.1, high=0.3)
    values = said.groups(found).values
    assert 0.1 <= values["low_least"] == min(c.low_share for c in found.contrasts) <= values["low_most"]
    text, _ = said.statement_and_certainty(said.groups(found), study, EN)
    assert f"{values['high_least'] * 100:.0f} % to {values['high_most'] * 100:.0f} %" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_groups_too_small_for_a_category_say_how_many_it_takes(language):
    y, e, p, unit = Company().customers(np.random.default_rng(1), 150)
    few = study_of(y, e, p, unit)
    found = [f for f in said.contrasts(study_penalty_reward(few, "overall_quality", resamples=50)) if f.code == "contrast_too_few"]
    assert len(found) == 5
    text, sure = said.statement_and_certainty(found[0], few, Words(language))
    assert "40" in text and str(found[0].values["fewest"]) in text and "{" not in text + sure


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_gives_the_slope_of_a_side_with_few_customers(study, language):
    found = said.dimensions(study_asymmetry(study, "overall_quality"))
    few = next(f for f in found if f.code == "dimension_too_few")  # nobody is above in empathy
    assert few.values["slope_above"] is None and few.values["slope_below"] is not None
    assert "None" not in "".join(said.statement_and_certainty(few, study, Words(language)))

"""Loss aversion, penalty and reward, and what if made by hand, small and exact."""

from dataclasses import replace
from types import SimpleNamespace

import pandas as pd

from gaps.model import Scale, Withheld
from gaps.scoring.gap_profile import GapProfile
from gaps.stats.asymmetry import DimensionAsymmetry, StudyAsymmetry
from gaps.stats.penalty_reward import Contrast, PenaltyReward, category, impact_asymmetry
from gaps.stats.single_moves import SingleMove, SingleMoves
from gaps.stats.what_if import Move, Prediction
from tests.charts.results import NAMES, NAN, curve

MOVED = (Move("reliability", 0.5),)


def profile() -> GapProfile:
    """200 customers: 120, 150 … below; 12 above responsiveness."""
    counts = {None: (150, 5, 45, 20), "reliability": (120, 30, 50, 60), "responsiveness": (160, 28, 12, 150)}
    rows = [
        {"dimension": d if d else NAN, "item": pd.NA, "n": 200, "n_below": b, "n_at": at, "n_above": a, "n_expected_top": top}
        for d, (b, at, a, top) in list(counts.items())[::-1]
    ]
    rows.append(rows[0] | {"item": 3})
    return GapProfile(pd.DataFrame(rows).astype({"item": "Int64"}))


def asymmetry(**verdicts) -> StudyAsymmetry:
    made = []
    for name in NAMES:
        verdict = verdicts.get(name, "none")
        one = curve("too_few", "few_above", above=12) if verdict == "too_few" else curve()
        made.append(DimensionAsymmetry(name, one, NAN if verdict == "too_few" else 0.2, verdict))
    tested = sum(d.verdict != "too_few" for d in made)
    return StudyAsymmetry("overall_quality", curve(), "loss", tuple(made), tested, Withheld("no_expectation"), 0.1, ())


def contrast(name, penalty=-0.42, reward=0.1, chance=0.9, half=0.05, **more) -> Contrast:
    sizes = impact_asymmetry(penalty, reward)
    values = dict(zip(("riocs", "sgp", "dgp", "ia"), sizes, strict=True)) if sizes else {}
    own = category(sizes[3]) if sizes else "not_classifiable"
    ends = {"penalty_low": penalty - half, "penalty_high": penalty + half, "reward_low": reward - half, "reward_high": reward + half}
    made = Contrast(
        name, 3.0, 6.0, 45, 110, 45, 0.225, 0.55, 0.225, penalty=penalty, reward=reward, category=own, chances={own: chance},
        named=own if sizes and chance >= 0.8 else None, ia_line=-0.2, beyond_low=-0.3, beyond_high=0.1, **ends, **values,
    )  # fmt: skip
    return replace(made, **more)


def contrasts(*contrasts) -> PenaltyReward:
    return PenaltyReward("overall_quality", 200, 7, 0.4, "HC3", 0, 0.2, 0.2, contrasts, 1000, 1)


def prediction(change=0.4, half=0.1, moves=MOVED, before=5.0) -> Prediction:
    return Prediction(
        "overall_quality", moves, 200, change, change - half, change + half, 190, change - 0.2, change + 0.2, before, before + change,
        {"reliability": 20}, 20, {"reliability": (0.45, 0.0)}, 0.6, 0.5, "dimensions", True, "HC3", (),
    )  # fmt: skip


def model(today=5.0, n_left_out=0) -> SimpleNamespace:
    """What a chart asks of the model that predictions rest on."""
    return SimpleNamespace(outcome="overall_quality", outcome_scale=Scale(1, 7), mean=today, n=200, n_left_out=n_left_out)


def ranked() -> SingleMoves:
    moves = (
        SingleMove(Move("reliability", 0.5), prediction(0.4), True),
        SingleMove(Move("empathy", 0, -0.5), replace(prediction(0.05), moves=()), False),
        SingleMove(Move("empathy", 0.5), Withheld("slope_not_positive", {}), False),
    )
    return SingleMoves("overall_quality", 0.5, 200, moves)

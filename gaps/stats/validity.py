"""Reliability and validity of a study's dimensions, battery by battery: what a psychometrician asks before believing a score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import Instrument, Study, Withheld
from gaps.stats.adequacy import Adequacy, adequacy
from gaps.stats.difference_reliability import DifferenceReliability, difference_reliability
from gaps.stats.factor_model import FactorModel, fit_model
from gaps.stats.htmt import Heterotrait, heterotrait
from gaps.stats.item_analysis import ItemAnalysis, item_analysis
from gaps.stats.omega import Omega, omegas
from gaps.stats.reliability import GAP, battery_answers, battery_names, reliability
from gaps.stats.results import Reliability

ONE_FACTOR = "all"
ONE_ITEM, UNANSWERED = "one_item", "unanswered"
TOO_FEW, CONSTANT_ITEM, ONE_DIMENSION, FEW_ITEMS = "too_few", "constant_item", "one_dimension", "few_items"
NOT_WANTED = "not_wanted"
RESAMPLES = 1000
MODEL_FEWEST, MODEL_PER_ITEM = 100, 4  # below, true models look wrong too often (docs/simulations-validity.md)


@dataclass(frozen=True, eq=False)
class Structure:
    """How the items of one battery hang together; all from the same respondents, those who answered every item (listwise).

    battery
        its letter, or "gap" for item-wise P - E.
    n, n_left_out
        respondents used, and those who answered some but not all items.
    left_out
        dimensions (one_item) that HTMT and the factor model cannot take, items (unanswered) that nobody answered: (id, reason).
    adequacy, htmt, dimensions, one_factor
        KMO and Bartlett; HTMT; the factor model of the study's own dimensions; all items as one factor for comparison.
    """

    battery: str
    n: int
    n_left_out: int
    left_out: tuple[tuple[str | int, str], ...]
    adequacy: Adequacy | Withheld
    htmt: Heterotrait | Withheld
    dimensions: FactorModel | Withheld
    one_factor: FactorModel | Withheld


@dataclass(frozen=True, eq=False)
class Validity:
    """Everything about a study's reliability and validity; `structures` by battery ("E", "P", "gap", …).

    Of some batteries alone if so asked; `difference`, which belongs to the gap, is then Withheld (not_wanted) without "gap" among them.
    """

    alpha: Reliability
    omega: Omega
    items: ItemAnalysis
    difference: DifferenceReliability | Withheld
    structures: Mapping[str, Structure]


def validity(
    study: Study, *, batteries: Iterable[str] | None = None, resamples: int = RESAMPLES, seed: int = 1, confidence: float = 0.95
) -> Validity:
    """Compute reliability and validity of all batteries of a study, or of the `batteries` named (letters, "gap").

    Reliability is listwise within a dimension, structure listwise within a battery; case weights and the nesting of respondents in units
    are not used. `resamples` and `seed` are those of HTMT's limits. ValueError for a battery that the study does not have.
    """
    known = battery_names(study)
    wanted = known if batteries is None else tuple(str(b) for b in batteries)
    if strays := [b for b in wanted if b not in known]:
        raise ValueError(f"the study has no battery {strays}; it has {list(known)}")
    answers = dict(battery_answers(study, wanted))
    return Validity(
        reliability(study, confidence, wanted),
        omegas(study, confidence, wanted),
        item_analysis(study, wanted),
        difference_reliability(study, confidence) if batteries is None or GAP in wanted else Withheld(NOT_WANTED),
        {b: structure(b, answers[b], study.instrument, resamples=resamples, seed=seed, confidence=confidence) for b in wanted},
    )


@dataclass(frozen=True, eq=False)
class _Complete:
    """The respondents of one battery who answered every item, and which items those are: `several`, places of those not alone in theirs."""

    x: np.ndarray
    numbers: list[int]
    own: list[str]
    several: list[int]
    left_out: tuple[tuple[str | int, str], ...]
    n_left_out: int

    @property
    def of_several(self) -> np.ndarray:
        """The answers to the items that are not alone in their dimension."""
        return self.x.T[self.several].T


def _complete(answers: pd.DataFrame, instrument: Instrument) -> _Complete:
    asked = [number for number in instrument.numbers if number in answers]
    by_item = answers[asked].to_numpy().T
    known = ~np.isnan(by_item)
    any_answer = known.any(axis=1)
    left_out: list[tuple[str | int, str]] = [(number, UNANSWERED) for number in np.array(asked, int)[~any_answer].tolist()]
    numbers = [number for number, given in zip(asked, any_answer, strict=True) if given]
    if not any_answer.all():
        by_item, known = by_item[any_answer], known[any_answer]
    complete = known.all(axis=0)
    own = [instrument.item(number).dimension for number in numbers]
    single = [d for d in dict.fromkeys(own) if own.count(d) == 1]
    left_out += [(d, ONE_ITEM) for d in single]
    several = [k for k, d in enumerate(own) if d not in single]
    x = np.compress(complete, by_item, axis=1).astype(np.float64).T  # each item's answers lie together
    return _Complete(x, numbers, own, several, tuple(left_out), int(known.any(axis=0).sum() - complete.sum()))


def distinctness(
    study: Study, *, resamples: int = RESAMPLES, seed: int = 1, confidence: float = 0.95
) -> Mapping[str, Heterotrait | Withheld]:
    """Compute HTMT alone, of every battery by its name: what a short verdict needs. The same numbers as in `structure`."""
    found: dict[str, Heterotrait | Withheld] = {}
    for battery, answers in battery_answers(study):
        c = _complete(answers, study.instrument)
        own = [c.own[k] for k in c.several]
        found[battery] = _unfit(c.x, c.numbers) or _htmt(c.of_several, own, resamples, seed, confidence)
    return found


def structure(
    battery: str, answers: pd.DataFrame, instrument: Instrument, *, resamples: int = RESAMPLES, seed: int = 1, confidence: float = 0.95
) -> Structure:
    """Compute KMO, Bartlett, HTMT and the factor models of one battery: answers respondents x items, missing as NaN.

    Withheld, each for itself: too_few (n, needed), constant_item (items: everybody who answered all gave the same answer to them),
    singular, one_dimension, few_items (fewer than four items for one factor), and the reasons of `heterotrait` and `fit_model`.
    """
    c = _complete(answers, instrument)
    x, own = c.of_several, [c.own[k] for k in c.several]
    reason = _unfit(c.x, c.numbers)
    parts = (
        (reason,) * 4
        if reason
        else (
            adequacy(np.corrcoef(c.x, rowvar=False), len(c.x), c.numbers),
            _htmt(x, own, resamples, seed, confidence),
            _model(x, [c.numbers[k] for k in c.several], own, confidence),
            _one_factor(c.x, c.numbers, confidence),
        )
    )
    return Structure(battery, len(c.x), c.n_left_out, c.left_out, *parts)


def _unfit(x: np.ndarray, numbers: list[int]) -> Withheld | None:
    """What stands against all of them: fewer complete answers than items and one more, items that do not vary, a single item."""
    if len(numbers) < 2:
        return Withheld(FEW_ITEMS, {"items": len(numbers), "needed": 2})
    if len(x) <= len(numbers):
        return Withheld(TOO_FEW, {"n": len(x), "needed": len(numbers) + 1})
    still = tuple(number for number, spread in zip(numbers, np.ptp(x, axis=0), strict=True) if spread <= 1e-9)
    return Withheld(CONSTANT_ITEM, {"items": still, "n": len(x)}) if still else None


def _htmt(x: np.ndarray, own: list[str], resamples: int, seed: int, confidence: float) -> Heterotrait | Withheld:
    return heterotrait(x, own, resamples=resamples, seed=seed, confidence=confidence)


def _model(x: np.ndarray, numbers: list[int], own: list[str], confidence: float) -> FactorModel | Withheld:
    if len(set(own)) < 2:
        return Withheld(ONE_DIMENSION, {"dimensions": len(set(own))})
    return _too_few(x) or fit_model(x, numbers, own, confidence)


def _one_factor(x: np.ndarray, numbers: list[int], confidence: float) -> FactorModel | Withheld:
    if len(numbers) < 4:
        return Withheld(FEW_ITEMS, {"items": len(numbers), "needed": 4})
    return _too_few(x) or fit_model(x, numbers, [ONE_FACTOR] * len(numbers), confidence)


def _too_few(x: np.ndarray) -> Withheld | None:
    needed = max(MODEL_FEWEST, MODEL_PER_ITEM * x.shape[1])
    return Withheld(TOO_FEW, {"n": len(x), "needed": needed}) if len(x) < needed else None

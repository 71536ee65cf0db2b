"""Weights under which the respondents have the known shares of the population (raking, post-stratification)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from gaps.model import EXCEL_ROW, RESPONDENT, WEIGHT, Role, Study, Withheld
from gaps.scoring.groups import codes_of, weights

MOST_ROUNDS = 1000
CLOSE, ACCEPTED = 1e-9, 1e-6  # distance of a share from its target
BEYOND = 1e6  # times the cap: how far a cut weight may want to go
LARGEST = 5.0  # weight over the mean weight (DeBell & Krosnick 2009)
FEWEST_IN_MARGIN = 5  # respondents who stand for a category of the population
IMPOSSIBLE, NOT_CONVERGED, CAP_TOO_LOW = "impossible_margins", "not_converged", "cap_too_low"
COLUMN_MISSING, CATEGORY_MISSING, CATEGORY_UNKNOWN, NOT_A_SHARE, NOTHING_GIVEN, TOO_FEW, NOBODY = (
    "column_missing", "category_without_respondents", "category_without_share", "not_a_share", "no_margins", "too_few", "no_respondents",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with given margins: column_missing, category_without_respondents, category_without_share, not_a_share, too_few,
    no_respondents or no_margins; column and value it is about."""

    code: str
    column: str | None = None
    value: str | None = None
    count: int = 0


@dataclass(frozen=True, eq=False)
class Raking:
    """A study with post-stratification weights.

    study: with the weights (mean 1) in the respondents' `weight`; margins: columns column, value, n, target, before, after (shares);
    largest, smallest: weights; n_effective = (sum w)² / sum w²; design_effect = n / n_effective; trimmed: respondents at the cap;
    rounds: of the algorithm; cap: as given.
    """

    study: Study
    role: Role
    margins: pd.DataFrame
    n: int
    n_effective: float
    design_effect: float
    smallest: float
    largest: float
    trimmed: int
    rounds: int
    cap: float | None

    def table(self) -> pd.DataFrame:
        """Each respondent's weight beside the name, and the row of the file where that is known: to be kept as a column `weight`."""
        frame = self.study.respondents[self.role]
        return frame[[name for name in (RESPONDENT, EXCEL_ROW, WEIGHT) if name in frame]]


def present(study: Study, column: str, role: Role = Role.CUSTOMERS) -> dict[str, int]:
    """How many respondents have each value of a column, in the column's order; values that nobody has are left out."""
    counts = study.respondents[role][column].value_counts(sort=False)
    return {str(value): int(n) for value, n in counts.items() if n > 0}


def rake(
    study: Study,
    margins: Mapping[str, Mapping[str, float]],
    *,
    role: Role = Role.CUSTOMERS,
    cap: float | None = LARGEST,
    keep_weights: bool = True,
) -> Raking | Withheld:
    """Weight respondents so that units, waves or segments have the shares that they have in the population (raking).

    margins: per column the share, percentage or count of each value; each column is rescaled to 1. Weights are multiplied column by column
    by target / present share until all shares fit to 1e-9 (Deming & Stephan 1940). Respondents without a value of a column
    keep that column's present share of the missing. cap: no weight exceeds so many times the mean; the others make up for it, so that the
    shares still fit (truncated raking, Deville & Saerndal 1992). keep_weights: start from given case weights.

    Withheld: impossible_margins, with every fault at once (values: faults); not_converged (missed), where columns contradict each other
    or a combination has nobody; cap_too_low (cap, needed, missed), where no weights under the cap have these shares. Raking makes
    respondents stand for others like them in these columns; whether they are like them otherwise no weight can tell.

    Checked: R survey 4.1-1: rake, and calibrate(calfun = "raking", bounds) for the cap.
    """
    frame = study.respondents.get(role, pd.DataFrame())
    if faults := tuple(_faults(study, frame, margins, role)):
        return Withheld(IMPOSSIBLE, {"faults": faults})
    if cap is not None and cap <= 1:
        raise ValueError(f"the cap must be above 1, not {cap}")
    columns = [(codes, target) for codes, _, target in (_margin(frame, name, shares) for name, shares in margins.items())]
    given = weights(study, role)
    start = given.copy() if keep_weights and given is not None else np.ones(len(frame))
    start = start / start.mean()
    columns = [(codes, _with_missing(target, codes, start)) for codes, target in columns]
    w, rounds = _fit(start, columns, None)
    if _missed(w, columns) > ACCEPTED:
        return Withheld(NOT_CONVERGED, {"missed": _missed(w, columns)})
    if cap is not None and w.max() > cap:
        needed = float(w.max())
        w, rounds = _fit(start, columns, cap)
        if _missed(w, columns) > ACCEPTED:
            return Withheld(CAP_TOO_LOW, {"cap": cap, "needed": needed, "missed": _missed(w, columns)})
    raked = study.with_(respondents={**study.respondents, role: frame.assign(**{WEIGHT: w})})
    effective = float(w.sum() ** 2 / (w @ w))
    return Raking(
        study=raked, role=role, margins=_margin_table(frame, margins, start, w), n=len(w), n_effective=effective,
        design_effect=len(w) / effective, smallest=float(w.min()), largest=float(w.max()),
        trimmed=0 if cap is None else int((w > cap * (1 - 1e-6)).sum()), rounds=rounds, cap=cap,
    )  # fmt: skip


def _faults(study: Study, frame: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], role: Role) -> Iterator[Fault]:
    if not margins:
        yield Fault(NOTHING_GIVEN)
    if not len(frame):
        yield Fault(NOBODY)
        return
    for column, shares in margins.items():
        if column not in frame or not isinstance(frame[column].dtype, pd.CategoricalDtype):
            yield Fault(COLUMN_MISSING, column)
            continue
        values = np.array(list(shares.values()), float)
        bad = [str(v) for v, s in shares.items() if not (np.isfinite(s) and s >= 0)]
        yield from (Fault(NOT_A_SHARE, column, v) for v in bad)
        if bad or not values.sum() > 0:
            if not bad:
                yield Fault(NOT_A_SHARE, column)
            continue
        present = frame[column].value_counts()
        counts = {str(v): int(c) for v, c in present.items() if c > 0}
        for value, share in shares.items():
            n = counts.get(str(value), 0)
            if share > 0 and n == 0:
                yield Fault(CATEGORY_MISSING, column, str(value))
            elif share > 0 and n < FEWEST_IN_MARGIN:
                yield Fault(TOO_FEW, column, str(value), n)
        stated = {str(v) for v, s in shares.items() if s > 0}
        yield from (Fault(CATEGORY_UNKNOWN, column, v, counts[v]) for v in counts if v not in stated)


def _margin(frame: pd.DataFrame, column: str, shares: Mapping[str, float]) -> tuple[np.ndarray, tuple[str, ...], np.ndarray]:
    """Each respondent's place among the named values (the number of them where missing), the values, and their shares of 1."""
    named = {str(v): float(s) for v, s in shares.items() if s > 0}
    target = np.array(list(named.values()))
    return codes_of(frame, column, tuple(named)), tuple(named), target / target.sum()


def _with_missing(target: np.ndarray, codes: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Targets with those whose value is missing as a last category that keeps the share it has."""
    missing = start[codes == len(target)].sum() / start.sum()
    return np.append(target * (1 - missing), missing)


def _fit(w: np.ndarray, columns: list[tuple[np.ndarray, np.ndarray]], cap: float | None) -> tuple[np.ndarray, int]:
    """Weights of mean 1 whose shares fit, none above the cap: the truncated raking of Deville & Saerndal (1992).

    What a weight would be without the cap is kept and multiplied on; the shares are those of the cut weights. With room under the cap the
    shares fit exactly; without, they do not, which the caller finds.
    """
    free, top = w.copy(), np.inf if cap is None else cap
    w = np.minimum(free, top)
    rounds = 0
    while rounds < MOST_ROUNDS:
        rounds += 1
        for codes, target in columns:
            present = np.bincount(codes, w, len(target)) / len(w)
            free = np.minimum(free * np.divide(target, present, out=np.zeros(len(target)), where=present > 0)[codes], BEYOND * top)
            w = np.minimum(free, top)
        if _missed(w, columns) < CLOSE:
            break
    return w, rounds


def _missed(w: np.ndarray, columns: list[tuple[np.ndarray, np.ndarray]]) -> float:
    return float(max((np.abs(np.bincount(c, w, len(t)) / len(w) - t).max() for c, t in columns), default=0.0))


def _margin_table(frame: pd.DataFrame, margins: Mapping[str, Mapping[str, float]], start: np.ndarray, w: np.ndarray) -> pd.DataFrame:
    rows = []
    for column, shares in margins.items():
        codes, values, target = _margin(frame, column, shares)
        known = codes < len(values)
        counts, before, after = (np.bincount(codes[known], x, len(values)) for x in (None, start[known], w[known]))
        rows += list(zip([column] * len(values), values, counts, target, before / before.sum(), after / after.sum(), strict=True))
    return pd.DataFrame(rows, columns=["column", "value", "n", "target", "before", "after"])

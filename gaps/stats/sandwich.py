"""Least squares whose standard errors suit the sample: HC3 for single customers, cluster-robust where customers share units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import stdtr, stdtrit

from gaps.scoring.cross_products import unit_products
from gaps.stats.bootstrap import correlations, cross_products
from gaps.stats.regression import ALONE, CONFIDENCE, DEPENDENT

HC3, WITHIN, CR2 = "HC3", "HC3 within units", "CR2"
UNITS_CLUSTERED = 6  # from so many units on the units are a sample; fewer are taken as the ones there are
SMALL_UNIT = 5  # customers: a smaller unit has no level of its own


def clustered(units: int) -> bool:
    """The one rule: from 6 named units on the units are the cases, in standard errors (CR2) and in resamples; below, the customers (HC3).

    Fewer are no sample of units from which a spread could be learnt (Satterthwaite's degrees of freedom are then 1 to 4 and t up to 12.7):
    what is said is about these units. CR2 holds its level from 6 units on in every simulation, as a wild cluster bootstrap does:
    docs/simulations-drivers.md, docs/simulations-asymmetry.md.
    """
    return units >= UNITS_CLUSTERED


def method_for(unit: np.ndarray | None) -> str:
    """How `least_squares` finds its covariance: HC3 without units or with one; own levels of 2 to 5 units with HC3; CR2 from 6 units on.

    unit: codes, negative for a customer without unit. Slopes seen at given unit need the levels of few units taken out
    (docs/simulations-asymmetry.md); who wants a regression on the customers as they are gives no unit.
    """
    units = named(unit)
    if units < 2:
        return HC3
    return CR2 if clustered(units) else WITHIN


def named(unit: np.ndarray | None) -> int:
    """How many units customers come from (codes, negative for a customer without)."""
    return 0 if unit is None else int(np.count_nonzero(np.bincount(unit[unit >= 0])))


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted linear model, intercept first, then the predictors in the order given, then the units' own levels if there are any.

    params: points of the outcome per point of the predictor; cov: their robust covariance by `method`; units: how many units it
    rests on (0 for HC3). `df` gives the degrees of freedom of t for a contrast: n - p for HC3, Satterthwaite's for CR2.
    """

    params: np.ndarray
    cov: np.ndarray
    n: int
    r2: float
    adj_r2: float
    method: str
    units: int
    bread: np.ndarray
    residual_df: int
    adjusted: np.ndarray | None = None  # units x p x p: X_j' A_j X_j
    doubly: np.ndarray | None = None  # units x p x p: X_j' A_j² X_j

    @property
    def se(self) -> np.ndarray:
        """Standard errors of all coefficients, the intercept's first."""
        return np.sqrt(np.diag(self.cov))

    def df(self, contrasts: np.ndarray) -> np.ndarray:
        """Degrees of freedom for each contrast (…, p): n - p, or for CR2 Satterthwaite's under equal independent errors.

        With p_j the vector whose product with y is unit j's part of the contrast's variance, G its Gram matrix over units,
        df = tr(G)² / tr(G G); Bell & McCaffrey 2002, Pustejovsky & Tipton 2018. G = diag(d) - U M U', from cross-products alone.
        """
        c = np.atleast_2d(contrasts)
        if self.adjusted is None:
            return np.full(len(c), float(self.residual_df)) if np.ndim(contrasts) > 1 else np.float64(self.residual_df)
        mc = self.bread @ c.T  # p x contrasts
        u = self.adjusted @ mc  # units x p x contrasts
        d = ((self.doubly @ mc) * mc).sum(axis=1)
        um = self.bread @ u
        own = (u * um).sum(axis=1)
        trace = (d - own).sum(axis=0)
        crossed = u.transpose(2, 1, 0) @ um.transpose(2, 0, 1)  # its square's trace is that of (U M U')²
        square = (d * d - 2 * d * own).sum(axis=0) + (crossed * crossed.transpose(0, 2, 1)).sum(axis=(1, 2))
        with np.errstate(divide="ignore", invalid="ignore"):
            df = np.where(square > 0, trace**2 / square, 1.0)
        return df if np.ndim(contrasts) > 1 else df[0]

    def quantile(self, contrasts: np.ndarray) -> np.ndarray:
        """The two-sided 95 % quantile of t for each contrast."""
        return stdtrit(self.df(contrasts), 0.5 + CONFIDENCE / 2)

    @cached_property
    def _estimates(self) -> np.ndarray:
        df, se = self.df(np.eye(len(self.params))), self.se
        half = stdtrit(df, 0.5 + CONFIDENCE / 2) * se
        with np.errstate(divide="ignore", invalid="ignore"):
            p = 2 * stdtr(df, -np.abs(self.params / se))
        return np.column_stack([se, self.params - half, self.params + half, p])

    def estimate(self, position: int) -> tuple[float, float, float, float]:
        """Standard error, lower and upper end of the 95 % t interval, and p of one coefficient."""
        return tuple(self._estimates[position].tolist())

    def interval(self, position: int) -> tuple[float, float]:
        """The 95 % t interval of one coefficient."""
        return self.estimate(position)[1:3]

    def test(self, contrast) -> tuple[float, float, float, float]:
        """Test a linear combination of the coefficients against 0: its value, standard error, t and two-sided p."""
        c = np.asarray(contrast, float)
        value, se = float(c @ self.params), float(np.sqrt(max(c @ self.cov @ c, 0.0)))
        with np.errstate(divide="ignore", invalid="ignore"):
            t = float(np.float64(value) / np.float64(se))
        return value, se, t, float(2 * stdtr(self.df(c), -abs(t)))


def least_squares(y: np.ndarray, x: np.ndarray, weight: np.ndarray | None = None, unit: np.ndarray | None = None) -> Fit | None:
    """Fit y = b0 + X b by (weighted) least squares with the covariance that `method_for` names.

    HC3: V = M [sum e_i² / (1 - h_i)² x_i x_i'] M, M = (X'X)^-1 (MacKinnon & White 1985). CR2: V = M [sum_j X_j' A_j e_j e_j' A_j X_j] M,
    A_j = (I - X_j M X_j')^-1/2, unbiased if errors are equal and independent (Bell & McCaffrey 2002), with Satterthwaite's degrees
    of freedom (Pustejovsky & Tipton 2018). All rows are first multiplied by the square root of their weight, so that errors are
    taken as inverse to the weights. y: n; x: n x p without the intercept, no missing values; weight: n, positive; unit: n codes,
    negative = without unit, each then counted as a unit of its own under CR2.

    None where no unique fit with finite standard errors exists: also where a row, or under CR2 a unit, alone determines a coefficient.
    Checked against R: sandwich 3 `vcovHC(type = "HC3")`, clubSandwich `vcovCR(type = "CR2")` and `coef_test(test = "Satterthwaite")`
    (tests/oracles/sandwich.toml); HC3 also against statsmodels.
    """
    method = method_for(unit)
    if method == WITHIN:
        x = np.column_stack([x, levels(unit, weight)])
    n, p = x.shape
    if n <= p + 1:
        return None
    root = np.ones(n) if weight is None else np.sqrt(weight)
    design = np.empty((n, p + 1))
    design[:, 0] = root
    np.multiply(x, root[:, None], out=design[:, 1:])
    outcome = y * root
    products = cross_products(design)
    if np.linalg.eigvalsh(correlations(products))[0] < DEPENDENT:
        return None
    bread = np.linalg.inv(products)
    params = bread @ (design.T @ outcome)
    error = outcome - design @ params
    params = params + bread @ (design.T @ error)  # one refinement: digits that the squaring cost
    error = outcome - design @ params
    about = {"n": n, "bread": bread, "residual_df": n - p - 1, "method": method} | _explained(outcome, error, root, n, p)
    if method == CR2:
        both = unit_products(np.column_stack([design, error]), unit)
        return _by_units(params, both[:, :-1, :-1], both[:, :-1, -1], about)
    leverage = np.einsum("ij,ij->i", design @ bread, design)
    if leverage.max() > 1 - ALONE:
        return None
    score = design * (error / (1 - leverage))[:, None]
    return Fit(params, bread @ cross_products(score) @ bread, units=0 if method == HC3 else named(unit), **about)


def from_units(products: np.ndarray, n: int) -> Fit | None:
    """The same fit under CR2 from the units' cross-products of [1, y, X], columns centred, weights multiplied in (units x m x m).

    n: customers. The intercept is that of the centred columns. None as in `least_squares`, and with two units or fewer.
    """
    whole = products.sum(axis=0)
    take = [0, *range(2, len(whole))]
    scale = np.sqrt(np.diag(whole))[take]
    if len(products) < 3 or n <= len(take) or not (scale > 0).all():
        return None
    total = whole[np.ix_(take, take)]
    if np.linalg.eigvalsh(total / np.outer(scale, scale))[0] < DEPENDENT:
        return None
    bread = np.linalg.inv(total)
    params = bread @ whole[take, 1]
    gram = products[:, take][:, :, take]
    spread = float(whole[1, 1] - whole[0, 1] ** 2 / whole[0, 0])
    r2 = 1 - float(whole[1, 1] - params @ whole[take, 1]) / spread if spread > 0 else math.nan
    about = {"n": n, "r2": r2, "adj_r2": 1 - (1 - r2) * (n - 1) / (n - len(take)), "residual_df": n - len(take)}
    return _by_units(params, gram, products[:, take, 1] - gram @ params, about | {"bread": bread, "method": CR2})


def _by_units(params: np.ndarray, products: np.ndarray, scores: np.ndarray, about: dict) -> Fit | None:
    """CR2 from each unit's X'X and X'e: the n_j x n_j matrices A_j act only within the p columns of X_j."""
    bread = about["bread"]
    values, vectors = np.linalg.eigh(bread)
    half = vectors * np.sqrt(values) @ vectors.T
    back = vectors / np.sqrt(values) @ vectors.T
    lever, turn = np.linalg.eigh(half @ products @ half)
    if lever.max() > 1 - ALONE:
        return None
    lever = np.clip(lever, 0.0, None)
    root = 1 / np.sqrt(1 - lever)
    turned = np.swapaxes(turn, 1, 2)
    outward = back @ turn
    adjusted = outward * (lever * root)[:, None, :] @ np.swapaxes(outward, 1, 2)
    doubly = outward * (lever * root**2)[:, None, :] @ np.swapaxes(outward, 1, 2)
    score = (outward @ (root[:, :, None] * (turned @ (scores @ half)[:, :, None])))[:, :, 0]
    cov = bread @ (score.T @ score) @ bread
    return Fit(params, cov, units=len(products), adjusted=adjusted, doubly=doubly, **about)


def _explained(outcome: np.ndarray, error: np.ndarray, root: np.ndarray, n: int, p: int) -> dict[str, float]:
    centre = (outcome @ root) / (root @ root)
    spread = outcome - centre * root
    total = float(spread @ spread)
    if not total > 1e-24 * float(outcome @ outcome):
        return {"r2": math.nan, "adj_r2": math.nan}
    r2 = 1 - float(error @ error) / total
    return {"r2": r2, "adj_r2": 1 - (1 - r2) * (n - 1) / (n - p - 1)}


def levels(unit: np.ndarray, weight: np.ndarray | None) -> np.ndarray:
    """Centred dummies of all units but the largest: a predictor's slope is then that within units, the intercept that of the whole."""
    code, size = np.unique(np.where(unit >= 0, unit, -1), return_counts=True)
    order = np.argsort(-size, kind="stable")
    own = [c for c, s in zip(code[order][1:], size[order][1:], strict=True) if s >= SMALL_UNIT]
    dummies = np.column_stack([(unit == c) if c >= 0 else (unit < 0) for c in own]).astype(float) if own else np.empty((len(unit), 0))
    return dummies - np.average(dummies, axis=0, weights=weight) if own else dummies


def codes(unit: np.ndarray) -> np.ndarray:
    """Units 0, 1, … without a hole, from codes with holes; a customer without unit (negative) is one of their own, after the others."""
    named = unit >= 0
    there = np.bincount(unit[named], minlength=1) > 0
    found = (np.cumsum(there) - 1)[np.where(named, unit, 0)]
    found[~named] = int(there.sum()) + np.arange(int((~named).sum()))
    return found

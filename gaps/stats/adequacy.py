"""Do the items share enough for a factor model to make sense: Kaiser, Meyer & Olkin's measure and Bartlett's test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from gaps.model import Withheld

SINGULAR = "singular"


@dataclass(frozen=True, slots=True)
class Adequacy:
    """KMO overall and by item (0 to 1), and Bartlett's chi-square against "no item goes with any other" with df and p."""

    n: int
    kmo: float
    items: Mapping[int, float]
    chi2: float
    df: int
    p: float


def adequacy(r: np.ndarray, n: int, items: Sequence[int]) -> Adequacy | Withheld:
    """Compute KMO = sum r² / (sum r² + sum q²) and Bartlett's chi2 = -(n - 1 - (2p+5)/6) ln|R|, df p(p-1)/2.

    r: correlations of p items among n complete respondents; q: partial correlations -R^-1_ij / sqrt(R^-1_ii R^-1_jj); sums over pairs of
    different items, all of them or one item's. Kaiser & Rice 1974; Bartlett 1950. Withheld: singular (an item is a sum of others, or fewer
    respondents than items).

    Checked: attitude data and Holzinger & Swineford 1939 against R psych 2.2.9 `KMO`, `cortest.bartlett` (tests/stats/test_adequacy.py).
    """
    p = len(r)
    sign, log_determinant = np.linalg.slogdet(r)
    if n <= p or sign <= 0 or np.linalg.eigvalsh(r)[0] < 1e-10:
        return Withheld(SINGULAR, {"n": n, "items": p})
    inverse = np.linalg.inv(r)
    scale = 1 / np.sqrt(np.diag(inverse))
    partial = (inverse * scale[:, None] * scale) ** 2
    plain = r**2
    for squares in (partial, plain):
        np.fill_diagonal(squares, 0.0)
    chi2 = -(n - 1 - (2 * p + 5) / 6) * log_determinant
    df = p * (p - 1) // 2
    shared, unshared = plain.sum(axis=0), partial.sum(axis=0)
    with np.errstate(invalid="ignore"):
        by_item = shared / (shared + unshared)
        kmo = float(shared.sum() / (shared.sum() + unshared.sum()))
    return Adequacy(n, kmo, dict(zip(items, map(float, by_item), strict=True)), float(chi2), df, float(special.chdtrc(df, max(chi2, 0.0))))

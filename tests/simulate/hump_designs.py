"""Populations of answers whose shape is known, and other rules for two humps to compare with."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np

from gaps.stats.humps import LEAST, LEVEL, valley


def rounded(mean: float, sd: float, k: int) -> np.ndarray:
    """Shares of k answers of normal opinions, rounded and cut off at the ends of the scale."""
    cuts = [0.0, *(0.5 * (1 + math.erf((c + 0.5 - mean) / (sd * math.sqrt(2)))) for c in range(1, k)), 1.0]
    return np.diff(cuts)


def heaped(shares: np.ndarray, part: float, liked: Sequence[int]) -> np.ndarray:
    """The same where a part of the people only ever tick the answer of `liked` that is nearest to their opinion."""
    moved = np.zeros(len(shares))
    for answer, share in enumerate(shares, start=1):
        moved[min(liked, key=lambda tick: abs(tick - answer)) - 1] += share
    return (1 - part) * shares + part * moved


def mixed(k: int, *camps: tuple[float, float, float]) -> np.ndarray:
    """Shares of answers where camps (part, mean, sd) stand beside each other."""
    return sum(part * rounded(mean, sd, k) for part, mean, sd in camps)


ONE_HUMP = {
    "7 points, mean 4, sd 1.2": rounded(4, 1.2, 7),
    "7 points, mean 6, sd 1.2 (ceiling)": rounded(6, 1.2, 7),
    "7 points, mean 6.5, sd 1.5 (half at the top)": rounded(6.5, 1.5, 7),
    "7 points, mean 5, sd 2.5 (both ends filled)": rounded(5, 2.5, 7),
    "7 points, every answer alike": np.full(7, 1 / 7),
    "7 points, half tick 1, 4 or 7 only": heaped(rounded(5, 1.5, 7), 0.5, (1, 4, 7)),
    "5 points, mean 4.5, sd 1.2 (ceiling)": rounded(4.5, 1.2, 5),
    "5 points, 30 % tick 1, 3 or 5 only": heaped(rounded(3.5, 1.1, 5), 0.3, (1, 3, 5)),
    "5 points, half tick 1, 3 or 5 only": heaped(rounded(3.5, 1.1, 5), 0.5, (1, 3, 5)),
    "10 points, 30 % tick 1, 5, 8 or 10 only": heaped(rounded(7, 2, 10), 0.3, (1, 5, 8, 10)),
    "10 points, half tick 1, 5, 8 or 10 only": heaped(rounded(7, 2, 10), 0.5, (1, 5, 8, 10)),
}
TWO_HUMPS = {
    "7 points, half at 2, half at 6, sd .8": mixed(7, (0.5, 2, 0.8), (0.5, 6, 0.8)),
    "7 points, 70 : 30 at 6 and 2, sd .8": mixed(7, (0.7, 6, 0.8), (0.3, 2, 0.8)),
    "7 points, 80 : 20 at 6 and 1.5": mixed(7, (0.8, 6, 0.9), (0.2, 1.5, 0.8)),
    "7 points, half at 2.5, half at 5.5, sd 1": mixed(7, (0.5, 2.5, 1), (0.5, 5.5, 1)),
    "7 points, half at 4, half at 7, sd .7": mixed(7, (0.5, 4, 0.7), (0.5, 7, 0.7)),
    "5 points, half at 1.5, half at 4.5, sd .7": mixed(5, (0.5, 1.5, 0.7), (0.5, 4.5, 0.7)),
    "5 points, 65 : 35 at 4 and 2, sd .6": mixed(5, (0.65, 4, 0.6), (0.35, 2, 0.6)),
    "10 points, 60 : 40 at 8 and 3, sd 1.2": mixed(10, (0.6, 8, 1.2), (0.4, 3, 1.2)),
}


def two_humped(counts: np.ndarray) -> bool:
    """The rule as it is used."""
    found = valley(counts)
    return found is not None and found.p < LEVEL and counts.sum() >= LEAST


def bimodality(counts: np.ndarray) -> bool:
    """Sarle's coefficient above that of an even spread, 5/9: (g1² + 1) / (g2 + 3 (n-1)² / ((n-2)(n-3))), g1 and g2 without bias."""
    x, n = np.repeat(np.arange(len(counts)), counts), counts.sum()
    z = x - x.mean()
    m2, m3, m4 = ((z**p).mean() for p in (2, 3, 4))
    if m2 == 0:
        return False
    g1 = m3 / m2**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    g2 = ((n + 1) * (m4 / m2**2 - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))
    return (g1**2 + 1) / (g2 + 3 * (n - 1) ** 2 / ((n - 2) * (n - 3))) > 5 / 9


def agreement(counts: np.ndarray) -> float:
    """Van der Eijk's (2001) A: layers of equal height, each with U (1 - (S - 1) / (K - 1)), weighted by what they hold.

    U = ((K-2) TU - (K-1) TDU) / ((K-2) (TU + TDU)) counts the layer's triples of categories 110 and 011 (TU) and 101 (TDU).
    """
    x, k = np.array(counts, float), len(counts)
    whole, total = x.sum(), 0.0
    while x.sum() > 1e-9:
        there = x > 1e-9
        height, s = x[there].min(), int(there.sum())
        triples = [tuple(there[list(places)]) for places in itertools.combinations(range(k), 3)]
        tu, tdu = sum(t in ((True, True, False), (False, True, True)) for t in triples), sum(t == (True, False, True) for t in triples)
        u = ((k - 2) * tu - (k - 1) * tdu) / ((k - 2) * (tu + tdu)) if tu + tdu else 1.0
        total += height * s * (0.0 if s == k else u * (1 - (s - 1) / (k - 1)))
        x = np.where(there, x - height, 0.0)
    return total / whole


def rate(rule: Callable[[np.ndarray], bool], shares: np.ndarray, n: int, samples: int, seed: int = 1) -> float:
    """How often a rule calls samples of n two-humped."""
    drawn = np.random.default_rng([seed, n]).multinomial(n, shares, samples)
    return float(np.mean([rule(counts) for counts in drawn]))


def some_item(shares: Sequence[np.ndarray], n: int, samples: int, seed: int = 1) -> float:
    """How often at least one of several distributions is called two-humped."""
    rng = np.random.default_rng([seed, n])
    return float(np.mean([any(two_humped(rng.multinomial(n, one)) for one in shares) for _ in range(samples)]))

"""How many answers: for an interval of a wanted width, for a share, for a change to be found. Formulas; `planning` fills them in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from scipy import special

from gaps.model import Withheld

MOST = 10_000_000  # more answers than this are no plan


@dataclass(frozen=True, slots=True)
class Frame:
    """What one group of people is like to survey.

    population: how many there are (None: many more than are asked). response_rate: answers per invitation. design_effect: variance
    against a simple random sample (case weights, clusters). icc, units, units_total: people nested in units, of which `units` take part
    out of `units_total` (None: these are all the units there are, so that only people within them vary from sample to sample).
    """

    population: int | None = None
    response_rate: float = 1.0
    design_effect: float = 1.0
    icc: float = 0.0
    units: int | None = None
    units_total: int | None = None

    def __post_init__(self) -> None:
        if self.population is not None and self.population < 2:
            raise ValueError(f"a population has at least 2 people, not {self.population}")
        if not 0 < self.response_rate <= 1:
            raise ValueError(f"the response rate lies above 0 and up to 1, not {self.response_rate}")
        if not self.design_effect > 0:
            raise ValueError(f"a design effect is above 0, not {self.design_effect}")
        if not 0 <= self.icc < 1:
            raise ValueError(f"ICC(1) lies between 0 and 1, not {self.icc}")
        if self.units is not None and self.units < 1:
            raise ValueError(f"at least one unit takes part, not {self.units}")
        if self.units_total is not None and (self.units is None or self.units_total < self.units):
            raise ValueError(f"of {self.units_total} units {self.units} cannot take part")

    @property
    def sampled(self) -> bool:
        """Whether the units are themselves a sample, so that their differences count as sampling error."""
        return self.units is not None and self.units_total is not None and self.units_total > self.units

    def between(self) -> float:
        """The part of a person's variance that no number of people in these units can average away."""
        return self.icc / self.units * (1 - self.units / self.units_total) if self.sampled else 0.0

    def variance(self, n: float) -> float:
        """Variance of the mean of n answers in units of the variance of one answer.

        deff (1 - icc) / n · (N - n) / (N - 1) + icc / J · (1 - J / J_all); with units that are all there are: deff / n · (N - n) / (N - 1).
        Two-stage sampling, Cochran 1977 ch. 10; for many more units than J it is the design effect 1 + (n/J - 1) icc (methods 2.4).
        """
        within = self.design_effect * (1 - self.icc if self.sampled else 1.0) / n
        if self.population is not None:
            within *= max(self.population - n, 0.0) / (self.population - 1)
        return within + self.between()

    def df(self, n: float) -> float:
        """Degrees of freedom of the mean's standard error: units less one where units are sampled, answers less one otherwise."""
        return self.units - 1.0 if self.sampled else n - 1.0

    def invited(self, n: int) -> int:
        """How many to invite so that n answers are to be expected, everybody at most."""
        wanted = math.ceil(n / self.response_rate - 1e-9)
        return wanted if self.population is None else min(wanted, self.population)

    @property
    def most(self) -> int:
        """The largest number of answers that can come in."""
        return MOST if self.population is None else max(int(self.population * self.response_rate + 1e-9), 1)


ANYBODY = Frame()


@dataclass(frozen=True, slots=True)
class Size:
    """How many answers are needed, and how many people to invite for them.

    half_width: what the answers then promise; naive: the half-width that an interval computed without population and design shows
    for them (what the gap tables show); textbook: (z s / e)² with its finite-population form, unrounded.
    """

    needed: int
    invited: int
    half_width: float
    naive: float
    textbook: float


@dataclass(frozen=True, slots=True)
class TwoSizes:
    """How many answers two independent groups need. half_width: what they promise together; naive: without population and design."""

    first: int
    second: int
    first_invited: int
    second_invited: int
    half_width: float
    naive: float


def normal_quantile(confidence: float) -> float:
    """Two-sided standard normal quantile."""
    _chance(confidence)
    return float(special.ndtri(0.5 + confidence / 2))


def t_quantile(df: float, confidence: float) -> float:
    """Two-sided quantile of t; infinite below one degree of freedom."""
    _chance(confidence)
    return float(special.stdtrit(df, 0.5 + confidence / 2)) if df >= 1 else math.inf


def finite(n: float, population: int | None) -> float:
    """n0 / (1 + (n0 - 1) / N): a sample size for a finite population (methods 7.8; Cochran 1977)."""
    return n if population is None else n / (1 + (n - 1) / population)


def textbook(sd: float, half_width: float, *, confidence: float = 0.95, population: int | None = None) -> float:
    """(z s / e)² by the normal quantile, then the finite population: a size as textbooks print it, unrounded.

    Checked: s 1.2, e .2 gives 138.3 (N 300: 94.9; N 1,000: 121.6); s 1.5, e .1 gives 864.4 (methods 7.8).
    """
    _positive(sd=sd, half_width=half_width)
    return finite((normal_quantile(confidence) * sd / half_width) ** 2, population)


def half_width(sd: float, n: float, frame: Frame = ANYBODY, *, confidence: float = 0.95) -> float:
    """Half-width of the t interval of a mean of n answers, in the units of sd."""
    return t_quantile(frame.df(n), confidence) * sd * math.sqrt(frame.variance(n))


def for_mean(sd: float, wanted: float, frame: Frame = ANYBODY, *, confidence: float = 0.95) -> Size | Withheld:
    """Give the answers needed for a mean ± wanted: the smallest n with t(n-1) · sd · sqrt(variance of the frame) <= wanted.

    For paired differences sd is theirs. About half of such surveys end a little wider and half a little narrower than wanted, since
    their own standard deviation varies. Withheld: `units_too_few` with the narrowest half-width that these units allow, or
    `people_too_few` if even everybody who is expected to answer is not enough.

    Checked: R `power.t.test` and the numbers of methods 7.8 (one more answer than by z).
    """
    _positive(sd=sd, half_width=wanted)
    floor = t_quantile(frame.df(MOST), confidence) * sd * math.sqrt(frame.between())
    if floor >= wanted:
        return Withheld("units_too_few", {"half_width": floor, "units": frame.units, "wanted": wanted})
    n = smallest(lambda n: half_width(sd, n, frame, confidence=confidence) <= wanted * (1 + 1e-12), 2, frame.most)
    if n is None:
        best = half_width(sd, frame.most, frame, confidence=confidence) if frame.most > 1 else math.inf
        return Withheld("people_too_few", {"half_width": best, "people": frame.most, "wanted": wanted})
    reached = half_width(sd, n, frame, confidence=confidence)
    printed = textbook(sd, wanted, confidence=confidence, population=frame.population)
    return Size(n, frame.invited(n), reached, half_width(sd, n, confidence=confidence), printed)


def for_proportion(wanted: float = 0.05, share: float = 0.5, frame: Frame = ANYBODY, *, confidence: float = 0.95) -> Size | Withheld:
    """Give the answers needed for a share ± wanted by the normal approximation, p (1 - p) in place of the variance.

    Checked: see `krejcie_morgan`, of which this is the same formula rounded up.
    """
    if not 0 < share < 1:
        raise ValueError(f"the expected share must lie between 0 and 1, not {share}")
    sd, z = math.sqrt(share * (1 - share)), normal_quantile(confidence)
    _positive(half_width=wanted)
    floor = z * sd * math.sqrt(frame.between())
    if floor >= wanted:
        return Withheld("units_too_few", {"half_width": floor, "units": frame.units, "wanted": wanted})

    def width(n: float) -> float:
        return z * sd * math.sqrt(frame.variance(n))

    n = smallest(lambda n: width(n) <= wanted * (1 + 1e-12), 1, frame.most)
    if n is None:
        return Withheld("people_too_few", {"half_width": width(frame.most), "people": frame.most, "wanted": wanted})
    printed = textbook(sd, wanted, confidence=confidence, population=frame.population)
    return Size(n, frame.invited(n), width(n), z * sd / math.sqrt(n), printed)


def krejcie_morgan(population: int, *, share: float = 0.5, half_width: float = 0.05, chi2: float = 3.841) -> int:
    """Look up Krejcie & Morgan's (1970) table: chi² N P (1 - P) / (d² (N - 1) + chi² P (1 - P)), rounded as printed.

    Checked: N 100 80, 220 140, 500 217, 1,200 291, 1,500 306, 2,800 338, 9,000 368.
    """
    if population < 1:
        raise ValueError(f"a population has at least one person, not {population}")
    spread = chi2 * share * (1 - share)
    return math.floor(spread * population / (half_width**2 * (population - 1) + spread) + 0.5)


def welch_df(v1: float, df1: float, v2: float, df2: float) -> float:
    """Welch's degrees of freedom from the variances of the two means; without variance on both sides the larger df."""
    below = v1 * v1 / df1 + v2 * v2 / df2 if df1 > 0 and df2 > 0 else math.inf
    return (v1 + v2) ** 2 / below if below > 0 else max(df1, df2)


def half_width_of_difference(
    sd: tuple[float, float], n: tuple[float, float], frames: tuple[Frame, Frame] = (ANYBODY, ANYBODY), *, confidence: float = 0.95
) -> float:
    """Half-width of Welch's interval of a difference between two independent means (gaps 1 and 3).

    Checked: managers n 6 sd .55, customers n 120 sd .72: 5.89 degrees of freedom, half-width .575 (methods 2.4).
    """
    v = [s * s * f.variance(k) for s, k, f in zip(sd, n, frames, strict=True)]
    df = welch_df(v[0], frames[0].df(n[0]), v[1], frames[1].df(n[1]))
    return t_quantile(df, confidence) * math.sqrt(sum(v))


def for_difference(
    sd: tuple[float, float],
    wanted: float,
    frames: tuple[Frame, Frame] = (ANYBODY, ANYBODY),
    *,
    first: int | None = None,
    ratio: float | None = None,
    cost: float = 1.0,
    confidence: float = 0.95,
) -> TwoSizes | Withheld:
    """Give the answers two independent groups need for their difference ± wanted, by Welch's interval.

    Allocation: `first` is the given number of the first group, the second is sought; or `ratio`, answers of the second per answer of
    the first; or neither: the cheapest, n1 : n2 = sd1 / sqrt(cost) : sd2, where an answer of the first group costs `cost` answers of
    the second (Neyman 1934). No group exceeds its population; a group asked completely (with a response rate of 1) has no sampling
    error. Withheld: `first_too_few` with the narrowest half-width that `first` allows; `units_too_few`; `people_too_few`.
    """
    _positive(sd_1=sd[0], sd_2=sd[1], half_width=wanted, cost=cost)
    if first is not None and (first < 1 or ratio is not None):
        raise ValueError("give the first group's number (at least 1) or a ratio, not both")

    def width(n: tuple[float, float]) -> float:
        return half_width_of_difference(sd, n, frames, confidence=confidence)

    if first is not None:
        if first < 2:
            return Withheld("first_too_few", {"half_width": math.inf, "first": first, "wanted": wanted})
        first = min(first, frames[0].most)
        second = smallest(lambda n: width((first, n)) <= wanted * (1 + 1e-12), 2, frames[1].most)
        if second is None:
            return Withheld("first_too_few", {"half_width": width((first, frames[1].most)), "first": first, "wanted": wanted})
        return _two(sd, (first, second), frames, confidence)
    per_first = ratio if ratio is not None else sd[1] * math.sqrt(cost) * _root(frames[1]) / (sd[0] * _root(frames[0]))
    _positive(ratio=per_first)

    def split(total: int) -> tuple[int, int]:
        most = frames[0].most, frames[1].most
        a = min(max(round(total / (1 + per_first)), 2), most[0])
        b = min(max(total - a, 2), most[1])
        return (min(max(total - b, a), most[0]), b)

    total = smallest(lambda n: width(split(n)) <= wanted * (1 + 1e-12), 4, min(frames[0].most + frames[1].most, MOST))
    if total is None:
        every = (frames[0].most, frames[1].most)
        why = "units_too_few" if any(f.sampled for f in frames) else "people_too_few"
        units = min((f.units for f in frames if f.sampled), default=None)
        return Withheld(why, {"half_width": width(every), "wanted": wanted, "people": min(every), "units": units})
    return _two(sd, split(total), frames, confidence)


def _root(frame: Frame) -> float:
    return math.sqrt(frame.design_effect * (1 - frame.icc if frame.sampled else 1.0))


def _two(sd: tuple[float, float], n: tuple[int, int], frames: tuple[Frame, Frame], confidence: float) -> TwoSizes:
    reached = half_width_of_difference(sd, n, frames, confidence=confidence)
    naive = half_width_of_difference(sd, n, confidence=confidence)
    return TwoSizes(*n, frames[0].invited(n[0]), frames[1].invited(n[1]), reached, naive)


def power_of_change(change: float, sd: tuple[float, float], n: tuple[float, float], *, confidence: float = 0.95) -> float:
    """Probability that a change of this size between two waves of different respondents is found by Welch's test.

    1 - T(t; df, change / se), T the noncentral t with Welch's df; the chance of a finding in the wrong direction is left out, as in
    R's `power.t.test`. Checked: n 100, change .3, sd 1.2: .4204383.
    """
    v = [s * s / k for s, k in zip(sd, n, strict=True)]
    df = welch_df(v[0], n[0] - 1, v[1], n[1] - 1)
    if not df >= 1:
        return 0.0
    if sum(v) == 0:
        return 1.0
    shift = abs(change) / math.sqrt(sum(v))
    critical = t_quantile(df, confidence)
    if shift > critical + 8:
        return 1.0
    return float(1 - special.nctdtr(df, shift, critical))


def for_change(
    change: float,
    sd: tuple[float, float],
    *,
    power: float = 0.80,
    before: int | None = None,
    frame: Frame = ANYBODY,
    confidence: float = 0.95,
) -> Size | Withheld:
    """Give the answers a wave needs so that a change of the gap's mean is found with this power (two-sided test at 1 - confidence).

    before: answers of the wave that has been; None: both waves get the number. A design effect multiplies the number of a new wave
    and divides that of the past one. No finite-population correction: a change is about the service, not about these people.
    Withheld: `before_too_few`: with the past wave's answers no new number is enough; `people_too_few`.

    Checked: R `power.t.test(delta, sd, power = .8)`: .2, 1.2: 566.08; .3, 1.2: 252.13; .5, 1: 63.77 per wave.
    """
    _positive(change=abs(change), sd_1=sd[0], sd_2=sd[1])
    _chance(power)
    most = frame.most

    def found(n: int) -> float:
        new = n / frame.design_effect
        return power_of_change(change, sd, (new if before is None else before / frame.design_effect, new), confidence=confidence)

    n = smallest(lambda n: found(n) >= power, 2, most)
    if n is None:
        if before is not None and found(MOST) < power:
            return Withheld("before_too_few", {"change": abs(change), "before": before, "power": found(MOST)})
        return Withheld("people_too_few", {"change": abs(change), "people": most, "power": found(most)})
    new = n / frame.design_effect
    v = (sd[0] ** 2 / (new if before is None else before / frame.design_effect), sd[1] ** 2 / new)
    width = t_quantile(welch_df(v[0], (n if before is None else before) - 1, v[1], n - 1), confidence) * math.sqrt(sum(v))
    z = normal_quantile(confidence) + float(special.ndtri(power))
    return Size(n, frame.invited(n), width, width, (z / change) ** 2 * (sd[0] ** 2 + sd[1] ** 2))


def detectable_change(sd: tuple[float, float], n: tuple[float, float], *, power: float = 0.80, confidence: float = 0.95) -> float:
    """Give the smallest change that these answers find with this power; infinite where they find none.

    Checked: R `power.t.test(n = 250, sd = 1.2, power = .8)$delta`: .3012789.
    """
    _positive(sd_1=sd[0], sd_2=sd[1])
    _chance(power)
    if min(n) < 2:
        return math.inf
    low, high = 0.0, 50 * math.sqrt(sum(s * s / k for s, k in zip(sd, n, strict=True)))
    while power_of_change(high, sd, n, confidence=confidence) < power:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if power_of_change(middle, sd, n, confidence=confidence) >= power else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Sides:
    """How many respondents until enough stand on the rarer side of expectation.

    side: "above" or "below"; share: of that side among all, with Wilson's 95 % interval; expected: respondents at which `enough` are to
    be expected there, from `expected_low` to `expected_high` over the interval (infinite if the share may be 0); probable: at which
    there are enough with probability `power`, if the share is as observed.
    """

    side: str
    now: int
    n: int
    share: float
    low: float
    high: float
    enough: int
    expected: float
    expected_low: float
    expected_high: float
    probable: float
    power: float


def for_sides(n: int, below: int, above: int, *, enough: int = 30, power: float = 0.80) -> Sides | Withheld:
    """Give the respondents needed until `enough` of them stand above and below expectation (what the asymmetry asks for).

    enough / share for the expected number; the probable number is the smallest n with P(Binomial(n, share) >= enough) >= power.
    Wilson 1927 for the share. Withheld: no_answers.
    """
    if min(n, below, above) < 0 or below + above > n:
        raise ValueError(f"{below} below and {above} above do not fit {n} respondents")
    _chance(power)
    if n == 0:
        return Withheld("no_answers")
    side, count = ("above", above) if above <= below else ("below", below)
    low, high = wilson(count, n)
    share = count / n
    inverse = [enough / p if p > 0 else math.inf for p in (share, high, low)]
    probable = math.inf
    if share > 0:
        found = smallest(lambda m: float(special.bdtrc(enough - 1, m, share)) >= power, enough, MOST)
        probable = math.inf if found is None else float(found)
    rounded = [math.ceil(x - 1e-9) if math.isfinite(x) else x for x in inverse]
    return Sides(side, count, n, share, low, high, enough, *map(float, rounded), probable, power)


def wilson(count: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's (1927) interval of a share. Checked: R `prop.test(8, 207, correct = FALSE)`: .01970, .07440."""
    z = normal_quantile(confidence)
    p, k = count / n, z * z / n
    half = z / (1 + k) * math.sqrt(p * (1 - p) / n + k / (4 * n))
    middle = (p + k / 2) / (1 + k)
    return (0.0 if count == 0 else middle - half), (1.0 if count == n else middle + half)


def spread_range(n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Between which multiples of a sample's variance the true one lies: (n - 1) / chi² at both tails, answers taken as normal.

    A number of answers goes with the variance, hence these are its multiples too. Infinite above for n = 1. Checked: R
    `29 / qchisq(c(.975, .025), 29)`: .6342640, 1.8071833.
    """
    if n < 2:
        return 0.0, math.inf
    tail = (1 - confidence) / 2
    return tuple(float((n - 1) / special.chdtri(n - 1, q)) for q in (tail, 1 - tail))


def smallest(enough: Callable[[int], bool], start: int, most: int) -> int | None:
    """Find the smallest whole number from start to most from which on a condition holds; None if it does not hold at most."""
    if most < start or not enough(most):
        return None
    low, high = start - 1, start
    while high < most and not enough(high):
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _positive(**numbers: float) -> None:
    for name, value in numbers.items():
        if not (value > 0 and math.isfinite(value)):
            raise ValueError(f"{name} must be a number above 0, not {value}")


def _chance(power: float) -> None:
    if not 0 < power < 1:
        raise ValueError(f"a probability lies between 0 and 1, not {power}")

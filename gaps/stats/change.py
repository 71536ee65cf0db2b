"""What changed from one wave to the next, and whether more than chance would change it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from gaps import scoring
from gaps.model import DIRECT_ROLE, RESPONDENT, WAVE, Battery, Gap, Role, Study, Withheld
from gaps.scoring.by_cell import Rows, cells_of, of_whole, summed
from gaps.scoring.gap_table import batteries_of
from gaps.scoring.groups import codes_of, weights
from gaps.scoring.level_sums import battery_sums, paired_sums, rating_sums
from gaps.scoring.servqual import weighted_gaps
from gaps.scoring.sums import Partition, Sums, collect
from gaps.stats.intervals import ZERO, p_values, t_quantile
from gaps.stats.multiplicity import by_family, holm
from gaps.stats.parts import GAP, OUTCOME, PERCEPTION, SERVQUAL_WEIGHTED, SHARE, Measure, Part, gap_parts, measures
from gaps.stats.shrinkage import normal_quantile

FEWEST: Mapping[Role, int] = {Role.CUSTOMERS: 10, Role.MANAGERS: 5, Role.EMPLOYEES: 10}  # of each wave (methods 2.6)
CONFIDENTIAL = 3  # fewer managers or employees could be recognised in their mean
NOT_MEASURED, NO_ANSWERS, FEW, PRIVATE, NO_SPREAD = "not_measured", "no_answers", "few", "confidential", "no_spread"
NO_WAVES, ONE_WAVE = "no_waves", "one_wave"
INDEPENDENT, PAIRED, PARTLY = "independent", "paired", "partly_paired"
ROSE, FELL, OPEN = "rose", "fell", "open"
Key = tuple[str, int | None, str | None]  # kind, gap, outcome
COLUMNS = (
    "measure", "gap", "outcome", "dimension", "wave_before", "wave", "n_before", "n", "n_pairs", "design",
    "before", "after", "change", "se", "df", "low", "high", "p", "p_holm", "standing", "withheld",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Changes:
    """Changes between waves. frame: columns measure, gap, outcome, dimension, wave_before, wave, n_before, n, n_pairs, design
    (independent, paired, partly_paired), before, after, change, se, df, low, high, p, p_holm, standing (rose, fell, open; empty = not
    judged), withheld (no_answers, few, confidential, no_spread; empty = given)."""

    frame: pd.DataFrame
    confidence: float = 0.95
    missing: str = "respondents without the score or without a wave are left out; nothing is imputed"

    def rows(self, measure: str, *, gap: int | None = None, level: str | None = None, wave: str | None = None) -> pd.DataFrame:
        """Rows of one measure. `level` is "total" or "dimension"; `wave` the later wave."""
        f = self.frame
        keep = f["measure"].eq(measure)
        if gap is not None:
            keep &= f["gap"].eq(int(gap))
        if level is not None:
            keep &= f["dimension"].isna() if level == "total" else f["dimension"].notna()
        if wave is not None:
            keep &= f["wave"].eq(wave)
        return f[keep]

    def between(self, before: str, after: str) -> pd.DataFrame:
        """Rows of one pair of waves."""
        return self.frame[self.frame["wave_before"].eq(before) & self.frame["wave"].eq(after)]


@dataclass(frozen=True, slots=True)
class WaveChange:
    """The change of one total from a wave to a later one, in scale points.

    measure: "gap" or "perception"; gap: its number, None for perceptions. n_before, n: fewest of the sides; n_pairs: people in both waves;
    low to high: 95 % interval of `change`; p: two-sided, against no change.
    """

    measure: str
    gap: int | None
    wave_before: str
    wave: str
    before: float
    after: float
    change: float
    low: float
    high: float
    p: float
    n_before: int
    n: int
    n_pairs: int
    design: str


@dataclass(frozen=True, eq=False)
class _Waves:
    """One role's part in every measure, wave by wave.

    sums: of its scores, levels x waves, measure after measure (without the weighted SERVQUAL). scores: by measure its scores, and by pair
    of waves the rows of those who answered in both; neither where nobody answered twice.
    """

    sums: Sums | None
    scores: Mapping[Key, Mapping[str | None, np.ndarray]]
    repeated: Mapping[tuple[int, int], tuple[np.ndarray, np.ndarray]]

    def correlation(self, measure: Measure, dimension: str | None, pair: tuple[int, int]) -> tuple[float, int]:
        """As `_correlation`."""
        return _correlation(self.scores[_key(measure)][dimension], *self.repeated[pair]) if self.scores else (0.0, 0)


def changes(study: Study, *, pairs: Sequence[tuple[str, str]] | None = None, confidence: float = 0.95) -> Changes:
    """Estimate the change of every measure from one wave to a later one, in total and per dimension.

    change = after - before. Different people: Welch (1947). Respondent names that occur in both waves count as the same people, and
    their correlation r enters: se² = se1² + se2² - 2 r se1 se2 n12 / sqrt(n1 n2), with the degrees of freedom of Derrick, Toher & White
    (2017): with the same people in both waves this is the paired t test, with nobody in common it is Welch's. A gap between different
    roles adds the variances of both (Satterthwaite). The share of customers at or above expectation: interval of Agresti & Caffo
    (2000), one success and one failure added to each wave, so that it holds at 0 and 100 %. p_holm: over the dimensions of a measure
    and pair of waves; over the outcomes. Judged with at least 10 customers, 10 employees, 5 managers in each wave; a mean of fewer than
    3 managers or employees is not given. Case weights enter means and standard errors. pairs: (earlier, later) wave names, by default
    each wave with the one before. Raises ValueError for a wave that the study does not have.

    Checked: R t.test, paired and not; coverage in docs/simulations-differences.md.
    """
    names = study.waves
    wanted = _pairs(names, pairs)
    return _judged(list(_rows(study, names, wanted, confidence)) if wanted else [], confidence)


def _judged(rows: Sequence[Mapping[str, object]], confidence: float) -> Changes:
    """Rows of estimates with p adjusted within each family, and where they stand."""
    frame = pd.DataFrame(rows, columns=[c for c in COLUMNS if c not in ("p_holm", "standing")])
    frame = frame.astype(dict.fromkeys(("measure", "outcome", "dimension", "wave_before", "wave", "design", "withheld"), "str"))
    frame = frame.astype(dict.fromkeys(("gap", "before", "after", "change", "se", "df", "low", "high", "p"), float))
    kind = np.where(frame["dimension"].notna(), "dimensions", np.where(frame["measure"].eq(OUTCOME), "outcomes", "total"))
    family = frame["measure"] + frame["gap"].fillna(0).astype("str") + frame["wave_before"] + "\0" + frame["wave"] + kind
    frame["p_holm"] = by_family(holm, frame["p"].to_numpy(), family) if len(frame) else frame["p"]
    judged = frame["p_holm"].notna()
    direction = np.where(frame["change"].gt(0), ROSE, FELL)
    frame["standing"] = pd.array(np.where(judged, np.where(frame["p_holm"].lt(1 - confidence), direction, OPEN), ""), dtype="str")
    return Changes(frame[list(COLUMNS)], confidence)


def latest(study: Study, gap: Gap = Gap.CUSTOMER, *, confidence: float = 0.95) -> WaveChange | Withheld:
    """Estimate the change of one gap's total between the last two waves with people enough; of perceptions where gap 5 has no expectation.

    The same row as that of `changes`, so that pages agree to the digit. Withheld: not_measured, no_waves (none is named), one_wave (only
    one is selected), few (fewer than two waves with enough people: {needed} customers; {usable} of them), no_spread, confidential.
    """
    parts = _totals(study, gap)
    if not parts:
        return Withheld(NOT_MEASURED)
    names = study.waves
    if len(names) < 2:
        return Withheld(ONE_WAVE if names else NO_WAVES)
    by_wave = [(role, sign, sums.united(cells_of(study, role).places(WAVE, names), len(names))) for role, sign, sums in parts]
    usable = np.flatnonzero(np.logical_and.reduce([sums.n[0] >= FEWEST[role] for role, _, sums in by_wave]))
    if len(usable) < 2:
        role = parts[0][0]
        return Withheld(FEW, {"role": str(role), "needed": FEWEST[role], "usable": len(usable)})
    pair = (int(usable[-2]), int(usable[-1]))
    sides = [_side(role, sign, sums, 0, pair, *_in_both(study, gap, role, names, pair)) for role, sign, sums in by_wave]
    row = _difference(sides, confidence)
    if row["withheld"]:
        return Withheld(str(row["withheld"]))
    kept = {name: row[name] for name in ("before", "after", "change", "low", "high", "p", "n_before", "n", "n_pairs", "design")}
    measure, number = (GAP, int(gap)) if _measured(study, gap) else (PERCEPTION, None)
    return WaveChange(measure, number, names[pair[0]], names[pair[1]], **kept)


def latest_of_dimensions(study: Study, *, confidence: float = 0.95) -> Changes | Withheld:
    """Estimate the change of gap 5 in each dimension between the two waves that `latest` compares: the same rows as those of `changes`.

    Withheld as `latest`.
    """
    total = latest(study, confidence=confidence)
    if isinstance(total, Withheld) or total.measure != GAP:
        return total if isinstance(total, Withheld) else Withheld(NOT_MEASURED)
    names, role = study.waves, Role.CUSTOMERS
    pair = (names.index(total.wave_before), names.index(total.wave))
    sums = paired_sums(study, *batteries_of(study, Gap.CUSTOMER), items=False)
    places = [place for place, (dimension, _) in enumerate(sums.names) if dimension is not None]
    by_wave = sums.first.of_levels(places).above.united(cells_of(study, role).places(WAVE, names), len(names))
    rows = []
    for level, place in enumerate(places):
        dimension = sums.names[place][0]
        side = _side(role, 1, by_wave, level, pair, *_in_both(study, Gap.CUSTOMER, role, names, pair, dimension))
        about = {"measure": GAP, "gap": int(Gap.CUSTOMER), "outcome": None, "dimension": dimension}
        rows.append(about | {"wave_before": total.wave_before, "wave": total.wave} | _difference([side], confidence))
    return _judged(rows, confidence)


def _measured(study: Study, gap: Gap) -> bool:
    return study.design(gap) is not None


def _totals(study: Study, gap: Gap) -> list[tuple[Role, int, Sums]]:
    """By role that enters a gap: its sign, the sums of its total by cell; perceptions stand in for a gap 5 without expectation."""
    match study.design(gap):
        case "items" if gap.paired:
            return [(gap.achieved.role, 1, paired_sums(study, *batteries_of(study, gap), items=False).total.above)]
        case "items":
            expected, achieved = batteries_of(study, gap)
            return [(b.role, sign, battery_sums(study, b, items=False).total) for b, sign in ((achieved, 1), (expected, -1))]
        case "direct":
            return [(DIRECT_ROLE[gap], 1, rating_sums(study, gap).total.above)]
    if gap is Gap.CUSTOMER and Battery.PERCEPTION in study.answers:
        return [(Role.CUSTOMERS, 1, battery_sums(study, Battery.PERCEPTION, items=False).total)]
    return []


def _in_both(
    study: Study, gap: Gap, role: Role, names: Sequence[str], pair: tuple[int, int], dimension: str | None = None
) -> tuple[float, int]:
    """Correlation of the scores, by default the total ones, of those who answered in both waves, and their number."""
    if not of_whole(study, "somebody twice", _somebody_twice)[role]:
        return 0.0, 0
    frame = study.respondents[role]
    scores = next(part.scores[dimension] for part in _parts(study, gap) if part.role is role)
    return _correlation(scores, *_repeated(frame, codes_of(frame, WAVE, names), [pair])[pair])


def _somebody_twice(study: Study) -> dict[Role, bool]:
    """Per role whether any respondent's name occurs more than once."""
    return {role: RESPONDENT in f and not f[RESPONDENT].dropna().is_unique for role, f in study.respondents.items()}


def _parts(study: Study, gap: Gap) -> tuple[Part, ...]:
    if gap is Gap.CUSTOMER and not _measured(study, gap):
        return (Part(Role.CUSTOMERS, 1, {None: scoring.battery_totals(study, Battery.PERCEPTION).to_numpy(np.float64)}),)
    return gap_parts(study, gap)


def _pairs(names: Sequence[str], pairs: Sequence[tuple[str, str]] | None) -> list[tuple[int, int]]:
    if pairs is None:
        return [(k - 1, k) for k in range(1, len(names))]
    if unknown := sorted({name for pair in pairs for name in pair} - set(names)):
        raise ValueError(f"no such wave: {unknown}; the study has {list(names)}")
    return [(names.index(before), names.index(after)) for before, after in pairs]


def _waves(study: Study, role: Role, names: Sequence[str], wanted: Sequence[tuple[int, int]]) -> _Waves:
    def rows(study: Study) -> Rows:
        found = (m for m in measures(study, role) if m.kind != SERVQUAL_WEIGHTED)
        return ((0.0, m.parts[0].scores[dimension]) for m in found for dimension in m.dimensions)

    there = any(part.role is role for m in of_whole(study, "measures", _measures) for part in m.parts)
    sums = summed(study, role, "measures", rows).united(cells_of(study, role).places(WAVE, names), len(names)) if there else None
    if not there or not of_whole(study, "somebody twice", _somebody_twice)[role]:
        return _Waves(sums, {}, {})
    frame = study.respondents[role]
    scores = {_key(m): m.parts[0].scores for m in measures(study, role)}
    return _Waves(sums, scores, _repeated(frame, codes_of(frame, WAVE, names), wanted))


def _measures(study: Study) -> tuple[Measure, ...]:
    """What a study measures, with the scores of nobody."""
    return tuple(measures(study.only({role: np.zeros(study.n(role), bool) for role in study.respondents})))


def _key(measure: Measure) -> Key:
    return measure.kind, measure.gap, measure.outcome


def _weighted(study: Study, names: Sequence[str]) -> Sums:
    """Sums of the importance-weighted SERVQUAL by wave: whoever gave no points takes the mean ones of the respondents at hand."""
    gaps = {name: column.to_numpy(np.float64) for name, column in scoring.customer_scores(study).gap.items()}
    partition = Partition(codes_of(study.customers, WAVE, names), len(names))
    return collect([(0.0, weighted_gaps(study, gaps))], [partition], weights(study, Role.CUSTOMERS))[0]


def _repeated(frame: pd.DataFrame, codes: np.ndarray, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], tuple[np.ndarray, ...]]:
    """Rows, in two waves, of the names that stand exactly once in each."""
    nobody = np.zeros(0, np.intp)
    if RESPONDENT not in frame or not len(frame):
        return dict.fromkeys(wanted, (nobody, nobody))
    persons, distinct = pd.factorize(frame[RESPONDENT])
    if len(distinct) == len(frame):
        return dict.fromkeys(wanted, (nobody, nobody))
    rows_of: dict[int, np.ndarray] = {}
    for wave in {w for pair in wanted for w in pair}:
        rows = np.flatnonzero((codes == wave) & (persons >= 0))
        once = np.bincount(persons[rows], minlength=len(distinct)) == 1
        rows_of[wave] = np.full(len(distinct), -1)
        rows = rows[once[persons[rows]]]
        rows_of[wave][persons[rows]] = rows
    found = {}
    for before, after in wanted:
        both = (rows_of[before] >= 0) & (rows_of[after] >= 0)
        found[before, after] = rows_of[before][both], rows_of[after][both]
    return found


@dataclass(frozen=True, slots=True)
class _Side:
    """One part of a measure in two waves: means, numbers, its variance of the change and the degrees of freedom, pairs."""

    role: Role
    sign: int
    before: float
    after: float
    n_before: int
    n_after: int
    pairs: int
    variance: float
    df: float


def _rows(study: Study, names: Sequence[str], wanted: Sequence[tuple[int, int]], confidence: float) -> Iterator[dict[str, object]]:
    by_role = {role: _waves(study, role, names, wanted) for role in study.respondents}
    taken = dict.fromkeys(by_role, 0)
    for measure in of_whole(study, "measures", _measures):
        dimensions, sums = measure.dimensions, {}
        for role in [part.role for part in measure.parts]:
            if measure.kind == SERVQUAL_WEIGHTED:
                sums[role] = _weighted(study, names)
            else:
                sums[role] = by_role[role].sums.of_levels(range(taken[role], taken[role] + len(dimensions)))
                taken[role] += len(dimensions)
        yield from _of_measure(measure, sums, by_role, names, wanted, confidence)


def _of_measure(
    measure: Measure,
    sums: Mapping[Role, Sums],
    by_role: Mapping[Role, _Waves],
    names: Sequence[str],
    wanted: Sequence[tuple[int, int]],
    confidence: float,
) -> Iterator[dict[str, object]]:
    for pair in wanted:
        for k, dimension in enumerate(measure.dimensions):
            sides = [
                _side(part.role, part.sign, sums[part.role], k, pair, *by_role[part.role].correlation(measure, dimension, pair))
                for part in measure.parts
            ]
            estimate = (_share if measure.kind == SHARE else _difference)(sides, confidence)
            yield {
                "measure": measure.kind, "gap": measure.gap, "outcome": measure.outcome, "dimension": dimension,
                "wave_before": names[pair[0]], "wave": names[pair[1]], **estimate,
            }  # fmt: skip


def _side(role: Role, sign: int, sums: Sums, level: int, pair: tuple[int, int], r: float, both: int) -> _Side:
    """r: correlation of the scores of the `both` people who answered in both waves."""
    n1, n2 = (float(sums.n[level, w]) for w in pair)
    se1, se2 = (float(sums.se[level, w]) for w in pair)
    shared = 2 * r * se1 * se2 * both / np.sqrt(n1 * n2) if both else 0.0
    variance = max(se1**2 + se2**2 - shared, 0.0)
    df = _partly_paired_df(se1, n1, se2, n2, both)
    means = (float(sums.mean[level, w]) for w in pair)
    return _Side(role, sign, *means, int(n1), int(n2), both, variance, df)


def _correlation(scores: np.ndarray, before: np.ndarray, after: np.ndarray) -> tuple[float, int]:
    """Correlation of the scores of those who answered in both waves, and their number; fewer than three count as different people."""
    if len(before) < 3:
        return 0.0, 0
    x, y = scores[before], scores[after]
    known = ~np.isnan(x + y)
    both = int(known.sum())
    if both < 3:
        return 0.0, 0
    x, y = x[known] - x[known].mean(), y[known] - y[known].mean()
    scale = np.sqrt((x @ x) * (y @ y))
    return (float(x @ y / scale) if scale > ZERO else 0.0), both


def _partly_paired_df(se1: float, n1: float, se2: float, n2: float, both: int) -> float:
    """Degrees of freedom between Welch's (nobody in common) and the paired test's (everybody): Derrick, Toher & White (2017)."""
    if n1 < 2 or n2 < 2:
        return np.nan
    v1, v2 = se1**2, se2**2
    below = v1 * v1 / (n1 - 1) + v2 * v2 / (n2 - 1)
    welch = (v1 + v2) ** 2 / below if below > 0 else n1 + n2 - 2.0
    alone = n1 + n2 - 2 * both
    return both - 1 + (welch - both + 1) / (alone + 2 * both) * alone if both else welch


def _difference(sides: Sequence[_Side], confidence: float) -> dict[str, object]:
    before, after = (sum(s.sign * getattr(s, name) for s in sides) for name in ("before", "after"))
    variance = sum(s.variance for s in sides)
    below = sum(s.variance**2 / s.df for s in sides)
    df = variance**2 / below if below > 0 else np.nan
    return _row(sides, before, after, after - before, np.sqrt(variance), df, confidence)


def _share(sides: Sequence[_Side], confidence: float) -> dict[str, object]:
    """Change of a share, its interval around the shares with one success and one failure added (Agresti & Caffo 2000)."""
    (s,) = sides
    given = _row(sides, s.before, s.after, s.after - s.before, np.sqrt(s.variance), np.nan, confidence)
    if given["withheld"] not in ("", NO_SPREAD):
        return given
    n1, n2 = s.n_before, s.n_after
    p1, p2 = ((share * n + 1) / (n + 2) for share, n in ((s.before, n1), (s.after, n2)))
    v1, v2 = p1 * (1 - p1) / (n1 + 2), p2 * (1 - p2) / (n2 + 2)
    plain = s.before * (1 - s.before) / (n1 - 1) + s.after * (1 - s.after) / (n2 - 1)
    inflation = s.variance / plain if plain > ZERO else 1.0  # case weights widen it, pairs narrow it
    se = np.sqrt((v1 + v2) * inflation)
    half = normal_quantile(confidence) * se
    p = float(2 * special.ndtr(-abs(p2 - p1) / se)) if se > 0 else 1.0
    return given | {"low": max(p2 - p1 - half, -1.0), "high": min(p2 - p1 + half, 1.0), "p": p, "se": se, "df": np.inf, "withheld": ""}


def _row(sides: Sequence[_Side], before: float, after: float, change: float, se: float, df: float, confidence: float) -> dict[str, object]:
    withheld = _withheld(sides, se)
    both = sum(s.pairs for s in sides)
    n1, n2 = min(s.n_before for s in sides), min(s.n_after for s in sides)
    everybody = all(s.pairs == s.n_before == s.n_after for s in sides)
    hidden = withheld in (PRIVATE, NO_ANSWERS)
    half = float(t_quantile(np.array([df]), confidence)[0]) * se if not withheld else np.nan
    p = float(p_values(np.array([change]), np.array([se]), np.array([df]))[0]) if not withheld else np.nan
    return {
        "n_before": n1, "n": n2, "n_pairs": both, "design": PAIRED if both and everybody else PARTLY if both else INDEPENDENT,
        "before": np.nan if hidden else before, "after": np.nan if hidden else after, "change": np.nan if hidden else change,
        "se": np.nan if withheld else se, "df": np.nan if withheld else df,
        "low": change - half, "high": change + half, "p": p, "withheld": withheld,
    }  # fmt: skip


def _withheld(sides: Sequence[_Side], se: float) -> str:
    fewest = {s.role: min(s.n_before, s.n_after) for s in sides}
    if min(fewest.values()) == 0:
        return NO_ANSWERS
    if any(n < CONFIDENTIAL for role, n in fewest.items() if role is not Role.CUSTOMERS):
        return PRIVATE
    if any(n < FEWEST[role] for role, n in fewest.items()):
        return FEW
    return "" if se > ZERO else NO_SPREAD

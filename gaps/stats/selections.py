"""Any two selections of respondents against each other: the five gaps, their dimensions and items, and the outcomes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from gaps.model import DIRECT_ROLE, RESPONDENT, Gap, Role, Selection, Study, Withheld
from gaps.scoring.by_cell import of_whole
from gaps.scoring.gap_table import gap_table
from gaps.scoring.selection import wanted
from gaps.scoring.sums import Sums
from gaps.stats.change import FEWEST
from gaps.stats.contrasts import ABOVE, BELOW, FALSE, GAP, JUDGED, NO_SPREAD, OPEN, PERCEPTION, SHOWN, Compared, against_the_rest, measured
from gaps.stats.intervals import ZERO, p_values, t_quantile
from gaps.stats.multiplicity import by_family, holm
from gaps.stats.shrinkage import normal_quantile

NOBODY_A, NOBODY_B, SAME, SMALL = "nobody_a", "nobody_b", "same", "small_group"
FEWEST_SHOWN: Mapping[Role, int] = {Role.CUSTOMERS: 5, Role.MANAGERS: 3, Role.EMPLOYEES: 3}  # fewer people could be recognised
NOT_MEASURED, NO_ANSWERS, FEW, PRIVATE, SAME_PEOPLE = "not_measured", "no_answers", "few", "confidential", "same_people"
KEYS = ("measure", "gap", "dimension", "item")
NUMBERS = ("n", "n_rest", "mean", "rest", "difference", "se", "df", "low", "high", "p", "d_av", "d_av_low", "d_av_high")
COLUMNS = (*KEYS, *NUMBERS, "withheld", "p_holm", "standing")


@dataclass(frozen=True, eq=False)
class TwoSelections:
    """Selection A against selection B.

    frame: columns measure (gap, perception or an outcome's name), gap, dimension, item, n and mean (of A), n_rest and rest (of B),
    difference (A less B), se, df, low, high, p, d_av with its interval, withheld (not_measured, no_answers, same_people, few, few_rest,
    confidential, no_spread; empty = judged), p_holm, standing (below, above, open; empty = not judged). n: per role the respondents of A
    and of B that were compared. both: per role those who are in both selections and count on neither side. repeated: names that stand
    on both sides (in two waves, say); they count as different people.
    """

    frame: pd.DataFrame
    n: Mapping[Role, tuple[int, int]]
    both: Mapping[Role, int]
    repeated: int
    judged: int = JUDGED
    confidence: float = 0.95
    missing: str = "respondents without the score are left out of that comparison; nothing is imputed"
    private: frozenset[Role] = frozenset()  # roles of whom nothing is told, not even how many there are

    def totals(self) -> pd.DataFrame:
        """The five gaps (or perception) over all dimensions."""
        f = self.frame
        return f[f["measure"].isin((GAP, PERCEPTION)) & f["dimension"].isna()]

    def dimensions(self, gap: int | None = 5) -> pd.DataFrame:
        """The dimensions of a gap; of perception where expectation was not asked."""
        f = self.frame
        return f[f["dimension"].notna() & f["item"].isna() & (f["gap"].eq(gap) | f["measure"].eq(PERCEPTION))]

    @cached_property
    def beside(self) -> tuple[Mapping[str, object], ...]:
        """The totals, then the dimensions, as rows side by side."""
        return (*self.totals().to_dict("records"), *self.dimensions().to_dict("records"))

    def items(self) -> pd.DataFrame:
        """Item by item: gap 5, or perception."""
        return self.frame[self.frame["item"].notna()]

    def outcomes(self) -> pd.DataFrame:
        """The separate questions on quality, satisfaction and recommendation."""
        return self.frame[~self.frame["measure"].isin((GAP, PERCEPTION))]


def two_selections(
    study: Study,
    a: Selection,
    b: Selection | None = None,
    *,
    fewest: Mapping[Role, int] = FEWEST_SHOWN,
    private: Collection[Role] = (),
    confidence: float = 0.95,
) -> TwoSelections | Withheld:
    """Compare the respondents of selection `a` with those of `b`, by default with everybody else.

    difference = A - B. Customers' measures are compared as groups are (`gaps.stats.contrasts`): Welch's (1947) interval, p the larger of
    Welch's after Hall's correction for skewness and the pooled t. Gaps 1 to 4: difference of the two sides' gaps, standard errors added in
    squares, degrees of freedom by Satterthwaite. d_av = difference / sqrt((sd_a² + sd_b²) / 2), interval by Bonett (2008). p_holm adjusts
    over the five totals, over the dimensions of each gap, over the items, over the outcomes. Who is in both selections counts on neither
    side. Segments restrict customers alone: a gap whose managers or employees would be the same on both sides is withheld (same_people).
    Judged from 30 customers, 10 employees and 5 managers on each side. fewest: so many of a role are shown at least, on a side; those in
    both selections too, because their mean would follow from what is shown elsewhere. private: roles of whom nothing may be shown on
    these sides for the sake of what is shown elsewhere. Nor is what fewer than the minimum of a side's customers answered (confidential).

    Withheld: nobody_a or nobody_b (no customers on a side), same (both selections are the same people), small_group (fewer customers than
    may be shown). Raises ValueError for a unit,
    wave, segment or value that the study does not have. Checked: R t.test; Bonett's formula by hand.
    """
    first = wanted(study, a)  # whole cells (`Cells`), as everything below
    second = {role: ~mask for role, mask in first.items()} if b is None else wanted(study, b)
    shared = {role: mask & second[role] for role, mask in first.items()}
    sides = {role: (mask & ~shared[role], second[role] & ~shared[role]) for role, mask in first.items()}
    n = {role: (_people(study, role, x), _people(study, role, y)) for role, (x, y) in sides.items()}
    both = {role: _people(study, role, mask) for role, mask in shared.items()}
    customers = n[Role.CUSTOMERS]
    if not any(customers) and both[Role.CUSTOMERS]:
        return Withheld(SAME, {"n": both[Role.CUSTOMERS]})
    if not all(customers):
        return Withheld(NOBODY_B if customers[0] else NOBODY_A, {"both": both[Role.CUSTOMERS]})
    least = fewest[Role.CUSTOMERS]
    if min(customers) < least or 0 < both[Role.CUSTOMERS] < least:
        return Withheld(SMALL, {"fewest": least})
    private = frozenset(private) | {r for r, counts in n.items() if any(0 < k < fewest[r] for k in (*counts, both[r]))}
    rows = [*_customers(study, sides[Role.CUSTOMERS], least, confidence), *_inside(study, sides, private, fewest, confidence)]
    frame = pd.DataFrame(rows, columns=[*KEYS, *NUMBERS, "withheld"]).astype({"measure": "str", "dimension": "str", "withheld": "str"})
    frame = frame.astype(dict.fromkeys(("gap", "item", *NUMBERS[2:]), float))
    if frame[["n", "n_rest"]].notna().all(axis=None):
        frame = frame.astype({"n": np.int64, "n_rest": np.int64})
    frame = frame.sort_values(["gap", "dimension", "item"], key=_order(study), na_position="first", kind="stable", ignore_index=True)
    frame["p_holm"] = by_family(holm, frame["p"].to_numpy(), _family(frame))
    apart = np.where(frame["difference"].lt(0), BELOW, ABOVE)
    frame["standing"] = pd.array(np.where(frame["p_holm"].lt(FALSE), apart, np.where(frame["p_holm"].notna(), OPEN, "")), dtype="str")
    told, shared_by = ({role: counts for role, counts in each.items() if role not in private} for each in (n, both))
    return TwoSelections(
        frame[list(COLUMNS)], told, shared_by, _repeated(study, sides[Role.CUSTOMERS]), confidence=confidence, private=private
    )


def _people(study: Study, role: Role, cells: np.ndarray) -> int:
    return int(study.cells[role].n[cells].sum())


def _order(study: Study):
    place = {d.id: k for k, d in enumerate(study.instrument.dimensions)}
    return lambda column: column.map(place) if column.name == "dimension" else column


def _family(frame: pd.DataFrame) -> np.ndarray:
    of_items = frame["measure"].isin((GAP, PERCEPTION))
    kind = np.where(frame["item"].notna(), "items", np.where(frame["dimension"].notna(), "dimensions", "totals"))
    return np.where(of_items, kind + np.where(kind == "dimensions", frame["gap"].fillna(0).astype(int).astype(str), ""), "outcomes")


def _customers(study: Study, sides: tuple[np.ndarray, np.ndarray], least: int, confidence: float) -> Iterator[dict[str, object]]:
    """Gap 5 or perception, and the outcomes."""
    found = measured(study)
    if found is None:
        return
    of_sides = Compared.of(found.names, found.of_groups(np.select(sides, (0, 1), 2), 2))
    numbers = {name: each[:, 0] for name, each in against_the_rest(of_sides, confidence).items()} | _effects(of_sides.sums, confidence)
    for k, (measure, dimension, item) in enumerate(found.names):
        told = {name: each[k] for name, each in numbers.items()}
        if any(0 < told[side] < least for side in ("n", "n_rest")):
            told |= dict.fromkeys(NUMBERS, np.nan) | {"withheld": PRIVATE}
        yield told | {"measure": measure, "gap": 5.0 if measure == GAP else np.nan, "dimension": dimension, "item": item}


def _effects(sums: Sums, confidence: float) -> dict[str, np.ndarray]:
    """d_av of two independent means with Bonett's (2008) interval, which does not assume equal variances; none below ten on a side.

    sums: levels x 2.
    """
    sd, free = sums.sd, sums.n - 1
    with np.errstate(invalid="ignore", divide="ignore"):
        average = np.sqrt(np.mean(np.square(sd), axis=1))
        d = np.where((sums.n.min(axis=1) >= SHOWN) & (average > ZERO), (sums.mean[:, 0] - sums.mean[:, 1]) / average, np.nan)
        variance = d * d * (sd**4 / free).sum(axis=1) / (8 * average**4) + (sd**2 / free).sum(axis=1) / average**2
    half = normal_quantile(confidence) * np.sqrt(variance)
    return {"d_av": d, "d_av_low": d - half, "d_av_high": d + half}


def _inside(
    study: Study,
    sides: Mapping[Role, tuple[np.ndarray, np.ndarray]],
    private: frozenset[Role],
    fewest: Mapping[Role, int],
    confidence: float,
) -> Iterator[dict[str, object]]:
    """Gaps 1 to 4 in total and per dimension: each side's own gap, and their difference."""
    asked = [gap for gap in Gap if gap is not Gap.CUSTOMER and study.design(gap) is not None]
    if not asked:
        return
    tables = [_gaps(study.only_cells({role: masks[side] for role, masks in sides.items()})) for side in (0, 1)]
    for gap in asked:
        roles = _roles(study, gap)
        for dimension in ["", *(d.id for d in study.instrument.dimensions)]:
            if not all((gap, dimension) in table for table in tables):
                continue
            x, y = (table[gap, dimension] for table in tables)
            reason = _withheld(study, gap, roles, sides, private, fewest, x, y)
            yield {"measure": GAP, "gap": int(gap), "dimension": dimension or None, "item": np.nan} | _difference(x, y, reason, confidence)


def _gaps(study: Study) -> dict[tuple[Gap, str], dict[str, object]]:
    """The rows of each gap's total ("") and of its dimensions."""
    frame = gap_table(study, by=((),), segments=False, items=False).frame
    return {(Gap(row["gap"]), row["dimension"] if isinstance(row["dimension"], str) else ""): row for row in frame.to_dict("records")}


def _roles(study: Study, gap: Gap) -> tuple[Role, ...]:
    return (DIRECT_ROLE[gap],) if study.design(gap) == "direct" else tuple(dict.fromkeys((gap.expected.role, gap.achieved.role)))


def _counts(row: Mapping, gap: Gap, roles: tuple[Role, ...]) -> dict[Role, int]:
    if len(roles) == 1:
        return {roles[0]: int(row["n_achieved"])}
    return {gap.expected.role: int(row["n_expected"]), gap.achieved.role: int(row["n_achieved"])}


def _withheld(study: Study, gap: Gap, roles: tuple[Role, ...], sides, private, fewest, x: Mapping, y: Mapping) -> str:
    """Why gaps 1 to 4 of two selections are not judged; empty if they are."""
    if any(study.n(role) and not all(mask.any() for mask in sides[role]) for role in roles):
        return SAME_PEOPLE
    counts = [_counts(row, gap, roles) for row in (x, y)]
    least = {role: min(c[role] for c in counts) for role in roles}
    if min(least.values()) == 0:
        return NO_ANSWERS
    if any(role in private or least[role] < fewest[role] for role in roles):
        return PRIVATE
    if any(n < (JUDGED if role is Role.CUSTOMERS else FEWEST[role]) for role, n in least.items()):
        return FEW
    return "" if min(x["se"], y["se"]) > ZERO else NO_SPREAD


def _difference(x: Mapping, y: Mapping, reason: str, confidence: float) -> dict[str, object]:
    hidden = reason in (SAME_PEOPLE, NO_ANSWERS, PRIVATE)
    v1, v2 = float(x["se"]) ** 2, float(y["se"]) ** 2
    below = v1 * v1 / x["df"] + v2 * v2 / y["df"]
    shown = not hidden and reason != NO_SPREAD and below > 0
    se, df = (np.sqrt(v1 + v2), (v1 + v2) ** 2 / below) if shown else (np.nan, np.nan)
    difference = np.nan if hidden else float(x["mean"] - y["mean"])
    half = float(t_quantile(np.array([df]), confidence)[0]) * se
    p = float(p_values(np.array([difference]), np.array([se]), np.array([df]))[0]) if not reason else np.nan
    told = dict.fromkeys(("n", "n_rest"), np.nan)
    counts = {n: int(min(side["n_expected"], side["n_achieved"])) for n, side in zip(told, (x, y), strict=True)}
    counts = told if reason == PRIVATE else counts
    return counts | {
        "mean": np.nan if hidden else float(x["mean"]), "rest": np.nan if hidden else float(y["mean"]),
        "difference": difference, "se": se, "df": df, "low": difference - half, "high": difference + half, "p": p, "withheld": reason,
        "d_av": np.nan, "d_av_low": np.nan, "d_av_high": np.nan,
    }  # fmt: skip


def _repeated(study: Study, sides: tuple[np.ndarray, np.ndarray]) -> int:
    """Names that stand on both sides."""
    of_names = of_whole(study, "names of customers", _names)
    if of_names is None:
        return 0
    own = of_names if study.whole is study else of_names[study.rows(Role.CUSTOMERS)]
    of = study.cells[Role.CUSTOMERS].of
    first, second = (np.bincount(own[cells[of]] + 1, minlength=len(study.whole.customers) + 1)[1:] > 0 for cells in sides)
    return int((first & second).sum())


def _names(study: Study) -> np.ndarray | None:
    """A number for each customer's name, -1 where there is none; None where nobody's name occurs twice."""
    if RESPONDENT not in study.customers:
        return None
    codes, names = pd.factorize(study.customers[RESPONDENT])
    return None if len(names) == (codes >= 0).sum() else codes

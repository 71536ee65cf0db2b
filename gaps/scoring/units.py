"""Units as cases: each unit's gaps and outcomes, for a regression whose rows are units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gaps.model import UNIT, Gap, Role, Study
from gaps.scoring.gap_table import gap_table
from gaps.scoring.groups import codes_of, weights
from gaps.scoring.sums import Partition, collect
from gaps.scoring.tables import GapTable


def unit_scores(study: Study, table: GapTable | None = None) -> pd.DataFrame:
    """Average per unit what the regression on gaps 1 to 4 needs.

    Index `unit` in natural order; columns gap1 to gap4 (the unit's total gaps, scale points), one column per outcome (mean over the
    unit's customers, weighted by case weights if given), n_customers, n_managers, n_employees. NaN where a unit has no such number. A study
    without units has no rows. Respondents without a unit do not count. `table`: the study's gap table by unit where it is at hand.
    """
    units = list(study.units)
    table = gap_table(study, by=((UNIT,),), segments=False, items=False) if table is None else table
    totals = table.rows(level="total", unit="*").set_index(["gap", "unit"])["mean"]
    frame = {
        f"gap{int(gap)}": totals.reindex(pd.MultiIndex.from_product([[int(gap)], units])).to_numpy()
        for gap in Gap
        if gap is not Gap.CUSTOMER
    }
    frame |= _outcome_means(study, units)
    frame |= {f"n_{role.value}": _counts(study, role, units) for role in Role}
    return pd.DataFrame(frame, index=pd.Index(units, name=UNIT, dtype="str"))


def _partition(study: Study, role: Role, units: list[str]) -> Partition:
    return Partition(codes_of(study.respondents[role], UNIT, units), len(units))


def _counts(study: Study, role: Role, units: list[str]) -> np.ndarray:
    if role not in study.respondents:
        return np.zeros(len(units), np.int64)
    return _partition(study, role, units).add().astype(np.int64)


def _outcome_means(study: Study, units: list[str]) -> dict[str, np.ndarray]:
    partition = _partition(study, Role.CUSTOMERS, units)
    columns = {name: study.customers[name].to_numpy(np.float64) for name in study.outcomes}
    rows = [(0.0, values) for values in columns.values()]
    if not rows:
        return {}
    means = collect(rows, [partition], weights(study, Role.CUSTOMERS))[0].mean
    return dict(zip(columns, means, strict=True))

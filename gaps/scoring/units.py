"""Units as cases: each unit's gaps and outcomes, for a regression whose rows are units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gaps.model import UNIT, Gap, Role, Study
from gaps.scoring.by_cell import cells_of
from gaps.scoring.gap_table import gap_table
from gaps.scoring.level_sums import outcome_sums
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


def _counts(study: Study, role: Role, units: list[str]) -> np.ndarray:
    if role not in study.cells:
        return np.zeros(len(units), np.int64)
    cells = study.cells[role]
    return np.bincount(cells.places(UNIT, units), cells.n, len(units) + 1)[:-1].astype(np.int64)


def _outcome_means(study: Study, units: list[str]) -> dict[str, np.ndarray]:
    place = cells_of(study, Role.CUSTOMERS).places(UNIT, units)
    return {name: sums.united(place, len(units)).mean[0] for name, sums in outcome_sums(study).items()}

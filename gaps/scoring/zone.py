"""The zone of tolerance: what customers receive between what they would accept and what they wish for."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gaps.model import Battery, Role, Study, Withheld
from gaps.scoring.groups import weights
from gaps.scoring.scores import Level, levels
from gaps.scoring.sums import collect, whole
from gaps.scoring.tables import ZoneTable

BATTERIES = (Battery.ADEQUATE, Battery.DESIRED, Battery.PERCEPTION)
TOLERANCE = 1e-9


def zone(study: Study) -> ZoneTable | Withheld:
    """Place perception between the adequate and the desired level, per dimension and item (three-column studies).

    adequacy = P - A, superiority = P - D, position = (P - A)/(D - A) of the means (0 = minimum, 1 = desired; missing where D = A); methods
    1.3, Zeithaml, Berry & Parasuraman 1993. Standard errors are those of the customers' differences; `gaps.stats.intervals` gives the
    intervals. Respondents count with all three answers (a dimension: on at least half of its items); those who desire less than they call
    adequate are counted as `inconsistent` and left out. Rows without any respondent are left out; withheld: not_measured, no_answers.
    Checked: (A 5.5, D 7.9, P 6.7) gives 1.2, -1.2 and .5.
    """
    if missing := [battery.value for battery in BATTERIES if battery not in study.answers]:
        return Withheld("not_measured", {"batteries": missing})
    weight = weights(study, Role.CUSTOMERS)
    rows = [_row(level, weight) for level in levels(study, *BATTERIES) if level.dimension is not None]
    rows = [row for row in rows if row["n"] or row["inconsistent"]]
    if not any(row["n"] for row in rows):
        return Withheld("no_answers")
    frame = pd.DataFrame(rows).astype({"dimension": "str", "item": np.float64})
    return ZoneTable(frame.sort_values("item", key=pd.Series.notna, kind="stable", ignore_index=True))


def _row(level: Level, weight: np.ndarray | None) -> dict[str, object]:
    adequate, desired, _ = level.scores
    inconsistent = desired < adequate - TOLERANCE
    kept = [np.where(inconsistent, np.nan, score) for score in level.scores]
    rows = [(0.0, score) for score in (*kept, kept[2] - kept[0], kept[2] - kept[1])]
    sums = collect(rows, [whole(len(adequate))], weight)[0]
    a, d, p = sums.mean[:3, 0].tolist()
    n = int(sums.n[0, 0])
    return {
        "dimension": level.dimension,
        "item": level.item,
        "n": n,
        "adequate": a,
        "desired": d,
        "perceived": p,
        "adequacy": p - a,
        "superiority": p - d,
        "adequacy_se": float(sums.se[3, 0]),
        "superiority_se": float(sums.se[4, 0]),
        "position": (p - a) / (d - a) if d - a > TOLERANCE else np.nan,
        "inconsistent": int(inconsistent.sum()),
    }

"""Rows of a grid whose numbers are written as sentences write them, and still sort as numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from gaps.i18n import signed

if TYPE_CHECKING:
    from pandas.io.formats.style import Styler


def written(rows: Sequence[Mapping[str, object]], columns: Sequence[str], counts: Sequence[str] = ()) -> Styler:
    """The rows as a table in which the numbers of `columns` carry their sign, two decimals and a true minus, those of `counts` their
    thousands (1,890); missing ones are None.

    A browser's own formats know the hyphen alone. What is written lies beside the numbers, which stay as they are. Raises KeyError for a
    column that the rows do not have.
    """
    styled = pd.DataFrame(list(rows)).style.format(signed, subset=list(columns))
    styled = styled.format("{:,.0f}", subset=list(counts), na_rep=signed(math.nan))
    return styled.set_uuid("grid")  # else another one at each run, and the grid would be drawn anew

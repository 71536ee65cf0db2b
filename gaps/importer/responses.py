"""How a response came about, as the survey tool says it: how long it took, whether it was finished, whether it was a preview."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from gaps.importer.child import fold
from gaps.importer.mapping import ColumnMap, Meaning
from gaps.importer.sheets import Column, Sheet

_SAYS_FINISHED = re.compile(r"progress|finished|completed?|完成")


def columns(sheet: Sheet, mapping: ColumnMap | None, kept: np.ndarray) -> dict[str, pd.Series]:
    """The respondents' columns `duration`, `status` and `finished`, as texts, where the map names such columns.

    Of several states the one about progress or completion says whether a response was finished, else the time of its end does (a blank
    where others have one: unfinished).
    """
    if mapping is None:
        return {}
    meanings = {fold(c.header): c.meaning for c in mapping.columns}
    of = {m: [c for c in sheet.columns if meanings.get(fold(c.header)) is m] for m in (Meaning.DURATION, Meaning.STATUS, Meaning.FINISHED)}
    completion = [c for c in of[Meaning.STATUS] if _SAYS_FINISHED.search(fold(c.header))]
    states = [c for c in of[Meaning.STATUS] if c not in completion]
    finished = sorted(completion, key=lambda c: "progress" in fold(c.header)) or of[Meaning.FINISHED]
    chosen = {"duration": of[Meaning.DURATION], "status": states, "finished": finished}
    return {name: _texts(found[0], kept) for name, found in chosen.items() if found}


def _texts(column: Column, kept: np.ndarray) -> pd.Series:
    codes, texts = column.texts()
    return pd.Series(np.asarray([*texts, ""], dtype=object)[codes[kept]], dtype="str")

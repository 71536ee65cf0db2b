"""An estimated satisfaction index model in sentences: the index, what it goes with, what goes with it, and what to be careful about."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from gaps.indices.models import CausalModel
from gaps.indices.path_model import PathModelFit
from gaps.model import Withheld
from gaps.stats.htmt import ALIKE

USUAL_RELIABILITY, USUAL_AVE = 0.70, 0.50  # customs to look at, not gates (Fornell & Larcker 1981)
FEW = 100  # people below whom the limits are said to be rough (docs/simulations-indices.md)


def sentences(found: PathModelFit | Withheld, words: Callable) -> Iterator[str]:
    """All there is to say, in reading order."""
    if isinstance(found, Withheld):
        values = {k: ", ".join(v) if isinstance(v, tuple) else v for k, v in found.values.items()}
        yield words(f"indices.withheld.{found.reason}", **values)
        return
    yield words("indices.used", n=found.n, left_out=found.n_left_out, questions=len(found.model.columns))
    yield _index(found, words)
    yield from _others(found, words)
    yield from _effects(found, words)
    yield from _open_paths(found, words)
    yield from _measurement(found, words)
    yield from _cautions(found, words)


def questions(model: CausalModel, words: Callable) -> Iterator[str]:
    """The columns that a model needs: name, construct, what it asks, scale."""
    for construct in model.constructs:
        for i in construct.indicators:
            yield words(
                "indices.question",
                column=i.column,
                construct=_name(construct.id, words),
                asks=words(f"indices.asks.{i.asks}"),
                low=i.scale.min,
                high=i.scale.max,
            )


def _name(construct: str, words: Callable) -> str:
    return words(f"indices.construct.{construct}")


def _index(found: PathModelFit, words: Callable) -> str:
    row = found.constructs.set_index("construct").loc[found.model.focus]
    of = found.indicators[found.indicators["construct"] == found.model.focus]
    if row["index_withheld"]:
        against = of.loc[of["weight"] < 0, "indicator"]
        return words(f"indices.no_index.{row['index_withheld']}", columns=words.list(against))
    parts = [words("indices.weighted", column=c, share=w) for c, w in zip(of["indicator"], of["index_weight"], strict=True)]
    values = {"index": row["index"], "sd": row["index_sd"], "weights": words.list(parts)}
    if np.isnan(row["index_low"]):
        return words("indices.index_alone", **values)
    return words("indices.index", low=row["index_low"], high=row["index_high"], **values)


def _others(found: PathModelFit, words: Callable) -> Iterator[str]:
    rows = found.constructs[(found.constructs["construct"] != found.model.focus) & (found.constructs["index_withheld"] == "")]
    if len(rows):
        told = [words("indices.other", construct=_name(r.construct, words), index=r.index_value) for r in _renamed(rows)]
        yield words("indices.others", constructs=words.list(told))


def _renamed(rows: pd.DataFrame):
    return rows.rename(columns={"index": "index_value"}).itertuples(index=False)


def _effects(found: PathModelFit, words: Callable) -> Iterator[str]:
    focus, effects = found.model.focus, found.effects
    r2 = found.constructs.set_index("construct")["r2"][focus]
    before = effects[effects["consequence"] == focus].sort_values("total", ascending=False)
    after = effects[effects["antecedent"] == focus].sort_values("total", ascending=False)
    if len(before):
        yield words("indices.before", construct=_name(focus, words), r2=r2)
        yield from (_effect(r, r.antecedent, words) for r in before.itertuples(index=False))
    if len(after):
        yield words("indices.after", construct=_name(focus, words))
        yield from (_effect(r, r.consequence, words) for r in after.itertuples(index=False))


def _effect(row, construct: str, words: Callable) -> str:
    values = {"construct": _name(construct, words), "total": row.total, "direct": row.direct}
    if np.isnan(row.total_low):
        return words("indices.effect_alone", **values)
    return words("indices.effect", low=row.total_low, high=row.total_high, **values)


def _open_paths(found: PathModelFit, words: Callable) -> Iterator[str]:
    between = found.paths[(found.paths["low"] <= 0) & (found.paths["high"] >= 0)]
    if len(between):
        pairs = [
            words("indices.path", antecedent=_name(r.antecedent, words), consequence=_name(r.consequence, words))
            for r in between.itertuples(index=False)
        ]
        yield words("indices.open", paths=words.list(pairs))


def _measurement(found: PathModelFit, words: Callable) -> Iterator[str]:
    low = found.constructs[found.constructs["cr"] < USUAL_RELIABILITY]
    if len(low):
        yield words("indices.unreliable", constructs=words.list(_name(c, words) for c in low["construct"]))
    thin = found.constructs[found.constructs["ave"] < USUAL_AVE]
    if len(thin):
        yield words("indices.thin", constructs=words.list(_name(c, words) for c in thin["construct"]))
    if not isinstance(found.heterotrait, Withheld) and found.resamples:
        alike = found.heterotrait.frame[found.heterotrait.frame["state"] == ALIKE]
        if len(alike):
            pairs = [
                words("indices.pair", one=_name(r.dimension, words), other=_name(r.other, words)) for r in alike.itertuples(index=False)
            ]
            yield words("indices.alike", pairs=words.list(pairs))


def _cautions(found: PathModelFit, words: Callable) -> Iterator[str]:
    if found.unstable:
        yield words("indices.unstable", used=found.n_resamples_used, resamples=found.resamples)
    elif found.n < FEW and found.resamples:
        yield words("indices.few", n=found.n)
    yield words("indices.caution")

"""The result file: an analysis as the JSON that other programs read ("gaps-result/1").

A contract: fields may be added, never renamed. Floats are unrounded, a withheld number is null, the reason stands beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd

from gaps.analysis import Analysis
from gaps.deeper import Deeper
from gaps.findings import first
from gaps.indices.models import CausalModel
from gaps.indices.path_model import PathModelFit
from gaps.model import Fewer, Role, Study, Withheld
from gaps.problems import Problem
from gaps.scoring.tables import NO_SPREAD, Estimate, Servqual
from gaps.stats.results import AsymmetryCurve, DriverFit

SCHEMA = "gaps-result/1"
INDEX_SCHEMA = "gaps-index/1"
INTERNAL = ("draws", "covariance", "cov")  # what a piece keeps for computing on, not for reading


def document(
    analysis: Analysis,
    problems: Iterable[Problem],
    messages: Sequence[str] = (),
    language: str = "en",
    *,
    deeper: bool = True,
    rows: bool = True,
) -> dict:
    """The whole result as plain values, ready for JSON; `deeper`: with the expert pieces of the headline's outcome (a second or two).

    rows: whether the rows of the file are told in which something is wrong or set aside; empty lists where not, for readers who do not
    hold the file.
    """
    found = headline(analysis, problems, messages, language)
    if not rows:
        for told in (*found["problems"], *found["study"]["exclusions"]):
            told["rows"] = []
    return found | ({"deeper": expert(analysis.deeper())} if deeper else {})


def expert(deeper: Deeper) -> dict:
    """The expert pieces by name. Where something is withheld stands {"withheld": the reason, and its values}."""
    return {"outcome": deeper.outcome, **{name: _with_reasons(piece) for name, piece in deeper.pieces()}}


def _with_reasons(value):
    """Like `plain`, tables as lists of rows, and what is withheld with its reason."""
    if isinstance(value, Withheld):
        return {"withheld": value.reason, **plain(value.values)}
    if isinstance(value, pd.DataFrame):
        return records(value.reset_index(drop=isinstance(value.index, pd.RangeIndex)))
    if isinstance(value, Mapping):
        return {str(k): _with_reasons(v) for k, v in value.items()}
    if is_dataclass(value):
        return {f.name: _with_reasons(getattr(value, f.name)) for f in fields(value) if f.name not in INTERNAL}
    if isinstance(value, tuple | list):
        return [_with_reasons(v) for v in value]
    return plain(value)


def headline(analysis: Analysis, problems: Iterable[Problem], messages: Sequence[str] = (), language: str = "en") -> dict:
    """What the contract names ("gaps-result/1"), and the findings."""
    return {
        "schema": SCHEMA,
        "study": study_summary(analysis.protected.study, language),
        "problems": problem_list(problems, messages),
        "gaps": _gaps(analysis.gaps_in_files.frame),
        "servqual": _servqual(analysis.servqual),
        "figures": {name: _with_reasons(figure) for name, figure in analysis.figures.each()},
        "first": _with_reasons(first.fixes(analysis.deeper().priorities)),
        "zone": records(getattr(analysis.zone, "frame", None)),
        "waterfall": records(getattr(analysis.waterfall, "frame", None)),
        "reliability": records(analysis.reliability.frame),
        "drivers": [_driver(fit) for fit in analysis.drivers],
        "asymmetry": [_asymmetry(curve) for curve in analysis.asymmetry],
        "widest": {"gap": plain(analysis.widest_gap), "dimension": plain(analysis.widest_dimension)},
        "findings": [{"code": f.code, "severity": f.severity, "values": plain(f.values)} for f in analysis.findings],
    }


def index_document(
    model: CausalModel, found: PathModelFit | Withheld | None, problems: Iterable[Problem], messages: Sequence[str] = ()
) -> dict:
    """A satisfaction index model as plain values ("gaps-index/1"); `fit` is null where the file was refused, and names the reason where
    nothing could be computed."""
    summary = {"id": model.id, "source": model.source, "focus": model.focus, "columns": list(model.columns)}
    fit = None if found is None else _with_reasons(found)
    if isinstance(found, PathModelFit):
        fit = {"index": plain(found.index), "index_withheld": getattr(found.index, "reason", None), **fit}
        del fit["model"]
    return {"schema": INDEX_SCHEMA, "model": summary, "problems": problem_list(problems, messages), "fit": fit}


def refusal(problems: Iterable[Problem], messages: Sequence[str] = ()) -> dict:
    """The result of a file that cannot be analysed: its problems and nothing else."""
    empty = {"gaps": [], "zone": [], "waterfall": [], "reliability": [], "drivers": [], "asymmetry": [], "findings": []}
    return {"schema": SCHEMA, "study": None, "problems": problem_list(problems, messages), "servqual": None} | empty


def dumps(result: Mapping) -> str:
    """JSON text: UTF-8 letters as they are, no NaN."""
    return json.dumps(result, ensure_ascii=False, allow_nan=False)


def plain(value):
    """Any result value as plain JSON values; NaN, infinity, Withheld and numbers of too few people become null."""
    if isinstance(value, Fewer):
        return None
    if value is None or isinstance(value, (str, bool)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, Withheld):
        return None
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Iterable):
        return [plain(v) for v in value]
    return None if pd.isna(value) else str(value)


def _gaps(frame: pd.DataFrame) -> list[dict]:
    """The gap table; where all answered alike the mean stands without interval, and `withheld` says so."""
    rows = records(frame, drop=("df",))
    for row in rows:
        if row["withheld"] is None and row["p"] is None:
            row["withheld"] = NO_SPREAD
    return rows


def records(frame: pd.DataFrame | None, drop: tuple[str, ...] = ()) -> list[dict]:
    """A table's rows as plain values; missing is null, an empty `withheld` too."""
    if frame is None or not len(frame):
        return []
    columns = {name: _column(frame[name]) for name in frame.columns if name not in drop}
    if "withheld" in columns:
        columns["withheld"] = [text or None for text in columns["withheld"]]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _column(values: pd.Series) -> list:
    if values.dtype.kind == "f":
        array = values.to_numpy(float)
        whole = values.name in ("gap", "item", "items", "inconsistent") or str(values.name).startswith("n")
        return [None if not math.isfinite(v) else int(v) if whole and v == int(v) else v for v in array.tolist()]
    if values.dtype.kind in "iub" and not values.isna().any():
        return values.tolist()
    return [None if missing else plain(v) for v, missing in zip(values.tolist(), values.isna().tolist(), strict=True)]


def study_summary(study: Study, language: str = "en") -> dict:
    """What was asked of whom."""
    instrument = study.instrument
    customers = study.customers
    return {
        "title": study.title,
        "instrument": instrument.id,
        "simulated": study.simulated,
        "fingerprint": study.fingerprint,
        "scale": {"min": plain(float(instrument.scale.min)), "max": plain(float(instrument.scale.max))},
        "dimensions": [d.id for d in instrument.dimensions],
        "items": [
            {"item": i.number, "dimension": i.dimension, "label": i.label(language), "reversed": i.reversed} for i in instrument.items
        ],
        "respondents": {str(role): study.n(role) for role in Role},
        "units": list(study.units),
        "waves": list(study.waves),
        "segments": {s: [str(v) for v in customers[s].cat.remove_unused_categories().cat.categories] for s in study.segments},
        "outcomes": {name: {"min": float(scale.min), "max": float(scale.max)} for name, scale in study.outcomes.items()},
        "batteries": [str(b) for b in study.answers],
        "exclusions": [
            {
                "code": e.code,
                "role": str(e.role),
                "count": e.count,
                "battery": e.battery and str(e.battery),
                "items": list(e.items),
                "rows": list(e.rows),
            }
            for e in study.exclusions
        ],
    }


def problem_list(problems: Iterable[Problem], messages: Sequence[str] = ()) -> list[dict]:
    """Problems as plain values; `messages` gives each its sentence, in the same order."""
    listed = list(problems)
    texts = messages or [""] * len(listed)
    return [
        {
            "code": p.code,
            "severity": str(p.severity),
            "sheet": p.sheet,
            "column": p.column,
            "rows": [int(r) for r in p.rows[:20]],
            "count": int(p.count),
            "message": text,
        }
        for p, text in zip(listed, texts, strict=True)
    ]


def _servqual(servqual: Servqual) -> dict:
    """Point values under the contract's names, each one's interval and n beside it."""
    result: dict = {}
    for name in ("unweighted", "weighted", "servperf", "servperf_weighted"):
        estimate = getattr(servqual, name)
        known = isinstance(estimate, Estimate)
        result[name] = plain(estimate.mean) if known else None
        for part in ("n", "se", "low", "high"):
            result[f"{name}_{part}"] = plain(getattr(estimate, part)) if known else None
    result["weights"] = plain(servqual.weights)
    for name in ("weights_source", "n_weights", "n_weights_rescaled", "n_weights_excluded"):
        result[name] = plain(getattr(servqual, name))
    return result


def _driver(fit: DriverFit) -> dict:
    result = plain(fit)
    result["withheld"] = fit.withheld.reason if fit.withheld else None
    result["withheld_values"] = plain(fit.withheld.values) if fit.withheld else None
    return result


def _asymmetry(curve: AsymmetryCurve | Withheld) -> dict:
    if isinstance(curve, Withheld):
        return {"outcome": curve.values.get("outcome"), "control": None, "status": "not_estimable", "reason": curve.reason, "lambda": None}
    result = plain(curve)
    for name, contract in (("ratio", "lambda"), ("ratio_low", "lambda_low"), ("ratio_high", "lambda_high")):
        result[contract] = result.pop(name)
    return result

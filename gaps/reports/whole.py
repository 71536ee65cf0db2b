"""A whole result as one workbook: every table of an analysis and its findings as sentences, a sheet each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from gaps import result
from gaps.analysis import Analysis
from gaps.findings import first, key_figures, statement_and_certainty
from gaps.i18n import Words
from gaps.reports.workbook import About, workbook

FIT = ("outcome", "question", "predictors", "level", "n", "r2", "adj_r2")  # what all terms of a regression share
TABLES = ("gaps", "zone", "waterfall", "reliability")
CURVE = (
    "outcome", "control", "n_below", "n_at", "n_above", "slope_below", "slope_below_low", "slope_below_high", "slope_above",
    "slope_above_low", "slope_above_high", "p_equal", "lambda", "lambda_low", "lambda_high", "status", "reason",
)  # fmt: skip


def whole(analysis: Analysis, about: About, words: Words) -> bytes:
    """The tables of the result file ("gaps-result/1") and the findings in words, as an .xlsx. What was withheld: the reason."""
    found = result.headline(analysis, (), language=words.language)
    tables = {
        "findings": _findings(analysis, words),
        "figures": list(_figures(analysis, words)),
        "first": [_fix(fix) for fix in first.fixes(analysis.deeper().priorities)],
        **{name: found[name] for name in TABLES},
        "servqual": [{"measure": name, **values} for name, values in _scores(found["servqual"])],
        "drivers": list(_terms(found["drivers"])),
        "asymmetry": [{name: curve.get(name) for name in CURVE} for curve in found["asymmetry"]],
    }
    return workbook({words(f"reports.sheet.{name}"): rows for name, rows in tables.items()}, about, words)


def _findings(analysis: Analysis, words: Words) -> list[dict]:
    said = ((f, statement_and_certainty(f, analysis.study, words)) for f in analysis.findings)
    return [{"severity": str(f.severity), "statement": claim, "certainty": support} for f, (claim, support) in said]


def _figures(analysis: Analysis, words: Words) -> Iterator[dict]:
    """The key figures of the overview; the change since the last wave too. What is withheld: the reason."""
    for shown, (_, figure) in zip(key_figures.shown(analysis.figures, None, words), analysis.figures.each(), strict=True):
        numbers = {"mean": getattr(figure, "value", None), **{part: getattr(figure, part, None) for part in ("low", "high", "n")}}
        yield {"measure": shown.label, **numbers, "withheld": getattr(figure, "reason", None)}


def _fix(fix: first.Fix) -> dict:
    """A dimension that may come first: what importance it was given, and its gap with the interval that every page gives it."""
    gap = {name: getattr(fix.gap, part, None) for name, part in (("mean", "value"), ("low", "low"), ("high", "high"))}
    share = {"derived": fix.share.value, "share_low": fix.share.low, "share_high": fix.share.high}
    return {"dimension": fix.dimension, "p_first": fix.p_first, **share, **gap}


def _scores(servqual: Mapping[str, object]) -> Iterator[tuple[str, dict]]:
    weighted = servqual["weights_source"] != "equal"  # else the same numbers once more under another name
    for name in ("unweighted", "weighted", "servperf", "servperf_weighted") if weighted else ("unweighted", "servperf"):
        if servqual.get(name) is not None:
            yield name, {"mean": servqual[name], **{part: servqual[f"{name}_{part}"] for part in ("n", "se", "low", "high")}}


def _terms(fits: list[dict]) -> Iterator[dict]:
    """Every term of every regression in a row; one that was withheld as a row with its reason."""
    names = ("name", "b", "se", "low", "high", "beta", "p", "vif", "r", "share", "share_low", "share_high", "p_first")
    for fit in fits:
        shared = {name: fit[name] for name in FIT}
        for term in fit["terms"] or [{}]:
            yield shared | {name: term.get(name) for name in names} | {"withheld": fit["withheld"]}

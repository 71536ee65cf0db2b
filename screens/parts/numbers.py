"""Results as the rows of a short table: numbers rounded and named for reading, nothing computed."""

from __future__ import annotations

import math
from collections.abc import Iterable

from gaps.charts.cell import FEW, few_for_interval
from gaps.charts.drivers import name_of
from gaps.disclosure import HIDDEN
from gaps.i18n import Words, adds_up, plain, probability, signed
from gaps.importer.report import ImportReport
from gaps.model import Study, Withheld
from gaps.scoring.tables import ALIKE, Estimate, GapTable, Servqual
from gaps.stats.results import AsymmetryCurve, DriverFit, Slope
from screens.parts import language

Row = dict[str, str]


def _between(words: Words, low: float, high: float, sign: bool = True) -> str:
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    return words.interval(low, high) if sign else words("app.show.interval", low=low, high=high)


def _interval(words: Words, value: Estimate, sign: bool) -> str:
    return words("overview.alike") if value.alike else _between(words, value.low, value.high, sign)


def counts(report: ImportReport) -> list[Row]:
    """What was read, used and set aside, a column for each role."""
    words = language.words()
    what = ("rows_read", "respondents_used", "respondents_set_aside", "answers_read", "answers_used", "answers_set_aside")
    return [
        {words("app.upload.counted"): words(f"app.upload.{name}")}
        | {words(f"app.upload.who.{role.role}"): words("app.show.count", n=getattr(role, name)) for role in report.roles}
        for name in what
    ]


def gap_totals(table: GapTable, study: Study) -> list[Row]:
    """The five gaps over everything that is selected."""
    words = language.words()
    rows = []
    for row in table.rows(level="total").to_dict("records"):
        measured = not row["withheld"]
        few = measured and few_for_interval(int(row["gap"]), row["n_expected"] or 0, row["n_achieved"] or 0)
        rows.append(
            {
                words("app.column.gap"): words(f"findings.gap_name.{int(row['gap'])}"),
                words("app.column.expected"): plain(row["expected"]) if measured else "–",
                words("app.column.achieved"): plain(row["achieved"]) if measured else "–",
                words("app.column.mean"): signed(row["mean"]) if measured else words(f"app.withheld_cell.{row['withheld']}"),
                words("app.column.interval"): words("overview.alike")
                if measured and row["se"] <= ALIKE
                else _between(words, row["low"], row["high"])
                if not few
                else "–",
                words("app.column.n_expected"): _people(row, "n_expected", words),
                words("app.column.n_achieved"): _people(row, "n_achieved", words),
            }
        )
    return rows


def rounded_last(table: GapTable) -> str:
    """A note where the levels of `gap_totals` as shown do not give their gap as shown; else nothing."""
    rows = table.rows(level="total").to_dict("records")
    return "" if all(adds_up(r["expected"], r["achieved"], r["mean"]) for r in rows) else language.words()("charts.rounded_last")


def _people(row, side: str, words: Words) -> str:
    return "–" if row["withheld"] in HIDDEN else words("app.show.count", n=row[side] or 0)


def scores(servqual: Servqual) -> list[Row]:
    """SERVQUAL and SERVPERF, unweighted; weighted too where importance was asked: with equal weights that is the same number again."""
    words = language.words()
    rows = []
    weighted = servqual.weights_source != "equal"
    for name in ("unweighted", "weighted", "servperf", "servperf_weighted") if weighted else ("unweighted", "servperf"):
        value, sign = getattr(servqual, name), not name.startswith("servperf")
        spoken = isinstance(value, Estimate) and value.n >= FEW  # with fewer the key figures have no interval either
        rows.append(
            {
                words("app.column.score"): words(f"app.dimensions.score.{name}"),
                words("app.column.value"): _estimate(value, sign),
                words("app.column.interval"): _interval(words, value, sign) if spoken else "–",
                words("app.column.n"): words("app.show.count", n=value.n) if isinstance(value, Estimate) else "–",
            }
        )
    return rows


def scores_as_data(servqual: Servqual) -> list[dict[str, object]]:
    """The same unrounded, with standard errors; what is withheld with its reason."""
    rows = []
    for name in ("unweighted", "weighted", "servperf", "servperf_weighted"):
        value = getattr(servqual, name)
        if name in ("unweighted", "servperf") or servqual.weights_source != "equal":
            numbers = {part: getattr(value, part, None) for part in ("mean", "n", "se", "low", "high")}
            rows.append({"measure": name} | numbers | {"withheld": getattr(value, "reason", "")})
    return rows


def _estimate(value: Estimate | Withheld, sign: bool) -> str:
    if isinstance(value, Withheld):
        return _reason(value.reason)
    return signed(value.mean) if sign else plain(value.mean)


def _reason(code: str) -> str:
    words = language.words()
    key = f"app.withheld_cell.{code}"
    return words(key if key in words else "app.withheld_cell.other")


def weights(servqual: Servqual, study: Study) -> str:
    """Where the weights come from, and what they are."""
    words = language.words()
    shares = (
        words("app.dimensions.weight", name=d.name(words.language), share=servqual.weights[d.id])
        for d in study.instrument.dimensions
        if d.id in servqual.weights
    )
    said = words(f"app.dimensions.weights.{servqual.weights_source}", n=servqual.n_weights, weights=words.list(shares))
    if servqual.n_weights_rescaled or servqual.n_weights_excluded:
        said += words("app.dimensions.weights_sums", rescaled=servqual.n_weights_rescaled, excluded=servqual.n_weights_excluded)
    if servqual.n_weights_filled:
        said += words("app.dimensions.weights_filled", n=servqual.n_weights_filled)
    return said


def terms(fit: DriverFit, study: Study) -> list[Row]:
    """The predictors of a regression."""
    words = language.words()
    return [
        {
            words("app.column.predictor"): name_of(term.name, study, words),
            words("app.column.b"): signed(term.b),
            words("app.column.interval"): _between(words, term.low, term.high),
            words("app.column.beta"): signed(term.beta),
            words("app.column.p"): probability(term.p),
            words("app.column.vif"): plain(term.vif, 1),
            words("app.column.r"): signed(term.r),
            words("app.column.share"): words.percent(term.share),
            words("app.column.p_first"): words.chance(term.p_first) if fit.verdict.ranked else "–",
        }
        for term in fit.terms
    ]


def terms_as_data(fit: DriverFit) -> list[dict[str, object]]:
    """The predictors of a regression, unrounded, to be taken away; what the verdict speaks of, where that is another thing, comes first."""
    blocks = [{"name": name} | dict(values) for name, values in fit.blocks.items()]
    fields = ("b", "se", "low", "high", "beta", "p", "vif", "r", "share", "share_low", "share_high", "p_first")
    rows = blocks + [{"name": term.name} | {field: getattr(term, field) for field in fields} for term in fit.terms]
    return [{field: row.get(field) for field in ("name", *fields)} for row in rows]


def models_as_data(fits: Iterable[DriverFit]) -> list[dict[str, object]]:
    """The predictors of several regressions, unrounded, each with the model it belongs to."""
    return [{"model": fit.predictors} | row for fit in fits for row in terms_as_data(fit)]


def points_as_data(curve: AsymmetryCurve) -> list[dict[str, object]]:
    """The points of the curve, unrounded."""
    return [{name: getattr(p, name) for name in ("gap", "outcome", "low", "high", "n")} for p in curve.points]


def slopes(curve: AsymmetryCurve) -> list[Row]:
    """Both slopes of the hinge, and their ratio where it can be given."""
    words = language.words()
    rows = []
    for side, n in (("below", curve.n_below), ("above", curve.n_above)):
        slope = curve.side(side)
        given = isinstance(slope, Slope)
        rows.append(
            {
                words("app.column.side"): words(f"app.loss.{side}"),
                words("app.column.slope"): signed(slope.value) if given else no_slope(slope, words),
                words("app.column.interval"): _between(words, slope.low, slope.high) if given else "–",
                words("app.column.n"): words("app.show.count", n=n),
            }
        )
    given = curve.status == "estimated"
    rows.append(
        {
            words("app.column.side"): words("app.loss.ratio"),
            words("app.column.slope"): plain(curve.ratio) if given else words("app.loss.no_ratio"),
            words("app.column.interval"): _between(words, curve.ratio_low, curve.ratio_high, sign=False) if given else "–",
            words("app.column.n"): words("app.show.count", n=curve.n),
        }
    )
    return rows


def no_slope(withheld: Withheld, words: Words) -> str:
    """Why a side has no slope."""
    return "–" if withheld.reason == "no_slope" else words(f"asymmetry.slopes.verdict.{withheld.reason}", **withheld.values)


def naive_slopes(curve: AsymmetryCurve) -> list[Row]:
    """The gap-alone hinge; its sides have the customers of the curve, and need as many."""
    words, naive = language.words(), curve.naive
    shown = [
        (words(f"app.loss.{side}"), signed(value) if isinstance(given := curve.side(side), Slope) else no_slope(given, words))
        for side, value in (("below", naive.slope_below), ("above", naive.slope_above))
    ]
    if curve.tested:
        shown.append((words("app.loss.p_equal"), probability(naive.p_equal)))
    return [{words("app.column.side"): name, words("app.column.slope"): value} for name, value in shown]

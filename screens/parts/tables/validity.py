"""Reliability and validity as tables: one battery's scales, items, pairs of dimensions, factor model."""

from __future__ import annotations

from gaps.findings.validity import reason
from gaps.i18n import probability
from gaps.model import Study
from gaps.stats.difference_reliability import DifferenceReliability
from gaps.stats.factor_model import FactorModel
from gaps.stats.htmt import Heterotrait
from gaps.stats.validity import Structure, Validity
from screens.parts import language
from screens.parts.tables import NOTHING, Row, between, dimension, number


def consistency(found: Validity, study: Study) -> list[Row]:
    """Alpha and omega of each dimension."""
    words = language.words()
    rows = []
    for alpha, omega in zip(found.alpha.frame.to_dict("records"), found.omega.frame.to_dict("records"), strict=True):
        rows.append(
            {
                words("app.column.dimension"): dimension(study, alpha["dimension"], words),
                words("app.column.items"): words("app.show.count", n=alpha["items"]),
                words("app.column.n"): words("app.show.count", n=alpha["n"]),
                words("app.column.alpha"): _estimate(alpha, "alpha"),
                words("app.column.omega"): _estimate(omega, "omega"),
            }
        )
    return rows


def _estimate(row: dict, name: str) -> str:
    """0.67 (0.58 to 0.74), or why there is none."""
    words = language.words()
    if row["withheld"]:
        return reason(row["withheld"], words)
    return words("app.validity.estimate", value=row[name], interval=between(words, row["low"], row["high"]))


def consistency_as_data(found: Validity) -> list[dict[str, object]]:
    """The same unrounded."""
    alphas, omegas = found.alpha.frame.to_dict("records"), found.omega.frame.to_dict("records")
    return [
        alpha | {f"omega{end}": omega[name] for name, end in (("omega", ""), ("low", "_low"), ("high", "_high"), ("withheld", "_withheld"))}
        for alpha, omega in zip(alphas, omegas, strict=True)
    ]


def _item(study: Study, number: int) -> str:
    words = language.words()
    return words("app.validity.item", number=number, label=study.instrument.item(number).label(words.language))


def items(found: Validity, study: Study) -> list[Row]:
    """How each item goes with the rest of its dimension."""
    words = language.words()
    return [
        {
            words("app.column.item"): _item(study, row["item"]),
            words("app.column.dimension"): dimension(study, row["dimension"], words),
            words("app.column.sd"): number(row["sd"]),
            words("app.column.item_total"): reason(row["withheld"], words) if row["withheld"] else number(row["item_total"], sign=True),
            words("app.column.alpha"): number(row["alpha"]),
            words("app.column.alpha_without"): number(row["alpha_without"]),
            words("app.column.n"): words("app.show.count", n=row["n"]),
            words("app.column.note"): words(f"validity.note.{row['note']}") if row["note"] else "",
        }
        for row in found.items.frame.to_dict("records")
    ]


def difference(found: DifferenceReliability, study: Study) -> list[Row]:
    """How reliably each dimension's gap tells people apart, beside the alpha of the single gaps."""
    words = language.words()
    return [
        {
            words("app.column.dimension"): dimension(study, row["dimension"], words),
            words("app.column.difference"): reason(row["withheld"], words) if row["withheld"] else number(row["reliability"]),
            words("app.column.interval"): between(words, row["low"], row["high"]),
            words("app.column.alpha_gap"): number(row["alpha_gap"]),
            words("app.column.alpha_e"): number(row["alpha_e"]),
            words("app.column.alpha_p"): number(row["alpha_p"]),
            words("app.column.r_pe"): number(row["r_pe"], sign=True),
            words("app.column.n"): words("app.show.count", n=row["n"]),
            words("app.column.note"): words("app.validity.doubtful") if row["doubtful"] else "",
        }
        for row in found.frame.to_dict("records")
    ]


def pairs(found: Heterotrait, study: Study) -> list[Row]:
    """HTMT of each pair of dimensions, the closest first."""
    words = language.words()
    rows = sorted(found.frame.to_dict("records"), key=lambda row: -row["htmt"] if row["htmt"] == row["htmt"] else 1.0)
    return [
        {
            words("app.column.pair"): words(
                "validity.pair", first=dimension(study, row["dimension"], words), second=dimension(study, row["other"], words)
            ),
            words("app.column.htmt"): number(row["htmt"]),
            words("app.column.interval"): between(words, row["low"], row["high"]),
            words("app.column.note"): reason(row["withheld"], words) if row["withheld"] else words(f"validity.state.{row['state']}"),
        }
        for row in rows
    ]


def fit(structure: Structure) -> list[Row]:
    """How far both factor models miss the answers, beside what is customary."""
    words = language.words()
    models = {"dimensions": structure.dimensions, "one_factor": structure.one_factor}
    given = {name: model for name, model in models.items() if isinstance(model, FactorModel)}
    lines = {
        "chi2": lambda m: f"{number(m.fit.chi2, 1)} ({words('app.show.count', n=m.fit.df)})",
        "p": lambda m: probability(m.fit.p),
        "cfi": lambda m: number(m.fit.cfi, 3),
        "tli": lambda m: number(m.fit.tli, 3),
        "rmsea": lambda m: number(m.fit.rmsea, 3),
        "rmsea_interval": lambda m: words("app.validity.interval", low=m.fit.rmsea_low, high=m.fit.rmsea_high) if m.fit.df else NOTHING,
        "srmr": lambda m: number(m.srmr, 3),
        "chi2_plain": lambda m: f"{number(m.plain.chi2, 1)} ({words('app.show.count', n=m.plain.df)})",
    }
    return [
        {words("app.column.figure"): words(f"app.validity.figure.{name}")}
        | {words(f"app.validity.model.{which}"): tell(model) for which, model in given.items()}
        | {words("app.column.customary"): words(f"app.validity.customary.{name}") if f"app.validity.customary.{name}" in words else NOTHING}
        for name, tell in lines.items()
    ]


def fit_as_data(structure: Structure) -> list[dict[str, object]]:
    """Every fit index of both models, unrounded: those shown, and those of other programs."""
    rows = []
    for name, model in (("dimensions", structure.dimensions), ("one_factor", structure.one_factor)):
        if isinstance(model, FactorModel):
            for kind in ("fit", "plain", "robust"):
                one = getattr(model, kind)
                values = {f: getattr(one, f) for f in ("chi2", "df", "p", "cfi", "tli", "rmsea", "rmsea_low", "rmsea_high")}
                rows.append({"model": name, "kind": kind, "n": model.n} | values | {"srmr": model.srmr, "scaling": model.scaling})
    return rows


def factors(model: FactorModel, study: Study) -> list[Row]:
    """Composite reliability and average variance extracted of each dimension."""
    words = language.words()
    return [
        {
            words("app.column.dimension"): dimension(study, row["dimension"], words),
            words("app.column.items"): words("app.show.count", n=row["items"]),
            words("app.column.cr"): number(row["cr"]),
            words("app.column.ave"): number(row["ave"]),
        }
        for row in model.dimensions.to_dict("records")
    ]


def loadings(model: FactorModel, study: Study) -> list[Row]:
    """What each item shares with its dimension."""
    words = language.words()
    return [
        {
            words("app.column.item"): _item(study, row["item"]),
            words("app.column.dimension"): dimension(study, row["dimension"], words),
            words("app.column.loading"): number(row["loading"]),
            words("app.column.interval"): between(words, row["low"], row["high"]),
        }
        for row in model.loadings.to_dict("records")
    ]


def correlations(model: FactorModel, study: Study) -> list[Row]:
    """How closely the dimensions go together, free of measurement error."""
    words = language.words()
    return [
        {
            words("app.column.pair"): words(
                "validity.pair", first=dimension(study, row["dimension"], words), second=dimension(study, row["other"], words)
            ),
            words("app.column.r"): number(row["r"], sign=True),
            words("app.column.interval"): between(words, row["low"], row["high"]),
        }
        for row in model.correlations.to_dict("records")
    ]

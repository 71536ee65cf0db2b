"""What a psychometrician asks of a battery, part by part when opened: consistency, items, distinctness, factor model, the gap."""

from __future__ import annotations

from gaps.findings import validity as said
from gaps.model import Withheld
from gaps.stats.factor_model import FactorModel
from gaps.stats.validity import Structure, Validity
from screens.parts import choices, guards, language, show
from screens.parts.cache import charts
from screens.parts.tables import validity as tables

GAP = "gap"


def parts(result) -> None:
    """The folded parts, about the battery chosen."""
    words, study = language.words(), result.study
    battery = choices.battery(study)

    def found(name: str = battery) -> Validity:
        with guards.waiting():
            return result.deeper().validity_of(name)

    if box := show.on_demand(words("app.validity.consistency"), "consistency", ":material/rule:"):
        with box:
            _consistency(found(), study)
    if box := show.on_demand(words("app.validity.items"), "item-analysis", ":material/rule:"):
        with box:
            _items(found(), study)
    if box := show.on_demand(words("app.validity.distinct"), "htmt", ":material/rule:"):
        with box:
            _distinct(found().structures[battery], study, found())
    if box := show.on_demand(words("app.validity.factors"), "factors", ":material/rule:"):
        with box:
            _factors(found().structures[battery], study, found())
    if study.expectation is not None and (box := show.on_demand(words("app.validity.difference"), "difference", ":material/rule:")):
        with box:
            _difference(found(GAP) if GAP in result.deeper().distinct else None, study)


def _say(found: Validity, study, *codes: str) -> None:
    words = language.words()
    for one in said.find(found):
        if one.code.startswith(codes):
            show.said(*said.statement_and_certainty(one, study, words), one.severity)


def _how(*names: str) -> None:
    for name in names:
        show.note(said.method(name, language.words()))


def _consistency(found: Validity, study) -> None:
    words = language.words()
    _say(found, study, "consistency")
    show.grid(tables.consistency(found, study), words("app.validity.consistency"))
    show.download(tables.consistency_as_data(found), "reliability", words("app.validity.consistency"))
    _how("alpha", "omega")


def _items(found: Validity, study) -> None:
    words = language.words()
    _say(found, study, "item_against")
    show.grid(tables.items(found, study), words("app.validity.items"))
    show.download(found.items.frame, "item-analysis", words("app.validity.items"))
    _how("item_total")


def _difference(found: Validity | None, study) -> None:
    words = language.words()
    if found is None:
        show.text(words("validity.difference_withheld.not_measured"))
        return
    _say(found, study, "difference")
    if not isinstance(found.difference, Withheld):
        show.grid(tables.difference(found.difference, study), words("app.validity.difference"))
        show.download(found.difference.frame, "reliability-of-difference", words("app.validity.difference"))
    _how("difference")


def _distinct(structure: Structure, study, found: Validity) -> None:
    words = language.words()
    _say(found, study, "htmt")
    if not isinstance(structure.htmt, Withheld):
        drawn = charts.htmt_matrix(structure.htmt, study, battery=structure.battery, words=words, dark=show.dark())
        show.chart(drawn, "htmt", structure.htmt.frame, led=True)
        show.grid(tables.pairs(structure.htmt, study), drawn.title)
    _how("htmt")


def _factors(structure: Structure, study, found: Validity) -> None:
    words = language.words()
    _say(found, study, "adequacy", "model", "one_factor")
    if rows := tables.fit_as_data(structure):
        show.table(tables.fit(structure), words("app.validity.factors"))
        show.download(rows, "factor-model-fit", words("app.validity.factors"))
    if isinstance(model := structure.dimensions, FactorModel):
        for name, table, frame in (
            ("cr", tables.factors, model.dimensions),
            ("loadings", tables.loadings, model.loadings),
            ("correlations", tables.correlations, model.correlations),
        ):
            show.strong(words(f"app.validity.part.{name}"))
            show.grid(table(model, study), words(f"app.validity.part.{name}"))
            show.download(frame, f"factor-model-{name}", words(f"app.validity.part.{name}"))
    _how("adequacy", "model")

"""The parts of the Drivers page, in reading order."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gaps.findings import chain as chain_words
from gaps.findings import drivers as driver_words
from gaps.model import Withheld
from gaps.scoring.tables import GapTable
from gaps.stats.chain_results import AllFive, Chain, FiveGaps
from gaps.stats.priority_results import DATA, DERIVED, GAP, ROOM, SCALE, STATED, Priorities
from gaps.stats.results import DriverFit
from screens.parts import guards, language, numbers, show, state
from screens.parts.cache import charts
from screens.parts.tables import drivers as tables

PICTURE = 620  # pixels: the picture of the chain needs no more


def verdict(explained, fit: DriverFit | None) -> None:
    """Which dimension goes most with the outcome, its shares, and what expectations add."""
    words, study = language.words(), explained.study
    spoken = show.about(explained, "driver_dimension_", "driver_models_")
    for one in spoken[:1]:
        show.lead(one, study)
    if fit is None:
        if not study.outcomes:
            show.withheld("no_outcome")
        elif not spoken:
            show.withheld("other")
        return
    if fit.terms:
        if fit.verdict.reason != "one_predictor":
            drawn = charts.driver_shares(fit, study, words=words, dark=show.dark())
            show.chart(drawn, "shares", numbers.terms_as_data(fit), led=bool(spoken))
        if (added := driver_words.expectation_said(fit, words)) is not None:
            show.said(added.statement, added.certainty, "information")
        show.findings(spoken[1:], study)
    elif not spoken:
        show.not_given(charts.driver_shares(fit, study, words=words).title)


def first(found: Priorities | Withheld, gaps: GapTable, study) -> None:
    """What to fix first: by the importance that is chosen, on a map and in rank lists."""
    words = language.words()
    show.section(words("app.drivers.first"), "first")
    if isinstance(found, Withheld):
        show.not_given(driver_words.withheld_said(found, words))
        return
    kinds = [kind for kind in (DERIVED, STATED) if (kind, DATA) in found.points[0].quadrants]
    with st.container(horizontal=True):
        importance = _choice("importance", kinds, state.IMPORTANCE) if len(kinds) > 1 else kinds[0]
        lines = _choice("lines", (DATA, SCALE), state.LINES)
    ranking = found.list(importance, GAP) or found.list(importance, ROOM)
    said = driver_words.ranked_said(found, ranking, study, words)
    show.said(said.statement, said.certainty, "attention")
    for more in driver_words.priorities_said(found, study, words):
        if more.about == "agreement":
            show.said(more.statement, more.certainty, "information")
    drawn = charts.importance_map(found, study, importance=importance, centre=lines, words=words, dark=show.dark())
    show.chart(drawn, "importance", tables.places_as_data(found))
    show.strong(words("app.drivers.lists"))
    show.table(tables.first(found, ranking, study), words("app.drivers.lists"))
    show.note(driver_words.lists_read(found, ranking, importance, lines, study, words))
    show.download(tables.first_as_data(found), "priorities", words("app.drivers.lists"))
    with st.expander(words("app.drivers.map_table"), icon=":material/table:"):
        for placed in driver_words.quadrants_said(found, study, words, importance, lines):
            show.said(placed.statement, placed.certainty)
        show.table(tables.places(found, gaps, study), words("app.drivers.map_table"))
        by = words(f"drivers.resampled.{found.resampled_by}", resamples=found.resamples, seed=found.seed)
        show.note(words("drivers.map.intervals", by=by))
        if found.points[0].gap is not None:
            show.note(words("drivers.map.intervals_gap"))


def _choice(what: str, options: Sequence[str], key: str) -> str:
    words = language.words()
    return st.segmented_control(
        words(f"app.drivers.choice.{what}"),
        options,
        default=options[0],
        required=True,
        format_func=lambda name: words(f"app.drivers.choice.{name}"),
        key=state.of_study(key),
        persist_state="session",
    )


def five_gaps(found: FiveGaps | Withheld, explained, by_gap: DriverFit | None, outcome: str | None) -> None:
    """Which of the five gaps goes most with quality, along the chain; where that is not known, what to ask."""
    words, study = language.words(), explained.study
    heading = words("app.drivers.gaps", outcome=words(f"charts.outcome.{outcome}" if outcome else "findings.outcome_name.P"))
    show.section(heading)
    if isinstance(found, Withheld):
        show.withheld(found.reason)
        _to_ask(study)
        return
    chain = found.headline
    for one in (*show.about(explained, "driver_gap_"), *chain_words.beside(chain)):
        statement, certainty = chain_words.statement_and_certainty(one, words)
        if chain.effects:
            show.said(statement, certainty, one.severity)
        else:
            show.not_given(statement)
    if chain.withheld is not None:
        _to_ask(study)
        return
    show.table(tables.five_gaps(found, study), heading)
    show.note(words(f"app.drivers.gaps_read.{chain.stage}", n=chain.units))
    show.download(found.table, "five-gaps", heading)
    with st.container(width=PICTURE):
        show.chart(charts.gap_paths(chain, study, words=words, dark=show.dark()), "paths", tables.paths_as_data(chain))
    _to_ask(study)
    _closer(chain)
    _second_opinion(explained, by_gap)


def _to_ask(study) -> None:
    """What was not measured, whom to ask, and the template for it."""
    words = language.words()
    if not (rows := tables.to_ask(study)):
        return
    show.strong(words("app.drivers.to_ask"))
    show.table(rows, words("app.drivers.to_ask"))
    show.way("screens/collect/upload.py", words("app.gaps.to_template"), "template")


def _closer(chain: Chain) -> None:
    """Path by path, what limits the result, and all five in one regression with its warning: for whoever looks closer."""
    words = language.words()
    cautions = chain_words.cautions(chain)
    limits = [f for f in cautions if f.code != "all_five_warning"]
    if chain.paths or limits:
        with st.expander(words("app.drivers.path_list"), icon=":material/route:"):
            for finding in (*chain_words.paths(chain), *limits):
                show.said(*chain_words.statement_and_certainty(finding, words))
    if isinstance(chain.all_five, AllFive):
        with st.expander(words("app.drivers.all_five"), icon=":material/warning:"):
            for finding in cautions:
                if finding.code == "all_five_warning":
                    show.said(*chain_words.statement_and_certainty(finding, words), "attention")
            show.table(tables.all_five(chain.all_five), words("app.drivers.all_five"))
            show.download(tables.all_five_as_data(chain.all_five), "all-five-gaps", words("app.drivers.all_five"))


def _second_opinion(explained, fit: DriverFit | None) -> None:
    """Gaps 1 to 4 side by side in one regression, and why that may say something else."""
    if fit is None or fit.withheld is not None:
        return
    words, study = language.words(), explained.study
    if box := show.on_demand(words("app.drivers.second"), "second", ":material/balance:"):
        with box:
            show.text(words("app.drivers.second_text"))
            drawn = charts.driver_shares(fit, study, words=words, dark=show.dark())
            show.chart(drawn, "gap-shares", numbers.terms_as_data(fit), led=True)  # its title would be a second verdict
            if fit.terms:
                show.table(numbers.terms(fit, study), words("app.drivers.gap_table"))


def models(explained, fits: list[DriverFit]) -> None:
    """The gap, perception alone, perception with expectation: as many ways to put the same question as could be fitted, side by side."""
    words, study = language.words(), explained.study
    asked = [fit for fit in fits if fit.question == "dimension"]
    fitted = [fit for fit in asked if fit.terms]
    if not fitted:
        return
    title, read = driver_words.models_titled(fitted, words)
    show.section(title)
    show.chart(charts.models_side_by_side(asked, study, words=words, dark=show.dark()), "models", numbers.models_as_data(fitted))
    if len(fitted) > 1:
        show.table(tables.models(fitted, study), title)
        show.note(read)


def coefficients(explained, fits: list[DriverFit]) -> None:
    """All coefficients of each model."""
    words, study = language.words(), explained.study
    if box := show.on_demand(words("app.drivers.models"), "models", ":material/table:"):
        with box:
            for fit in (fit for fit in fits if fit.question == "dimension" and fit.terms):
                model = words(f"app.drivers.predictors.{fit.predictors}")
                show.strong(words("app.drivers.model", model=model, r2=fit.r2, adj_r2=fit.adj_r2, n=fit.n))
                show.table(numbers.terms(fit, study), model)


def checks(result, outcome: str) -> None:
    """Whether the verdict depends on the way of computing; computed when opened."""
    words, study = language.words(), result.study
    if not (box := show.on_demand(words("app.drivers.checks"), "checks")):
        return
    with box:
        found = guards.deeper(result, outcome, "driver_checks").driver_checks
        for said in driver_words.checks_said(found, study, words):
            if said.about not in ("expectation", "inference"):  # the page says these two already
                show.said(said.statement, said.certainty, "information")
        if found.fit.withheld is None:
            _check_tables(found, study)
        show.strong(words("app.method.title"))
        for said in driver_words.computed(found, words):
            show.note(said.statement)


def _check_tables(found, study) -> None:
    _table("shares", tables.shares(found, study), tables.shares_as_data(found))
    if found.fit.verdict.ranks and found.fit.verdict.ranked:
        _table("ranks", tables.ranks(found.fit.verdict, study), tables.ranks_as_data(found.fit.verdict))
    if not isinstance(found.dominance, Withheld):
        _table("dominances", tables.dominance(found, study), tables.dominance_as_data(found))
    if not isinstance(found.within_between, Withheld):
        _table("within_between", tables.within_between(found, study), tables.within_between_as_data(found))
    if not isinstance(found.unit_slopes, Withheld):
        _table("unit_slopes", tables.unit_slopes(found), tables.unit_slopes_as_data(found))
    if len(found.missing) > 1:
        _table("missing", tables.missing(found, study), tables.missing_as_data(found))
        if rows := tables.pooled(found, study):
            _table("pooled", rows)


def _table(name: str, rows, data=()) -> None:
    """A table under its name, and the numbers behind it as a file."""
    heading = language.words()(f"app.drivers.{name}")
    show.strong(heading)
    show.table(rows, heading)
    if data:
        show.download(data, f"drivers-{name}", heading)

"""The items of a dimension, or all: their gaps, how the answers are spread, and the same in numbers."""

from __future__ import annotations

from functools import partial

from gaps.charts import palette
from gaps.charts.distributions import parts as in_parts
from gaps.charts.dumbbells import BY_GAP
from gaps.computed import scores as computed
from gaps.findings import distributions as spread
from gaps.model import Gap, Withheld
from gaps.scoring.tables import GapTable
from gaps.stats.humps import ItemDistributions
from screens.parts import browser, choices, footer, guards, language, show
from screens.parts.cache import charts
from screens.parts.tables import distributions as tables


def part(result, order: str) -> None:
    """What the spread says, the items chosen as figures and as a table."""
    words, study, table = language.words(), result.study, result.gaps
    found = guards.deeper(result, None, "distributions").distributions
    show.section(words("dimensions.page.items"))
    if isinstance(found, Withheld):
        show.withheld("other")
        return
    show.said(*spread.statement_and_certainty(one := spread.find(found), study, words), one.severity)
    dimensions = _dimensions(study, table, order)
    chosen = choices.dimension_of_items(study, dimensions[0])
    if chosen is None:
        wanted = [n for d in dimensions for n in study.instrument.numbers_of(d)]
        _numbers(found, table, study, wanted, order)
        for dimension in dimensions:
            _folded(found, table, study, dimension, order)
    else:
        wanted = _items(study, table, chosen, order)
        first, *more = split = in_parts(wanted)
        _figures(found, table, study, first, chosen, chosen, order)
        for k, later in enumerate(more, start=1):
            _on_demand(found, table, study, later, chosen, f"{chosen}-{k}", _label(study, chosen, split, k), order)
        _numbers(found, table, study, wanted, order)


def _dimensions(study, table: GapTable, order: str) -> list[str]:
    """The dimensions in the order wanted."""
    ids = [d.id for d in study.instrument.dimensions if study.instrument.numbers_of(d.id)]
    rows = table.rows(gap=Gap.CUSTOMER, level="dimension")
    means = {r["dimension"]: r["mean"] for r in rows.to_dict("records") if not r["withheld"]}
    return sorted(ids, key=lambda id: means.get(id, 0.0)) if order == BY_GAP else ids


def _items(study, table: GapTable, dimension: str, order: str) -> list[int]:
    """The items of a dimension in the order wanted."""
    rows = table.rows(gap=Gap.CUSTOMER, level="item", dimension=dimension)
    means = {int(r["item"]): r["mean"] for r in rows.to_dict("records") if not r["withheld"]}
    numbers = list(study.instrument.numbers_of(dimension))
    return sorted(numbers, key=lambda n: means.get(n, 0.0)) if order == BY_GAP else numbers


def _folded(found: ItemDistributions, table: GapTable, study, dimension: str, order: str) -> None:
    """A dimension's figures, drawn when its fold is opened."""
    split = in_parts(_items(study, table, dimension, order))
    for k, wanted in enumerate(split):
        _on_demand(found, table, study, wanted, dimension, f"{dimension}-{k}", _label(study, dimension, split, k), order)


def _label(study, dimension: str, split: list[list[int]], k: int) -> str:
    """What a fold holds: a dimension's items, or a part of them."""
    words = language.words()
    values = {"name": study.instrument.dimension(dimension).name(words.language), "count": len(split[k])}
    if len(split) == 1:
        return words("dimensions.page.section", **values)
    return words("dimensions.page.part", part=k + 1, parts=len(split), **values)


def _on_demand(
    found: ItemDistributions, table: GapTable, study, wanted: list[int], dimension: str, key: str, label: str, order: str
) -> None:
    if box := show.on_demand(label, f"spread-{key}", ":material/bar_chart:"):
        with box:
            _figures(found, table, study, wanted, dimension, key, order)


def _figures(found: ItemDistributions, table: GapTable, study, wanted: list[int], dimension: str, key: str, order: str) -> None:
    """The gaps of some items, and how their answers are spread."""
    words, dark = language.words(), show.dark()
    if study.design(Gap.CUSTOMER) is not None:
        how = {"dimension": dimension, "items": wanted, "order": order, "sides": found.found, "narrow": browser.narrow()}
        rows = table.rows(gap=5, level="item", dimension=dimension)
        show.chart(charts.dumbbells(table, study, **how, words=words, dark=dark), f"items-{key}", rows[rows["item"].isin(wanted)])
    drawn = charts.item_distributions(found, table, study, items=wanted, narrow=browser.narrow(), words=words, dark=dark)
    show.chart(drawn, f"spread-{key}", partial(tables.answers_as_data, found, wanted))


def _numbers(found: ItemDistributions, table: GapTable, study, wanted: list[int], order: str) -> None:
    words = language.words()
    rows, bars = tables.items(found, table, study, wanted, order)
    show.strong(words("dimensions.page.table"))
    colours = {heading: palette.ink(show.dark()).of(battery) for heading, battery in bars.items()}
    counts = [words(f"dimensions.column.{name}") for name in ("n", "missing")]
    show.grid(rows, words("dimensions.page.table"), bars=colours, signed=(words("dimensions.column.gap"),), counts=counts)
    show.download(partial(tables.items_as_data, found, table, wanted), "items", words("dimensions.page.table"))
    footer.how("items", lambda: ((words("dimensions.page.table"), computed.answers(found, wanted, study, words)),))

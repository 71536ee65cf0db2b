"""Corrections a person makes to a column map: what a column is, its item and dimension, what its answers stand for; and what is wrong.

Every correction is a new map; nothing here reads the file again.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from gaps import instruments
from gaps.importer.child import fold
from gaps.importer.items import dimension_id, known_dimensions
from gaps.importer.mapping import ALL_ITEMS, MISSING_KINDS, ColumnGuess, ColumnMap, Grouping, LabelSet, Meaning
from gaps.model import DIRECT_BATTERY, DIRECT_PREFIX, OUTCOMES, Battery, Dimension, Instrument, Item, Role, Scale

DOUBTFUL = 0.7  # a guess less sure than this is shown among those to check
_ONCE = (Meaning.RESPONDENT, Meaning.UNIT, Meaning.WAVE, Meaning.WEIGHT, Meaning.DURATION)
_OTHERS = tuple(m.value for m in Meaning if m not in (Meaning.ANSWER, Meaning.RATING, Meaning.OUTCOME))
RATINGS = {DIRECT_PREFIX[gap]: battery for gap, battery in DIRECT_BATTERY.items()}  # standards, delivery, promises
# What a column can be taken for: a battery's letter, a rating of a dimension, an outcome's name, or another meaning.
CHOICES = (*(b.value for b in Battery), *RATINGS, *OUTCOMES, *_OTHERS)


def choice_of(column: ColumnGuess) -> str:
    """What a column is taken for, as one of `CHOICES`."""
    if column.meaning is Meaning.ANSWER:
        return column.battery.value
    if column.meaning is Meaning.RATING:
        return next(name for name, battery in RATINGS.items() if battery is column.battery)
    return column.outcome if column.meaning is Meaning.OUTCOME else column.meaning.value


def take(mapping: ColumnMap, place: int, choice: str) -> ColumnMap:
    """Take a column for something else. An answer column without an item gets the first that its battery lacks, else a new one."""
    if choice not in CHOICES:
        raise ValueError(f"a column can be one of {', '.join(CHOICES)}; not {choice!r}")
    column = mapping.columns[place]
    if choice == choice_of(column):
        return mapping
    if choice in set(Battery):
        battery = Battery(choice)
        taken = mapping.answers(battery)
        numbers = [i.number for i in mapping.items]
        free = [n for n in (column.item, *numbers) if n is not None and n not in taken]
        item = free[0] if free else max([*numbers, 0]) + 1
        return mapping.with_column(place, meaning=Meaning.ANSWER, battery=battery, item=item, outcome=None, dimension=None)
    blank = {"battery": None, "item": None, "outcome": None, "dimension": None}
    if choice in RATINGS:
        rated = {c.dimension for c in mapping.of(Meaning.RATING) if c.battery is RATINGS[choice]}
        dimension = next((d.id for d in mapping.dimensions if d.id not in rated), None)
        return mapping.with_column(place, **{**blank, "meaning": Meaning.RATING, "battery": RATINGS[choice], "dimension": dimension})
    if choice in OUTCOMES:
        return mapping.with_column(place, **{**blank, "meaning": Meaning.OUTCOME, "outcome": choice})
    return mapping.with_column(place, **{**blank, "meaning": Meaning(choice)})


def put_item(mapping: ColumnMap, place: int, number: int) -> ColumnMap:
    """Say which item an answer column asks about."""
    column = mapping.columns[place]
    if column.meaning is not Meaning.ANSWER or number == column.item:
        return mapping
    return mapping.with_column(place, item=number)


def put_dimension(mapping: ColumnMap, place: int, id: str) -> ColumnMap:
    """Put a column's item (or an importance column itself) into a dimension that the map has."""
    column = mapping.columns[place]
    if id not in {d.id for d in mapping.dimensions} or id == mapping.dimension_of(column):
        return mapping
    if column.meaning in (Meaning.IMPORTANCE, Meaning.RATING):
        return mapping.with_column(place, dimension=id, item=None)
    return assign(mapping, (column.item,), id) if column.meaning is Meaning.ANSWER else mapping


def assign(mapping: ColumnMap, numbers: Collection[int | None], dimension: str) -> ColumnMap:
    """Put items into a dimension by its id or by a name, which makes a new one where there is none of that name."""
    id = dimension if dimension in {d.id for d in mapping.dimensions} else named(dimension).id
    if not id:
        raise ValueError("a dimension needs a name")
    if not any(i.number in numbers for i in mapping.items):
        return mapping
    known = {d.id: d for d in mapping.dimensions}
    known.setdefault(id, named(dimension))
    return mapping.grouped(tuple(known.values()), {i.number: id if i.number in numbers else i.dimension for i in mapping.items})


def named(name: str) -> Dimension:
    """A dimension by its name, with its names in both languages where it is a known one."""
    return known_dimensions().get(dimension_id(name)) or Dimension(dimension_id(name), {"en": name.strip()[:60]})


def instruments_fitting(mapping: ColumnMap) -> tuple[str, ...]:
    """The instruments whose items have the numbers of this map's."""
    numbers = {i.number for i in mapping.items}
    fitting: dict[tuple, str] = {}
    for id in instruments.available():
        loaded = instruments.load(id)
        if set(loaded.numbers) == numbers:
            fitting.setdefault(tuple((i.number, i.dimension) for i in loaded.items), id)
    return tuple(fitting.values())


def by_instrument(mapping: ColumnMap, id: str) -> ColumnMap:
    """Put the items into the dimensions of an instrument, number by number; the file's own labels stay."""
    loaded = instruments.load(id)
    dimensions = {i.number: i.dimension for i in loaded.items}
    return replace(mapping.grouped(loaded.dimensions, dimensions), grouping=Grouping.INSTRUMENT, instrument=id)


def by_label(mapping: ColumnMap) -> ColumnMap | None:
    """Put the items into dimensions by what their labels say: a known dimension's name, or what stands before a colon, dash or slash.

    None where some item's label says nothing, or all say the same.
    """
    headers: dict[int, list[str]] = {i.number: list(i.labels.values()) for i in mapping.items}
    for column in mapping.of(Meaning.ANSWER):
        headers[column.item].append(column.header)
    for say in (_known_name, _beginning):
        found = {n: next((d for t in texts if (d := say(t))), None) for n, texts in headers.items()}
        if found and all(found.values()) and len({d.id for d in found.values()}) > 1:
            dimensions = {d.id: d for d in found.values()}
            grouped = mapping.grouped(tuple(dimensions.values()), {n: d.id for n, d in found.items()})
            return replace(grouped, grouping=Grouping.LABEL)
    return None


def _known_name(text: str) -> Dimension | None:
    folded = fold(text)
    names = sorted(known_dimensions().items(), key=lambda pair: -len(pair[0]))
    return next((d for name, d in names if len(fold(name)) > 1 and fold(name) in folded), None)


def _beginning(text: str) -> Dimension | None:
    match = re.match(r"\s*[\[【(（]?([^\[\]【】:：/|]{2,40}?)[\]】)）]?\s*(?:[:：/|\]】]|\s[-–—]\s)", text)
    return named(match[1]) if match and not re.fullmatch(r"[\d\W]+", match[1]) and dimension_id(match[1]) else None


def in_blocks(mapping: ColumnMap, size: int, name: Callable[[int], str] = str) -> ColumnMap:
    """Put each `size` items that follow one another into a dimension of their own, named by `name` of its number."""
    if size < 1:
        raise ValueError(f"a block has at least one item, not {size}")
    numbers = [i.number for i in mapping.items]
    dimensions = [Dimension(f"block_{k + 1}", {"en": name(k + 1)}) for k in range(-(-len(numbers) // size))]
    return mapping.grouped(dimensions, {n: dimensions[k // size].id for k, n in enumerate(numbers)})


def rename(mapping: ColumnMap, id: str, name: str) -> ColumnMap:
    """Give a dimension another name; its id becomes that name's, as a workbook would have it."""
    new = named(name)
    if not new.id or id not in {d.id for d in mapping.dimensions}:
        raise ValueError(f"no dimension {id!r}, or no name")
    if new.id in {d.id for d in mapping.dimensions} - {id}:
        return assign(mapping, [i.number for i in mapping.items if i.dimension == id], new.id)
    columns = tuple(replace(c, dimension=new.id) if c.dimension == id else c for c in mapping.columns)
    items = tuple(Item(i.number, new.id, i.labels, i.reversed) if i.dimension == id else i for i in mapping.items)
    return replace(mapping, columns=columns, items=items, dimensions=tuple(new if d.id == id else d for d in mapping.dimensions))


def reverse(mapping: ColumnMap, numbers: Collection[int]) -> ColumnMap:
    """Say which items are negatively worded, all others are not."""
    return replace(mapping, items=tuple(replace(i, reversed=i.number in numbers) for i in mapping.items))


def reversed_items(mapping: ColumnMap) -> frozenset[int]:
    """The items that a map says are negatively worded."""
    return frozenset(i.number for i in mapping.items if i.reversed)


def put_reversed(mapping: ColumnMap, place: int, worded: bool) -> ColumnMap:
    """Say whether an answer column's item is negatively worded; it is then so in all its batteries."""
    column = mapping.columns[place]
    now = reversed_items(mapping)
    if column.meaning is not Meaning.ANSWER or bool(worded) == (column.item in now):
        return mapping
    return reverse(mapping, now ^ {column.item})


def decides(mapping: ColumnMap | None, instrument: Instrument) -> bool:
    """Whether a study's items are those of a map, so that reversing one there reverses it in the study (a sheet `items` comes first)."""
    if mapping is None:
        return False
    known = {(i.number, i.dimension, i.reversed) for i in mapping.items}
    return all((i.number, i.dimension, i.reversed) in known for i in instrument.items)


def put_scales(mapping: ColumnMap, answers: Scale | None, outcomes: Mapping[str, Scale]) -> ColumnMap:
    """Give the scales of answers and outcomes in numbers, both ends included; what is answered in words has the scale of its texts."""
    if strays := sorted(set(outcomes) - set(OUTCOMES)):
        raise ValueError(f"an outcome is one of {', '.join(OUTCOMES)}; not {', '.join(strays)}")
    return replace(mapping, scale=answers or mapping.scale, outcome_scales={**mapping.outcome_scales, **outcomes})


def in_numbers(mapping: ColumnMap, meaning: Meaning) -> tuple[ColumnGuess, ...]:
    """The columns of a meaning that are answered in numbers, not in words."""
    return tuple(c for c in mapping.of(meaning) if c.labels not in mapping.labels)


def answers_stand_for(mapping: ColumnMap, key: str, numbers: Mapping[str, float], missing: Mapping[str, str]) -> ColumnMap:
    """Say what the texts of a label set stand for: numbers, or kinds of no answer. Holds for all columns that share the set.

    The scale widens where a number lies beyond it; what is in neither stays unknown.
    """
    if strays := sorted(set(missing.values()) - set(MISSING_KINDS)):
        raise ValueError(f"no answer can be of the kinds {', '.join(MISSING_KINDS)}; not {', '.join(strays)}")
    if not numbers:
        raise ValueError("at least one text must stand for a number")
    old = mapping.labels[key]
    known = old.confident or old.values
    ends = [*numbers.values(), *((old.scale.min, old.scale.max) if known else ())]
    low, high = min(ends), max(ends)
    unknown = tuple(t for t in texts_of(old) if t not in numbers and t not in missing)
    scale = Scale(low, high if high > low else low + 1)
    new = LabelSet(dict(numbers), dict(missing), scale, old.name or "own", not unknown, unknown)
    scales = [new.scale if k == key else s.scale for k, s in mapping.labels.items() if k in labels_of_answers(mapping)]
    changed = replace(mapping, labels={**mapping.labels, key: new})
    return replace(changed, scale=scales[0]) if scales and all(s == scales[0] for s in scales) else changed


def labels_of_answers(mapping: ColumnMap) -> set[str]:
    """The label sets of the answer columns."""
    return {c.labels for c in mapping.of(Meaning.ANSWER) if c.labels}


def texts_of(labels: LabelSet) -> tuple[str, ...]:
    """All texts of a label set: those nobody has explained first, most frequent first, then by their number."""
    return (*labels.unknown, *sorted(labels.values, key=labels.values.__getitem__), *labels.missing)


def sharing(mapping: ColumnMap, key: str) -> tuple[ColumnGuess, ...]:
    """The columns that share a label set."""
    return tuple(c for c in mapping.columns if c.labels == key)


def faults(mapping: ColumnMap) -> dict[int, tuple[str, ...]]:
    """What is wrong or doubtful, by a column's place: codes worded as `correction.fault.<code>`, the gravest first."""
    found: dict[int, list[str]] = {}
    answers = [(c.battery, c.item) for c in mapping.of(Meaning.ANSWER)]
    ratings = Counter((c.battery, c.dimension) for c in mapping.of(Meaning.RATING))
    dimensions = {d.id for d in mapping.dimensions}
    twice = {pair for pair, n in Counter(answers).items() if n > 1}
    single = {m for m in _ONCE if len({(c.role, c.sheet) for c in mapping.of(m)}) < len(mapping.of(m))}
    outcomes = Counter(c.outcome for c in mapping.of(Meaning.OUTCOME))
    both = _batteries_of_customers(mapping)
    begun = any(i.dimension != ALL_ITEMS for i in mapping.items)  # else it is said once for the whole file
    for place, column in enumerate(mapping.columns):
        codes = found.setdefault(place, [])
        labels = mapping.labels.get(column.labels or "")
        if column.meaning is Meaning.ANSWER:
            codes += ["twice"] if (column.battery, column.item) in twice else []
            partners = [b for b in both if b is not column.battery and column.battery in both]
            codes += ["no_partner"] if any((b, column.item) not in answers for b in partners) else []
        if column.meaning is Meaning.RATING:
            codes += ["twice"] if ratings[column.battery, column.dimension] > 1 else []
            codes += ["no_dimension"] if column.dimension not in dimensions else []
        codes += ["other_role"] if column.battery is not None and column.battery.role is not column.role else []
        codes += ["only_one"] if column.meaning in single or outcomes.get(column.outcome, 0) > 1 else []
        if (
            labels is not None
            and column.meaning in (Meaning.ANSWER, Meaning.RATING, Meaning.OUTCOME)
            and (labels.unknown or not labels.confident)
        ):
            codes.append("labels_unknown")
        if begun and column.meaning is Meaning.ANSWER and mapping.dimension_of(column) == ALL_ITEMS:
            codes.append("no_dimension")
        if column.confidence < DOUBTFUL and column.meaning is not Meaning.IGNORED:
            codes.append("unsure")
    return {place: tuple(codes) for place, codes in found.items() if codes}


def _batteries_of_customers(mapping: ColumnMap) -> tuple[Battery, ...]:
    return tuple(b for b in Battery if b.role is Role.CUSTOMERS and mapping.answers(b))


def lacks(mapping: ColumnMap) -> tuple[str, ...]:
    """What the file as a whole does not have for an analysis: codes worded as `correction.lacks.<code>`."""
    batteries = _batteries_of_customers(mapping)
    if not batteries:
        return ("answers",)
    missing = []
    if Battery.PERCEPTION not in batteries:
        missing.append("perception")
    if not {Battery.EXPECTATION, Battery.DESIRED} & set(batteries):
        missing.append("expectation")
    if not mapping.of(Meaning.OUTCOME):
        missing.append("outcome")
    if mapping.grouping is Grouping.NONE or any(i.dimension == ALL_ITEMS for i in mapping.items):
        missing.append("dimensions")
    return tuple(missing)


def edit(mapping: ColumnMap, edits: Sequence[tuple[int, str, object]]) -> ColumnMap:
    """Make several corrections: (place of the column, "choice", "item", "dimension" or "reversed", the new value)."""
    verbs = {"choice": take, "item": put_item, "dimension": put_dimension, "reversed": put_reversed}
    order = list(verbs)
    for place, what, value in sorted(edits, key=lambda e: order.index(e[1])):
        mapping = verbs[what](mapping, place, value)
    return mapping


def carry_over(saved: ColumnMap, current: ColumnMap) -> ColumnMap:
    """Take from a map made earlier what fits this file: each column by its header, items and dimensions as they were.

    A file of the same shape gets the saved map as it is, with this file's examples.
    """
    before: dict[tuple[Role, str], list[ColumnGuess]] = {}
    for column in saved.columns:
        before.setdefault((column.role, fold(column.header)), []).append(column)
    columns = []
    for column in current.columns:
        same = before.get((column.role, fold(column.header)))
        known = same.pop(0) if same else None
        kept = {"sheet": column.sheet, "position": column.position, "header": column.header, "examples": column.examples}
        columns.append(replace(known, **kept) if known else replace(column, meaning=Meaning.IGNORED, battery=None, item=None, outcome=None))
    labels = {**current.labels, **_unexplained(saved, current, columns)}
    told = {k: getattr(saved, k) for k in ("items", "dimensions", "scale", "grouping", "instrument", "outcome_scales")}
    return replace(current, columns=tuple(columns), labels=labels, **told).with_items()


def _unexplained(saved: ColumnMap, current: ColumnMap, columns: Sequence[ColumnGuess]) -> dict[str, LabelSet]:
    """The saved label sets, each with the texts of this file's columns that it does not explain (most frequent first)."""
    sets = {}
    for key, labels in saved.labels.items():
        here = {now.labels: None for now, taken in zip(current.columns, columns, strict=True) if taken.labels == key and now.labels}
        texts = dict.fromkeys(t for own in here for t in texts_of(current.labels[own]))
        new = tuple(t for t in (*labels.unknown, *texts) if t not in labels.values and t not in labels.missing)
        sets[key] = replace(labels, unknown=tuple(dict.fromkeys(new)))
    return sets

"""Whether the answers can be trusted: what is odd in them is counted before any result, and set aside where a person says so.

A check flags respondents, items or a battery; it never changes an answer. Everything here reads a `Study` and, where they exist, the
respondents' columns `excel_row`, `duration`, `status` and `finished`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from gaps.model import BLANK, DIRECT_ROLE, EXCEL_ROW, RESPONDENT, UNIT, WAVE, Battery, Exclusion, Role, Study, answered_items

DURATION, STATUS, FINISHED = "duration", "status", "finished"
PREVIEW, UNFINISHED, STRAIGHT_THROUGH, STRAIGHT, SAME, SPEEDER, DUPLICATE, CEILING, REVERSED, MIXED = (
    "preview", "unfinished", "straight_through", "straight", "same_answers", "speeder", "duplicate", "ceiling", "reversed", "mixed_scales",
)  # fmt: skip
BY_DEFAULT = frozenset({BLANK, PREVIEW, UNFINISHED})
ALWAYS = frozenset({BLANK})  # these rows hold no answer that could count, and are in no study: there is nothing to switch back on
ABOUT_QUESTIONS = frozenset({REVERSED, MIXED})
FEWEST_ANSWERS = 3  # a straight line or P = E through fewer answers says nothing
FEWEST_TIMES = 10  # a median duration of fewer respondents says nothing
FEWEST_PEOPLE = 30  # a correlation over fewer says nothing
SURE_FROM = 500  # answers from which on it is odd that nobody used the upper end of the scale
HURRIED = 1 / 3  # of the median duration
TOP_HEAVY = 0.5  # share of a battery's answers at the top of the scale from which on it is said

_PREVIEW = re.compile(r"\bpreview\b|\btest\b|预览|测试|미리보기|\bvorschau\b", re.IGNORECASE)
_PREVIEW_CODES = ("1", "2", "9", "17")
_NO = frozenset({"no", "n", "false", "0", "f", "否", "未完成", "incomplete", "partial", "in progress", "unfinished", "disqualified"})
_USUAL_TOPS = (4.0, 5.0, 6.0, 7.0, 9.0, 10.0, 11.0, 100.0)


@dataclass(frozen=True, eq=False)
class QualityCheck:
    """One finding about the answers.

    `positions` are the flagged respondents of `role` (0-based in the study's frame), `rows` the same as seen in Excel where the study
    knows it, else counted from 1; `items` and `battery` say what a check about questions is about. `count` is the number of
    respondents, for a check about questions the number of items. `switch` names it in `set_aside`; `by_default` says that it is on
    unless a person turns it off. `values` fill the sentence `quality.<code>`.
    """

    code: str
    role: Role
    count: int
    positions: np.ndarray
    rows: tuple[int, ...]
    battery: Battery | None = None
    items: tuple[int, ...] = ()
    by_default: bool = False
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def switch(self) -> str:
        """Its name among the switches, the same for every file: code, people, battery."""
        return ".".join([self.code, self.role.value, *([self.battery.value] if self.battery else [])])

    @property
    def always(self) -> bool:
        """Whether it is set aside whatever the switches say."""
        return self.code in ALWAYS

    @property
    def about_people(self) -> bool:
        """Whether respondents are set aside, not items or a battery."""
        return self.code not in ABOUT_QUESTIONS


def checks(study: Study) -> tuple[QualityCheck, ...]:
    """Check every role's answers; only what was found is listed: rows without an answer, then previews and unfinished responses first.

    Missing answers are passed over: a straight line, or P = E on every item, is judged on the answers given, which must be at least
    three and half of those asked. Negatively worded items are looked at as they were answered. A check that the study cannot carry (no
    durations, too few people) is left out.
    """
    blank = [_blank(study, e) for e in study.exclusions if e.code == BLANK]
    return (*blank, *(check for role in Role if study.n(role) for check in _of_role(study, role)))


def _blank(study: Study, left_out: Exclusion) -> QualityCheck:
    """The rows of a role that were left out in reading: no position in the study is theirs."""
    values = {"n": left_out.count, "of": left_out.count + study.n(left_out.role)}
    return QualityCheck(BLANK, left_out.role, left_out.count, np.empty(0, int), left_out.rows, by_default=True, values=values)


def default_switches(found: Collection[QualityCheck]) -> tuple[str, ...]:
    """The switches that are on unless a person turns them off."""
    return tuple(check.switch for check in found if check.by_default)


def set_aside(study: Study, switches: Collection[str], found: Collection[QualityCheck] | None = None) -> Study:
    """Leave out what the switches name, and add it to the study's `exclusions`.

    Respondents leave with all their answers, items with all their batteries, a battery of another scale as a whole. Switches that nothing
    was found for are passed over; a study whose every item would leave is a ValueError. `found` spares checking anew.
    """
    found = checks(study) if found is None else found
    chosen = [check for check in found if check.switch in switches and not check.always]  # what is always out is recorded already
    if not chosen:
        return study
    kept = {role: np.ones(study.n(role), bool) for role in study.respondents}
    for check in chosen:
        kept[check.role][check.positions] = False  # checks about questions flag nobody
    reduced = study.only(kept)
    items = {number for check in chosen if check.code == REVERSED for number in check.items}
    batteries = {check.battery for check in chosen if check.code == MIXED}
    reduced = _without(reduced, items, batteries)
    return reduced.with_(exclusions=(*study.exclusions, *(Exclusion(c.code, c.role, c.count, c.battery, c.items, c.rows) for c in chosen)))


def totals(found: Collection[QualityCheck | Exclusion]) -> dict[str, int]:
    """How many respondents (items, for a check about questions) each kind of check flagged, all roles and batteries together.

    Whom two batteries flag for the same thing counts once.
    """
    sums: dict[str, int] = {}
    people: dict[tuple[str, Role], set[int]] = {}
    for one in found:
        if len(one.rows) == one.count and one.code not in ABOUT_QUESTIONS:
            people.setdefault((one.code, one.role), set()).update(one.rows)
            sums.setdefault(one.code, 0)
        else:
            sums[one.code] = sums.get(one.code, 0) + one.count
    for (code, _), rows in people.items():
        sums[code] += len(rows)
    return sums


def excluded(study: Study, switches: Collection[str], found: Collection[QualityCheck] | None = None) -> pd.DataFrame:
    """List the respondents whom the switches set aside: role, row, respondent, unit, wave, and `reasons` (codes joined by a blank).

    Of rows that are always set aside nothing but the row is known; they are listed whatever the switches say.
    """
    found = checks(study) if found is None else found
    reasons: dict[tuple[Role, int], list[str]] = {}
    lines = [
        {"role": check.role.value, "row": row, RESPONDENT: "", UNIT: "", WAVE: "", "reasons": check.code}
        for check in found
        if check.always
        for row in check.rows
    ]
    for check in found:
        if check.about_people and check.switch in switches:
            for position in check.positions.tolist():
                reasons.setdefault((check.role, position), []).append(check.code)
    for (role, position), codes in reasons.items():
        frame = study.respondents[role]
        told = {name: str(frame[name].iloc[position]) if name in frame else "" for name in (RESPONDENT, UNIT, WAVE)}
        row = _rows(frame, np.asarray([position]))[0]
        lines.append({"role": role.value, "row": row, **told, "reasons": " ".join(dict.fromkeys(codes))})
    lines.sort(key=lambda line: (list(Role).index(Role(line["role"])), line["row"]))
    return pd.DataFrame(lines, columns=["role", "row", RESPONDENT, UNIT, WAVE, "reasons"])


def _of_role(study: Study, role: Role) -> Iterator[QualityCheck]:
    frame = study.respondents[role]

    def flagged(code: str, mask: np.ndarray, **more) -> Iterator[QualityCheck]:
        positions = np.flatnonzero(mask)
        if len(positions):
            values = {"n": len(positions), "of": len(frame), **more.pop("values", {})}
            rows = _rows(frame, positions)
            yield QualityCheck(code, role, len(positions), positions, rows, by_default=code in BY_DEFAULT, values=values, **more)

    preview = _preview(frame)
    yield from flagged(PREVIEW, preview)
    yield from flagged(UNFINISHED, _unfinished(frame) & ~preview)
    if (seconds := _seconds(frame)) is not None:
        limit = HURRIED * float(np.nanmedian(seconds))
        yield from flagged(SPEEDER, seconds < limit, values={"limit": limit, "median": float(np.nanmedian(seconds))})
    raw = {battery: as_answered(study, battery) for battery in Battery if battery.role is role and battery in study.answers}
    if not raw:
        return
    through = _straight(np.hstack(list(raw.values()))) if len(raw) > 1 else np.zeros(len(frame), bool)
    through &= np.all([_enough(x) for x in raw.values()], axis=0)
    yield from flagged(STRAIGHT_THROUGH, through)
    for battery, x in raw.items():
        yield from flagged(STRAIGHT, _straight(x) & ~through, battery=battery)
    expectation = study.expectation
    if expectation in raw and Battery.PERCEPTION in raw:
        yield from flagged(SAME, _same(raw[expectation], raw[Battery.PERCEPTION]) & ~through)
    yield from flagged(DUPLICATE, _repeated(study, role, raw) & ~through & ~preview)
    if expectation in raw:
        yield from _ceiling(study, raw[expectation], expectation)
    for battery in raw:
        yield from _pointing_the_other_way(study, battery)
    yield from _mixed(study, raw, role)


def as_answered(study: Study, battery: Battery) -> np.ndarray:
    """A battery's answers as people gave them, respondents x items: the mirroring of negatively worded items is undone."""
    x = study.answers[battery].to_numpy(np.float64)
    worded = [i.reversed for i in study.instrument.items if i.number in study.answers[battery]]
    if any(worded):
        x = np.where(np.asarray(worded), study.instrument.scale.reverse(x), x)
    return x


def _rows(frame: pd.DataFrame, positions: np.ndarray) -> tuple[int, ...]:
    known = frame[EXCEL_ROW].to_numpy() if EXCEL_ROW in frame else np.arange(1, len(frame) + 1)
    return tuple(int(r) for r in known[positions])


def _enough(x: np.ndarray) -> np.ndarray:
    given = (~np.isnan(x)).sum(axis=1)
    return (given >= FEWEST_ANSWERS) & (2 * given >= x.shape[1])


def _straight(x: np.ndarray) -> np.ndarray:
    return (np.fmin.reduce(x, axis=1) == np.fmax.reduce(x, axis=1)) & _enough(x)


def _same(expected: np.ndarray, perceived: np.ndarray) -> np.ndarray:
    both = np.where(np.isnan(expected), np.nan, perceived)
    return _enough(both) & (np.isnan(expected) | np.isnan(perceived) | (expected == perceived)).all(axis=1)


def _repeated(study: Study, role: Role, raw: Mapping[Battery, np.ndarray]) -> np.ndarray:
    """Whether a respondent repeats, answer by answer, one before: every battery, rating, weight of importance, outcome and segment."""
    frame = study.respondents[role]
    own = [c for c in frame.columns if c not in (RESPONDENT, EXCEL_ROW, DURATION, STATUS, FINISHED)]
    parts = [frame[own], *(pd.DataFrame(x).add_prefix(battery.value) for battery, x in raw.items())]
    parts += [ratings.add_prefix(f"rating {int(gap)} ") for gap, ratings in study.ratings.items() if DIRECT_ROLE[gap] is role]
    if role is Role.CUSTOMERS and study.importance is not None:
        parts.append(study.importance.add_prefix("importance "))
    codes = pd.concat(parts, axis=1)
    return codes.duplicated().to_numpy() & np.logical_or.reduce([_enough(x) for x in raw.values()])


def _ceiling(study: Study, x: np.ndarray, battery: Battery) -> Iterator[QualityCheck]:
    """A battery of which most answers are the highest possible; the rows are those of people who chose nothing else."""
    answered, top = ~np.isnan(x), study.instrument.scale.max
    share = float((x[answered] == top).mean()) if answered.any() else 0.0
    if share >= TOP_HEAVY:
        positions = np.flatnonzero((~answered | (x == top)).all(axis=1) & _enough(x))
        values = {"n": len(positions), "of": len(x), "share": share, "top": top}
        rows = _rows(study.respondents[battery.role], positions)
        yield QualityCheck(CEILING, battery.role, len(positions), positions, rows, battery, values=values)


def _pointing_the_other_way(study: Study, battery: Battery) -> Iterator[QualityCheck]:
    """Items that go against their dimension (negative corrected item-total correlation), or whose dimension goes against the others."""
    answers = study.answers[battery]
    against: list[int] = []
    asked: set[int] = set()
    oriented: dict[str, np.ndarray] = {}
    for dimension in study.instrument.dimensions:
        numbers = answered_items(answers, study.instrument.numbers_of(dimension.id))
        if not numbers:
            continue
        asked |= set(numbers)
        x = answers[numbers].to_numpy(np.float64)
        turned = _turned(x)
        against += [n for n, t in zip(numbers, turned, strict=True) if t]
        oriented[dimension.id] = np.where(turned, -x, x).mean(axis=1)
    against = [number for number in _against_the_rest(study, oriented, against) if number in asked]
    if against:
        lowest = {n: item_total(study, battery, n) for n in against}
        values = {"n": len(against), "items": ", ".join(map(str, sorted(against))), "lowest": min(lowest.values())}
        empty = np.empty(0, int)
        yield QualityCheck(REVERSED, battery.role, len(against), empty, (), battery, tuple(sorted(against)), values=values)


def item_total(study: Study, battery: Battery, number: int) -> float:
    """Correlate an item with the sum of the other items of its dimension (corrected item-total correlation), complete answers only.

    NaN where the dimension has one item, or nothing varies. Nunnally (1978).
    """
    answers = study.answers[battery]
    numbers = answered_items(answers, study.instrument.numbers_of(study.instrument.item(number).dimension))
    x = answers[numbers].to_numpy(np.float64)
    x = x[~np.isnan(x).any(axis=1)]
    place = numbers.index(number)
    return _correlation(x[:, place], x.sum(axis=1) - x[:, place])


def _turned(x: np.ndarray) -> np.ndarray:
    """Which columns of a dimension go against the rest: the most opposed is turned round until none is surely negative."""
    turned = np.zeros(x.shape[1], bool)
    x = x[~np.isnan(x).any(axis=1)]
    if x.shape[1] < 3 or len(x) < FEWEST_PEOPLE:
        return turned  # of two items nobody knows which one
    for _ in range(x.shape[1] // 2):
        y = np.where(turned, -x, x)
        r = np.array([_correlation(y[:, j], y.sum(axis=1) - y[:, j]) for j in range(y.shape[1])])
        r[turned | np.isnan(r)] = np.inf
        worst = int(np.argmin(r))
        if not _surely_negative(r[worst], len(x)):
            break
        turned[worst] = True
    return turned


def _against_the_rest(study: Study, oriented: Mapping[str, np.ndarray], against: list[int]) -> list[int]:
    """A dimension whose sum goes against all the others has its other items negatively worded (half of them cannot tell by themselves)."""
    found = set(against)
    for id, own in oriented.items():
        others = [scores for other, scores in oriented.items() if other != id]
        if len(others) < 2:
            continue
        rest = np.mean(others, axis=0)
        known = ~(np.isnan(own) | np.isnan(rest))
        if known.sum() >= FEWEST_PEOPLE and _surely_negative(_correlation(own[known], rest[known]), int(known.sum())):
            found ^= set(study.instrument.numbers_of(id))
    return sorted(found)


def _correlation(x: np.ndarray, y: np.ndarray) -> float:
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return float(np.corrcoef(x, y)[0, 1])


def _surely_negative(r: float, n: int) -> bool:
    """Whether the 95 % interval of a correlation lies below zero (Fisher's z)."""
    return bool(np.isfinite(r) and np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)) + 1.96 / np.sqrt(n - 3) < 0)


def _mixed(study: Study, raw: Mapping[Battery, np.ndarray], role: Role) -> Iterator[QualityCheck]:
    """Batteries that nobody answered beyond a usual shorter scale while the same people's others reach further."""
    scale, numbers = study.instrument.scale, study.instrument.numbers
    tops = {b: float(np.nanmax(x)) for b, x in raw.items() if (~np.isnan(x)).sum() >= SURE_FROM}
    reached = max(tops.values(), default=scale.min)
    for battery, top in tops.items():
        shorter = next((t for t in _USUAL_TOPS if t >= top), scale.max)
        if shorter < scale.max and top < reached:
            values = {"n": len(numbers), "top": top, "min": scale.min, "max": scale.max}
            yield QualityCheck(MIXED, role, len(numbers), np.empty(0, int), (), battery, numbers, values=values)


def _texts(column: pd.Series) -> list[str]:
    return ["" if v is None or v != v else str(v).strip() for v in column.astype(object).tolist()]


def _preview(frame: pd.DataFrame) -> np.ndarray:
    """A status that says preview or test. Qualtrics may write numbers: 0 for a normal response, 1, 2, 9 and 17 for these."""
    if STATUS not in frame:
        return np.zeros(len(frame), bool)
    texts = [t.removesuffix(".0") for t in _texts(frame[STATUS])]
    codes = _PREVIEW_CODES if "0" in texts else ()
    return np.array([bool(_PREVIEW.search(t)) or t in codes for t in texts], bool)


def _unfinished(frame: pd.DataFrame) -> np.ndarray:
    """Said so by `finished`: no, below 100 of a progress in per cent, or blank where others have a time or a yes; or by `status`."""
    mask = np.zeros(len(frame), bool)
    if FINISHED in frame:
        texts = _texts(frame[FINISHED])
        numbers = pd.to_numeric(pd.Series([t.removesuffix("%") for t in texts]), errors="coerce").to_numpy(float)
        if np.isfinite(numbers).any() and np.nanmax(numbers) > 1:
            mask |= numbers < 100
        else:
            blank_counts = any(texts)
            mask |= np.array([t.casefold().removesuffix(".0") in _NO or (not t and blank_counts) for t in texts], bool)
    if STATUS in frame:
        spoken = _NO - {"0", "no", "n", "f", "false"}
        mask |= np.array([t.casefold() in spoken for t in _texts(frame[STATUS])], bool)
    return mask


def _seconds(frame: pd.DataFrame) -> np.ndarray | None:
    """Durations in seconds from numbers or texts such as 95秒, 1分35秒, 0:01:35; None where too few are known."""
    if DURATION not in frame:
        return None
    column = frame[DURATION]
    seconds = column.to_numpy(float) if column.dtype.kind in "fiu" else np.array([seconds_of(t) for t in _texts(column)])
    seconds = np.where(seconds >= 0, seconds, np.nan)
    return seconds if np.isfinite(seconds).sum() >= FEWEST_TIMES else None


_UNITS = re.compile(r"(\d+(?:\.\d+)?)\s*(小时|时|hours?|h|分钟|分|minutes?|min|m|秒|seconds?|sec|s)", re.IGNORECASE)


def seconds_of(text: str) -> float:
    """A duration in seconds; NaN for what is none."""
    text = text.strip()
    try:
        if re.fullmatch(r"\d+(:\d+){1,2}(\.\d+)?", text):
            total = 0.0
            for part in text.split(":"):
                total = total * 60 + float(part)
            return total
        if parts := _UNITS.findall(text):
            return sum(float(n) * (3600 if u[0] in "小时hH" else 60 if u[0] in "分mM" else 1) for n, u in parts)
        return float(text)
    except ValueError:
        return np.nan


def _without(study: Study, items: Collection[int], batteries: Collection[Battery]) -> Study:
    """The study without some items, and without some batteries."""
    if not items and not batteries:
        return study
    left = tuple(i for i in study.instrument.items if i.number not in items)
    if not left or not set(study.answers) - set(batteries):
        raise ValueError("setting aside every item or every battery leaves no study")
    numbers = [i.number for i in left]
    used = {i.dimension for i in left}
    dimensions = tuple(d for d in study.instrument.dimensions if d.id in used)
    asked = tuple(b for b in study.instrument.batteries if b not in batteries)
    ids = [d.id for d in dimensions]
    return study.with_(
        instrument=replace(study.instrument, items=left, dimensions=dimensions, batteries=asked),
        answers={b: frame[[n for n in numbers if n in frame]] for b, frame in study.answers.items() if b not in batteries},
        importance=None if study.importance is None else study.importance[[d for d in ids if d in study.importance]],
    )

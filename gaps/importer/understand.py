"""Guess what each column of a survey tool's export is: which questions are expectations, which perceptions, and what goes with what.

Every guess carries how sure it is and why; nothing here changes an answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from itertools import pairwise

import numpy as np

from gaps.importer import answers, headers, labels
from gaps.importer.child import fold
from gaps.importer.items import dimension_id, known_dimensions
from gaps.importer.mapping import ALL_ITEMS, ColumnGuess, ColumnMap, Grouping, LabelSet, Meaning, shape_of
from gaps.importer.recognise import examples, metadata, names_of, recognise, sample, several_choices, words_of
from gaps.importer.scales import MISSING_CODES, usual_scale
from gaps.importer.sheets import Column, Sheet
from gaps.model import DIRECT_BATTERY, OUTCOMES, Battery, Dimension, Item, Role, Scale

FEW_ANSWERS = 12  # a closed question has at most so many different answers
LARGEST = 10  # end of the longest usual scale; percentages come in with a mark only
BLOCK = 5  # so many questions of one form are a block: none of them is the overall question
PAIRS = 3  # fewer pairs than this are no battery
ALIKE = 0.55  # likeness of two wordings from which on they are taken for one item
SEGMENT_VALUES = 50

_BRACKETS = re.compile(r"[\[(（【〔]([^\[\]()（）【】〔〕]*)[\])）】〕]")
_GRIDS = (
    re.compile(r"(?P<question>第\d+题)\s*[(（](?P<row>.+)[)）]"),
    re.compile(r"(?P<question>.+?)\s*[\[［](?P<row>[^\[\]］]+)[\]］]"),
    re.compile(r"(?P<question>.+?)\s+[-–—]\s+(?P<row>.+)"),
    re.compile(r"(?P<question>.+?)[/:：]\s*(?P<row>.+)"),
)
_LEADING = re.compile(r"\s*[A-Za-z]{0,4}\s?(\d{1,3})(?:\s?[-_]\s?\d{1,2})?\s*[.．、)）:：]")
_TRAILING = re.compile(r"[A-Za-z]+[A-Za-z_\s.]*?_?(\d{1,3})(?:[_.]?[A-Za-z]{1,4})?")
_NUMBERING = re.compile(r"^\s*(?:第\s?\d+\s?题|[A-Za-z]{0,2}\d{1,3}(?:[-_.]\d{1,2})*)?\s*[.．、)）:：\-]*\s*")
# The batteries each role may be asked; of a role's one or two blocks the first named here comes first in a questionnaire.
ASKED = {
    Role.CUSTOMERS: (Battery.EXPECTATION, Battery.PERCEPTION),
    Role.MANAGERS: (Battery.BELIEF, Battery.STANDARD),
    Role.EMPLOYEES: (Battery.DELIVERY, Battery.PROMISE),
}
THREE = (Battery.ADEQUATE, Battery.DESIRED, Battery.PERCEPTION)  # the three-column form
_TAGS = {b: f"{b.name.lower()}_tag" for b in Battery} | {Battery.DESIRED: "expectation_tag"}
_LETTERS = {
    Battery.EXPECTATION: r"e|exp|expect\w*",
    Battery.PERCEPTION: r"p|per|perc|percep\w*",
    Battery.ADEQUATE: r"a|adq|adeq\w*|min|minim\w*",
    Battery.DESIRED: r"d|des|desir\w*|e|exp|expect\w*",
    Battery.BELIEF: r"m|bel|belie\w*",
    Battery.STANDARD: r"s|std|stand\w*",
    Battery.DELIVERY: r"v|del|deliv\w*",
    Battery.PROMISE: r"c|prom\w*",
}


@cache
def _codes(among: tuple[Battery, ...]) -> tuple[tuple[re.Pattern[str], Battery], ...]:
    """How a code such as E1, Q5_P or TAN1_EXP names a battery: letters before the number, or behind it."""
    before = ((re.compile(rf"(?:.*[\W_])?({_LETTERS[b]})[\W_]*0*(\d{{1,3}})", re.IGNORECASE), b) for b in among)
    behind = ((re.compile(rf".*\d[\W_]?({_LETTERS[b]})", re.IGNORECASE), b) for b in among)
    return (*before, *behind)


@cache
def _code_part(among: tuple[Battery, ...]) -> re.Pattern[str]:
    """The letters of a code that name the battery."""
    return re.compile(rf"(?:(?<![^\W_])|(?<=\d))(?:{'|'.join(_LETTERS[b] for b in among)})(?=[\W_\d]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mark:
    """Which battery a header says it belongs to, how surely, and by what."""

    battery: Battery
    confidence: float
    reason: str


@dataclass(eq=False)
class Question:
    """A column that is not the tool's own, taken apart: the question it is a row of, its wording without marks, its number."""

    place: int
    column: Column
    group: str = ""  # the text of the question whose rows these are
    text: str = ""  # what is asked in this column
    labels: str | None = None
    closed: bool = False  # a few ordered answers
    among: tuple[Battery, ...] = ASKED[Role.CUSTOMERS]  # the batteries that it may belong to
    guess: dict = field(default_factory=dict)

    @cached_property
    def number(self) -> int | None:
        """The number that the questionnaire gave it."""
        for text in (self.text, *((self.column.header,) if not self.group else ())):
            if match := _LEADING.match(text) or _TRAILING.fullmatch(text):
                return int(match[1])
        code = self.column.titles[0] if len(self.column.titles) == 3 else ""
        found = re.search(r"_(\d{1,3})$", code) or _TRAILING.fullmatch(code)
        return int(found[1]) if found else None

    @cached_property
    def wording(self) -> str:
        """The text without numbering and without what marks the battery."""
        text = _BRACKETS.sub(lambda m: "" if _tag(m[1], self.among) else m[0], self.text)
        if _code(text, self.among):
            stem = _code_part(self.among).sub("", text).strip("_. ")
            return stem if re.search(r"[^\W\d_]", stem) else text
        text = _NUMBERING.sub("", text)
        return " ".join(text.split()).strip(" -–—:：") or self.text

    @cached_property
    def pieces(self) -> Counter[str]:
        """Pairs of neighbouring letters, without the words that differ between what ought to be and what is."""
        text = words_of("modal").sub("", self.wording)
        for battery in self.among:
            text = words_of(_TAGS[battery]).sub("", text)
        folded = re.sub(r"\W", "", fold(text))
        return Counter(a + b for a, b in pairwise(folded))

    def like(self, other: Question) -> float:
        """How alike two wordings are, 0 to 1 (Dice's coefficient of their letter pairs)."""
        total = self.pieces.total() + other.pieces.total()
        return 2 * (self.pieces & other.pieces).total() / total if total else float(self.wording == other.wording)

    def take(self, meaning: Meaning, confidence: float, reason: str, **more) -> None:
        """Decide what it is."""
        self.guess = {"meaning": meaning, "confidence": round(confidence, 2), "reason": reason, **more}


@dataclass(frozen=True, eq=False)
class _Part:
    """What one sheet was taken for: a guess for each of its columns, and the label sets that their answers need."""

    role: Role
    sheet: Sheet
    tool: str | None
    questions: list[Question]
    guesses: Mapping[int, dict]
    sets: Mapping[str, LabelSet]
    items: list[Question]  # customers: the column that stands for each item


def understand(sheets: Mapping[Role, Sheet]) -> ColumnMap:
    """Guess what every column is, of the customers' sheet and of the managers' and employees' where they are there.

    The customers' questions make the items; those of the others are matched with them by wording, number or position.
    """
    parts = [_customers(sheets[Role.CUSTOMERS])]
    customers = parts[0]
    items, dimensions, grouping, instrument = group_items(customers.items)
    parts += [_staff(sheets[r], r, customers.items, dimensions) for r in (Role.MANAGERS, Role.EMPLOYEES) if r in sheets]
    columns = [guess for part in parts for guess in _columns(part)]
    used = {c.labels for c in columns}
    return ColumnMap(
        tool=customers.tool,
        columns=tuple(columns),
        items=items,
        dimensions=dimensions,
        scale=_scale(customers.questions, customers.sets),
        labels={key: value for part in parts for key, value in part.sets.items() if key in used},
        header_rows={p.sheet.name: p.sheet.header_rows for p in parts},
        first_row={p.sheet.name: p.sheet.first_row for p in parts},
        grouping=grouping,
        instrument=instrument,
        shape=shape_of([(p.role.value, c.header) for p in parts for c in p.sheet.columns]),
    )


def asks_customers(sheet: Sheet) -> bool:
    """Whether a sheet asks for expectations and perceptions in so many words; what is merely asked twice may be anybody's."""
    guesses = [q.guess for q in _customers(sheet).questions if q.guess.get("meaning") is Meaning.ANSWER]
    guessed = {g["reason"] for g in guesses} & {"asked_twice", "two_blocks", "partner_marked"}
    return not guessed and {g["battery"] for g in guesses} >= {*ASKED[Role.CUSTOMERS]}


def role_marked(sheet: Sheet) -> Role | None:
    """Whose answers a sheet holds, where both batteries of a role are marked on purpose; the customers' marks are the least particular."""
    for role in (Role.MANAGERS, Role.EMPLOYEES, Role.CUSTOMERS):
        questions = [Question(place, c, among=ASKED[role]) for place, c in enumerate(sheet.columns) if c.header]
        _take_apart(questions)  # headings alone: the answers of a large file need not be looked at for this
        marks = _marks(questions, ASKED[role])
        sure = Counter(m.battery for m in marks.values() if m.confidence > 0.8)
        if min(sure[b] for b in ASKED[role]) >= PAIRS:
            return role
    return None


def asks(sheet: Sheet) -> int:
    """How many questions with a few ordered answers a sheet has."""
    questions = _questions(sheet, ())[1]
    _close(questions)
    return sum(q.closed for q in questions)


def _columns(part: _Part) -> list[ColumnGuess]:
    guesses = {**part.guesses, **{q.place: {**q.guess, "labels": q.labels if q.labels in part.sets else None} for q in part.questions}}
    return [
        ColumnGuess(
            part.sheet.name, place, column.header, **guesses[place], role=part.role, examples=_shown(column, guesses[place]["meaning"])
        )
        for place, column in enumerate(part.sheet.columns)
    ]


def _customers(sheet: Sheet) -> _Part:
    tool, questions, guesses = _questions(sheet, ASKED[Role.CUSTOMERS])
    sets = _close(questions)
    items = _own_batteries(questions)
    importance(sheet, questions)
    ordered = {k for k, v in sets.items() if v.confident} | {q.labels for q in questions if q.guess.get("meaning") is Meaning.ANSWER}
    _outcomes(questions, ordered)
    _rest(questions, int(sheet.filled.sum()))
    return _Part(Role.CUSTOMERS, sheet, tool, questions, guesses, {k: v for k, v in sets.items() if k in ordered}, items)


def _questions(sheet: Sheet, among: tuple[Battery, ...]) -> tuple[str | None, list[Question], dict[int, dict]]:
    """The tool, the columns that may be questions, and what the others are."""
    tool = recognise(sheet).tool
    questions: list[Question] = []
    guesses: dict[int, dict] = {}
    for place, column in enumerate(sheet.columns):
        if not column.header:
            guesses[place] = {"meaning": Meaning.IGNORED, "confidence": 1.0, "reason": "no_header"}
        elif known := metadata(column, tool):
            meaning, confidence, reason = known
            guesses[place] = {"meaning": meaning, "confidence": confidence, "reason": reason}
        elif column.blank.all():
            guesses[place] = {"meaning": Meaning.IGNORED, "confidence": 1.0, "reason": "empty_column"}
        else:
            questions.append(Question(place, column, among=among))
    _only_once(guesses, questions, sheet)
    _take_apart(questions)
    return tool, questions, guesses


def _shown(column: Column, meaning: Meaning) -> tuple[str, ...]:
    return () if meaning in (Meaning.PERSONAL, Meaning.COMMENT) else examples(column)


def _only_once(guesses: dict[int, dict], questions: list[Question], sheet: Sheet) -> None:
    """A study has one column of each of these; a second one is a question like any other, or nothing."""
    for meaning in (Meaning.RESPONDENT, Meaning.UNIT, Meaning.WAVE, Meaning.WEIGHT):
        found = [place for place, guess in guesses.items() if guess["meaning"] is meaning]
        for place in found[1:]:
            del guesses[place]
            question = Question(place, sheet.columns[place], among=questions[0].among if questions else ASKED[Role.CUSTOMERS])
            if meaning is Meaning.RESPONDENT:
                guesses[place] = {"meaning": Meaning.IGNORED, "confidence": 0.7, "reason": "second_of_its_kind"}
            else:
                questions.append(question)
    questions.sort(key=lambda q: q.place)


def _take_apart(questions: list[Question]) -> None:
    """Find the rows of grids: several headers that begin with the same question."""
    parts: dict[int, list[tuple[str, str]]] = {}
    for question in questions:
        header = " ".join(question.column.header.split())
        if len(question.column.titles) == 3 and question.column.titles[1]:
            header = " ".join(question.column.titles[1].split())
        question.text = header
        found = [m for grid in _GRIDS if (m := grid.fullmatch(header))]
        parts[question.place] = [(m["question"], m["row"]) for m in found if not _tag(m["row"], question.among) or len(m["row"]) > 25]
    sizes = Counter(group for found in parts.values() for group, _ in found)
    for question in questions:
        shared = [(group, row) for group, row in parts[question.place] if sizes[group] >= PAIRS]
        if shared:
            question.group, question.text = shared[0]


def _tag(text: str, among: tuple[Battery, ...]) -> Battery | None:
    """The battery that a mark names, if it names exactly one; the least that is acceptable may be called expected as well."""
    found = [b for b in among if words_of(_TAGS[b]).search(text)]
    if found == [Battery.ADEQUATE, Battery.DESIRED]:
        found = [Battery.ADEQUATE]
    return found[0] if len(found) == 1 else None


def _code(name: str, among: tuple[Battery, ...]) -> Battery | None:
    """The battery that a code such as E1, Q5_P or TAN1_EXP names."""
    if len(name) > 25:
        return None
    return next((battery for code, battery in _codes(among) if code.fullmatch(name.strip())), None)


def _mark(question: Question, among: tuple[Battery, ...]) -> Mark | None:
    """What the header says about the battery."""
    header = question.column.header
    for content in _BRACKETS.findall(header):
        if len(content) <= 25 and (battery := _tag(content, among)):
            return Mark(battery, 0.95, "marked")
    if question.group and (battery := _tag(question.group, among)):
        return Mark(battery, 0.9, "question_says")
    for name in (question.column.titles[0] if question.column.titles else "", question.text):
        if battery := _code(name, among):
            return Mark(battery, 0.85, "coded")
    if battery := _tag(header, among):
        return Mark(battery, 0.75, "worded")
    return None


# -- closed answers


def _close(questions: list[Question]) -> dict[str, LabelSet]:
    """Mark the questions with a few ordered answers; returns the label sets that their texts need."""
    texts: dict[int, dict[str, int]] = {}
    for question in questions:
        values = sample(question.column)
        kinds = [answers.classify(v) for v in values]
        numbers = [n for kind, n in kinds if kind in (answers.NUMBER, answers.TYPED) and n not in MISSING_CODES]
        others = [kind for kind, _ in kinds if kind not in (answers.NUMBER, answers.TYPED, answers.MISSING, answers.BLANK)]
        if numbers and not others:
            one_total = sum(n > LARGEST for n in numbers) <= 1  # a row of totals below the answers
            question.closed = len(numbers) <= FEW_ANSWERS and min(numbers) >= -LARGEST and one_total
        elif 1 < len(values) <= 3 * FEW_ANSWERS and not several_choices(question.column):
            texts[question.place] = _counts(question.column)
    by_place = {q.place: q for q in questions}
    sets: dict[str, LabelSet] = {}
    for members in _alike(texts):
        total: Counter[str] = Counter()
        for place in members:
            total.update(texts[place])
        found = labels.recognise(total)
        if found is None or (len(set(found.values.values())) < 3 and len(found.unknown) < 3):
            continue  # a yes or no is no scale
        key = f"set{len(sets) + 1}"
        sets[key] = found
        for place in members:
            by_place[place].labels, by_place[place].closed = key, True
    return sets


def _counts(column: Column) -> dict[str, int]:
    codes, names = column.texts()
    count = np.bincount(codes[codes >= 0], minlength=len(names))
    return {name: int(n) for name, n in zip(names, count, strict=True)}


def _alike(texts: Mapping[int, Mapping[str, int]]) -> list[list[int]]:
    """Put columns together that share at least half of their answers with those already together."""
    clusters: list[tuple[set[str], list[int]]] = []
    for place in sorted(texts, key=lambda p: (-len(texts[p]), p)):
        own = set(texts[place])
        home = max(clusters, key=lambda c: len(own & c[0]), default=None)
        if home is not None and 2 * len(own & home[0]) >= len(own):
            home[0].update(own)
            home[1].append(place)
        else:
            clusters.append((own, [place]))
    return [sorted(members) for _, members in clusters]


def _scale(questions: list[Question], sets: Mapping[str, LabelSet]) -> Scale | None:
    """The scale of the answers: as their labels say, else the smallest usual one that holds all their numbers."""
    asked = [q for q in questions if q.guess.get("meaning") is Meaning.ANSWER]
    worded = [sets[q.labels].scale for q in asked if q.labels]
    if worded:
        return Counter(worded).most_common(1)[0][0]
    found = [scale for q in asked if (scale := usual_scale(_numbers(q)))]
    return max(found, key=lambda s: (s.max, -s.min), default=None)


def _numbers(question: Question) -> np.ndarray:
    """The distinct numbers of a column, without a total below."""
    found = [answers.classify(v) for v in sample(question.column)]
    most = LARGEST if question.closed else np.inf
    return np.array([n for kind, n in found if kind in (answers.NUMBER, answers.TYPED) and n <= most], dtype=float)


# -- the two batteries


def _marks(questions: Iterable[Question], among: tuple[Battery, ...]) -> dict[int, Mark]:
    return {q.place: mark for q in questions if (mark := _mark(q, among))}


def _own_batteries(questions: list[Question]) -> list[Question]:
    """The customers' batteries, two or three; returns the columns that stand for the items, in order."""
    marks = _marks(questions, THREE)
    sizes = Counter(m.battery for m in marks.values())
    if min(sizes[b] for b in THREE) < max(PAIRS, 0.8 * max(sizes.values(), default=0)):
        among = ASKED[Role.CUSTOMERS]
        return _batteries(questions, among, _marks(questions, among))
    for question in questions:
        question.among = THREE
    least = [q for q in questions if q.place in marks and marks[q.place].battery is Battery.ADEQUATE]
    rest = [q for q in questions if q not in least]
    items = _batteries(rest, (Battery.DESIRED, Battery.PERCEPTION), marks)
    _attach(items, least, Battery.ADEQUATE, marks, marks[least[0].place])
    return items


def _batteries(questions: list[Question], both: tuple[Battery, Battery], marks: Mapping[int, Mark]) -> list[Question]:
    """Find expectations and perceptions and pair them; returns the perceptions (or expectations) that stand for the items, in order."""
    closed = [q for q in questions if q.closed]
    wide = [q for q in questions if q.closed or (q.place in marks and marks[q.place].confidence > 0.8 and _numeric(q.column))]
    for found in (_marked, _worded, _repeated, _two_blocks):
        expected, achieved, why = found(wide, marks, both) if found is _marked else found(closed)
        if len(achieved) < PAIRS and len(expected) < PAIRS:
            continue
        pairs, pairing, sure = pair(expected, achieved)
        if expected and achieved and len(pairs) < PAIRS:
            continue
        return _number(expected, achieved, pairs, {"pairing": pairing, "sure": sure, "why": why}, marks, both)
    return []


def _attach(items: Sequence[Question], block: Sequence[Question], battery: Battery, marks: Mapping[int, Mark], why: Mark) -> None:
    """Match a further battery with the items that are there; what asks about no item of theirs is not used."""
    pairs, pairing, sure = pair(items, block)
    for item, question in pairs:
        mark = marks.get(question.place, why)
        confidence = mark.confidence * sure**0.5
        question.take(Meaning.ANSWER, confidence, mark.reason, battery=battery, item=item.guess["item"], pairing=pairing)
    for question in block:
        if not question.guess:
            question.take(Meaning.IGNORED, 0.5, "no_such_item")


def _staff(sheet: Sheet, role: Role, items: Sequence[Question], dimensions: Sequence[Dimension]) -> _Part:
    """What managers or contact employees were asked: the customers' items again, in one or two batteries, or a rating per dimension."""
    among = ASKED[role]
    tool, questions, guesses = _questions(sheet, among)
    sets = {f"{role.value}_{key}": value for key, value in _close(questions).items()}
    for question in questions:
        question.labels = f"{role.value}_{question.labels}" if question.labels else None
        _take_own_name(question, role, {d.id for d in dimensions})
    open_ones = [q for q in questions if not q.guess]
    marks = _marks(open_ones, among)
    _ratings(open_ones, marks, dimensions)
    for battery, block, why in _blocks([q for q in open_ones if not q.guess and q.closed], marks, among, items):
        _attach(items, block, battery, marks, why)
    _rest(questions, int(sheet.filled.sum()))
    for question in questions:
        if question.guess["meaning"] is Meaning.SEGMENT:
            question.take(Meaning.IGNORED, 0.8, "customers_only")
    used = {k for k, v in sets.items() if v.confident} | {q.labels for q in questions if q.guess["meaning"] is Meaning.ANSWER}
    return _Part(role, sheet, tool, questions, guesses, {k: v for k, v in sets.items() if k in used}, list(items))


def _take_own_name(question: Question, role: Role, dimensions: set[str]) -> None:
    """A column named as in our own workbooks (M1, standards_reliability) is what it says."""
    what = headers.meaning(question.column.header)
    if what.kind == "answer" and what.role is role:
        question.take(Meaning.ANSWER, 0.95, "own_name", battery=what.battery, item=what.number)
    elif what.kind == "rating" and what.role is role:
        named = next((id for id in dimensions if fold(id) == what.dimension), what.dimension)
        question.take(Meaning.RATING, 0.95, "own_name", battery=DIRECT_BATTERY[what.gap], dimension=named)


def _ratings(questions: list[Question], marks: Mapping[int, Mark], dimensions: Sequence[Dimension]) -> None:
    """One rating per dimension (the direct design): as many questions of a battery as dimensions, each of which names another."""
    names = [(fold(name), d.id) for d in dimensions for name in (d.id, *d.names.values())]
    for battery in DIRECT_BATTERY.values():
        of = [q for q in questions if q.place in marks and marks[q.place].battery is battery and _numeric(q.column)]
        about = [{id for name, id in names if name in fold(q.column.header)} for q in of]
        if len(of) > 1 and all(len(ids) == 1 for ids in about) and len(set().union(*about)) == len(of):
            for question, ids in zip(of, about, strict=True):
                mark = marks[question.place]
                question.take(Meaning.RATING, mark.confidence * 0.9, mark.reason, battery=battery, dimension=ids.pop())


def _blocks(
    closed: list[Question], marks: Mapping[int, Mark], among: tuple[Battery, Battery], items: Sequence[Question]
) -> Iterable[tuple[Battery, list[Question], Mark]]:
    """The batteries that a staff sheet holds: as marked, the same wordings twice, two blocks as long as the items, or a single one."""
    marked = {b: [q for q in closed if q.place in marks and marks[q.place].battery is b] for b in among}
    found = {b: block for b, block in marked.items() if len(block) >= PAIRS}
    rest = [q for q in closed if not any(q in block for block in found.values())]
    if len(found) == 1:
        (one,) = found
        alike = [q for q in rest if max(q.like(m) for m in found[one]) >= ALIKE]
        if len(alike) >= PAIRS:
            found[among[0] if one is among[1] else among[1]] = alike
    if found:
        return [(b, block, Mark(b, 0.6, "partner_marked")) for b, block in found.items()]
    first, second, why = _repeated(closed)
    if len(first) >= PAIRS:
        why = replace(why, reason="asked_twice_by_staff")
        return [(among[0], first, why), (among[1], second, why)]
    if items and len(closed) == 2 * len(items):
        why = Mark(among[0], 0.4, "two_blocks_by_staff")
        return [(among[0], closed[: len(items)], why), (among[1], closed[len(items) :], why)]
    if len(pair(items, closed)[0]) >= max(PAIRS, len(items) / 2):
        return [(among[0], closed, Mark(among[0], 0.6, "one_block"))]
    return []


def _numeric(column: Column) -> bool:
    return all(answers.classify(v)[0] in (answers.NUMBER, answers.TYPED, answers.MISSING, answers.BLANK) for v in sample(column))


Found = tuple[list[Question], list[Question], Mark]


def _marked(closed: list[Question], marks: Mapping[int, Mark], both: tuple[Battery, Battery]) -> Found:
    """Both batteries are marked: in brackets, by the question above, by codes such as E1 and P1, or by a word."""
    sure = {place: m for place, m in marks.items() if m.confidence > 0.8}
    use = sure if {m.battery for m in sure.values()} >= {*both} else marks
    expected = [q for q in closed if q.place in use and use[q.place].battery is both[0]]
    achieved = [q for q in closed if q.place in use and use[q.place].battery is both[1]]
    if len(expected) >= PAIRS > len(achieved):  # only expectations are marked: the same wordings without mark are perceptions
        rest = [q for q in closed if q not in expected]
        achieved = [q for q in rest if max(q.like(e) for e in expected) >= ALIKE]
    elif len(achieved) >= PAIRS > len(expected):
        rest = [q for q in closed if q not in achieved]
        expected = [q for q in rest if max(q.like(a) for a in achieved) >= ALIKE]
        if not expected and not all(q.place in sure for q in achieved):
            return [], [], Mark(Battery.EXPECTATION, 0.0, "worded")  # a word such as "experience" alone makes no battery
    return expected, achieved, Mark(Battery.EXPECTATION, 0.6, "partner_marked")


def _worded(closed: list[Question]) -> Found:
    """What ought to be ("should") beside the same wording as it is."""
    expected = [q for q in closed if words_of("modal").search(q.column.header)]
    rest = [q for q in closed if q not in expected]
    achieved = [q for q in rest if expected and max(q.like(e) for e in expected) >= ALIKE]
    expected = [q for q in expected if achieved and max(q.like(a) for a in achieved) >= ALIKE]
    return expected, achieved, Mark(Battery.EXPECTATION, 0.7, "should_or_does")


def _repeated(closed: list[Question]) -> Found:
    """Every wording comes twice: by convention the expectations are asked first."""
    seen: dict[str, list[Question]] = {}
    for question in closed:
        seen.setdefault(re.sub(r"\W|\.\d+$", "", fold(question.wording)), []).append(question)
    twice = [both for both in seen.values() if len(both) == 2]
    return [b[0] for b in twice], [b[1] for b in twice], Mark(Battery.EXPECTATION, 0.5, "asked_twice")


def _two_blocks(closed: list[Question]) -> Found:
    """Forty-four questions of one form in a row: two blocks of the twenty-two items."""
    from gaps import instruments

    n = len(instruments.load(instruments.DEFAULT).items)
    for start in range(len(closed) - 2 * n + 1):
        run = closed[start : start + 2 * n]
        together = run[-1].place - run[0].place == 2 * n - 1
        alone = start == 0 or run[0].place - closed[start - 1].place > 1
        if together and alone and len({(q.labels, len(re.sub(r"\d", "", q.column.header)) // 3) for q in run}) == 1:
            return run[:n], run[n:], Mark(Battery.EXPECTATION, 0.4, "two_blocks")
    return [], [], Mark(Battery.EXPECTATION, 0.0, "two_blocks")


def pair(expected: Sequence[Question], achieved: Sequence[Question]) -> tuple[list[tuple[Question, Question]], str, float]:
    """Pair expectations with perceptions by wording, by number or by position; says by which, and how surely."""
    by_wording, least = _by_wording(expected, achieved)
    by_number = _by_number(expected, achieved)
    if by_number and by_number == by_wording:
        return by_number, "wording_and_number", 0.97
    if by_wording and len(by_wording) >= 0.8 * min(len(expected), len(achieved)):
        return by_wording, "wording", 0.6 + 0.35 * least
    if by_number:
        return by_number, "number", 0.8
    if expected and len(expected) == len(achieved):
        return list(zip(expected, achieved, strict=True)), "position", 0.5
    return by_wording, "wording", 0.6


def _by_wording(expected: Sequence[Question], achieved: Sequence[Question]) -> tuple[list[tuple[Question, Question]], float]:
    """Partners that are each other's closest, and alike enough; and the least likeness among them."""
    if not expected or not achieved:
        return [], 0.0
    like = np.array([[e.like(a) for a in achieved] for e in expected])
    forth, back = like.argmax(axis=1), like.argmax(axis=0)
    found = [(i, int(j)) for i, j in enumerate(forth) if back[j] == i and like[i, j] >= ALIKE]
    return [(expected[i], achieved[j]) for i, j in found], float(min((like[p] for p in found), default=0.0))


def _by_number(expected: Sequence[Question], achieved: Sequence[Question]) -> list[tuple[Question, Question]]:
    """Partners of the same number, where each number comes once in each battery."""
    left, right = ({q.number: q for q in side} for side in (expected, achieved))
    if None in left or None in right or len(left) < len(expected) or len(right) < len(achieved) or not left.keys() & right.keys():
        return []
    if len(left.keys() & right.keys()) < 0.8 * min(len(left), len(right)):
        return []
    return [(q, right[n]) for n, q in left.items() if n in right]


def _number(expected, achieved, pairs, how: dict, marks: Mapping[int, Mark], batteries: tuple[Battery, Battery]) -> list[Question]:
    """Give every item its number, the questionnaire's own where it has one, and every column its guess; returns an item's column each."""
    partner = {e.place: a for e, a in pairs}
    paired = {a.place for a in partner.values()}
    rows = [(e, partner.get(e.place)) for e in expected] + [(None, a) for a in achieved if a.place not in paired]
    numbers = [(e or a).number for e, a in rows]
    own = None not in numbers and len(set(numbers)) == len(numbers) and (how["pairing"] in ("number", "wording_and_number") or not pairs)
    if not own:
        numbers = list(range(1, len(rows) + 1))
    both = bool(expected) and bool(achieved)
    for number, sides in zip(numbers, rows, strict=True):
        for battery, question in zip(batteries, sides, strict=True):
            if question is None:
                continue
            mark = marks.get(question.place)
            mark = mark if mark and mark.battery is battery else how["why"]
            alone = both and None in sides
            sure = mark.confidence * (0.5 if alone else 1.0 if not both else how["sure"] ** 0.5)
            pairing = "no_partner" if alone else how["pairing"] if both else ""
            question.take(Meaning.ANSWER, sure, mark.reason, battery=battery, item=number, pairing=pairing)
    return [a or e for e, a in rows]


# -- dimensions


def group_items(
    columns: Sequence[Question],
) -> tuple[tuple[Item, ...], tuple[Dimension, ...], Grouping, str]:
    """Put the items into dimensions: by what their labels say, by the instrument whose number of items fits, else all into one."""
    from gaps import instruments

    numbered = sorted(columns, key=lambda q: q.guess["item"])
    labels_of = {q.guess["item"]: {"en": q.wording[:120]} for q in numbered}
    if not numbered:
        return (), (), Grouping.GIVEN, ""
    for name_of in (_dimension_in_label, _code_prefix, lambda q: _without_tags(q.group)):
        names = [name_of(q) for q in numbered]
        if all(names) and len(set(names)) > 1 and min(Counter(names).values()) > 1:
            known = [known_dimensions().get(dimension_id(n)) or Dimension(dimension_id(n) or ALL_ITEMS, {"en": n[:60]}) for n in names]
            items = tuple(Item(q.guess["item"], d.id, labels_of[q.guess["item"]]) for q, d in zip(numbered, known, strict=True))
            return items, tuple({d.id: d for d in known}.values()), Grouping.LABEL, ""
    default = instruments.default_for(len(numbered))
    if default is not None and set(labels_of) == set(instruments.load(default).numbers):
        instrument = instruments.load(default)
        items = tuple(replace(i, labels=labels_of[i.number]) for i in instrument.items)
        return items, instrument.dimensions, Grouping.INSTRUMENT, default
    return tuple(Item(n, ALL_ITEMS, t) for n, t in labels_of.items()), (known_dimensions()[ALL_ITEMS],), Grouping.NONE, ""


def _dimension_in_label(question: Question) -> str:
    """A known dimension's name in brackets or before a colon or hyphen: `[Reliability] …`, `Reliability - …`."""
    header = question.column.header
    for text in (*_BRACKETS.findall(header), *re.split(r"\s[-–—]\s|[:：/]", header)[:-1], question.group):
        if known := known_dimensions().get(dimension_id(_without_tags(text))):
            return known.names.get("en", known.id)
    return ""


def _code_prefix(question: Question) -> str:
    """The letters before the number in a code such as TAN1_E or REL_2."""
    name = question.column.titles[0] if len(question.column.titles) == 3 else question.column.header
    match = re.fullmatch(r"(?:[EP]_)?([A-Za-z]{2,12})_?\d{1,2}(?:_?[A-Za-z]{1,6})?", name.strip())
    return match[1].upper() if match and not re.fullmatch(r"(?i)q|qid|v|var|item|exp\w*|per\w*", match[1]) else ""


def _without_tags(text: str) -> str:
    for battery in ASKED[Role.CUSTOMERS]:
        text = words_of(_TAGS[battery]).sub("", text)
    return _NUMBERING.sub("", _BRACKETS.sub(lambda m: m[0] if m[1].strip() else "", text)).strip(" -–—:：[]()")


# -- what goes with the batteries


def importance(sheet: Sheet, questions: list[Question]) -> None:
    """Points shared out among the dimensions: neighbouring columns of numbers that sum to 100 for most respondents."""
    rest = [q for q in questions if not q.guess and _numeric(q.column)]
    runs: list[list[Question]] = []
    for question in rest:
        if runs and question.place == runs[-1][-1].place + 1 and not question.closed:
            runs[-1].append(question)
        elif not question.closed:
            runs.append([question])
    for run in runs:
        if not 3 <= len(run) <= 12:
            continue
        points = np.array([answers.read(sheet, q.column, _Deaf()).values for q in run])
        asked = ~np.isnan(points).all(axis=0)
        sums = np.nansum(points[:, asked], axis=0)
        if len(sums) and (np.abs(sums - 100) <= 10).mean() > 0.8:
            for place, question in enumerate(run, 1):
                named = next((d for n, d in known_dimensions().items() if n in dimension_id(question.column.header)), None)
                sure = 0.9 if named else 0.6
                question.take(Meaning.IMPORTANCE, sure, "sums_to_100", dimension=named.id if named else None, item=None if named else place)


class _Deaf:
    """Stands in for the journal where answers are only looked at."""

    def note(self, *_, **__) -> None:
        """Hear nothing."""

    set_aside = note


def _outcomes(questions: list[Question], ordered: set[str | None]) -> None:
    """Find overall quality, satisfaction and recommendation among the questions that stand alone and whose answers have an order."""
    rest = [q for q in questions if not q.guess and q.closed and (q.labels is None or q.labels in ordered)]
    alone = [q for q in rest if not _in_block(q, questions)]
    for outcome in OUTCOMES:
        found = [q for q in alone if not q.guess and words_of(outcome).search(q.column.header)]
        if found:
            found[0].take(Meaning.OUTCOME, 0.85 if len(found) == 1 else 0.6, "says_so", outcome=outcome)
        names = [q for q in rest if not q.guess and fold(outcome) in names_of(q.column)]
        if not found and names:
            names[0].take(Meaning.OUTCOME, 0.95, "says_so", outcome=outcome)
    taken = {q.guess.get("outcome") for q in questions}
    for outcome in ("overall_quality", "satisfaction"):
        found = [q for q in alone if not q.guess and words_of(f"{outcome}_weak").search(q.column.header)]
        if outcome not in taken and len(found) == 1:
            found[0].take(Meaning.OUTCOME, 0.6, "says_nearly", outcome=outcome)


def _in_block(question: Question, questions: Iterable[Question]) -> bool:
    """Whether several other questions have the same form: the same beginning, the same end, or the same question above them."""

    def shared(part: Callable[[Question], str]) -> bool:
        own = part(question)
        return bool(own) and sum(part(q) == own for q in questions) >= BLOCK

    return (
        shared(lambda q: q.group)
        or shared(lambda q: fold(q.wording)[:14] if len(q.wording) > 20 else "")
        or shared(lambda q: re.sub(r"\W", "", fold(q.wording))[-5:] if len(q.wording) > 12 else "")
    )


def _rest(questions: list[Question], respondents: int) -> None:
    """What is left is a segment where it has few answers of its own; a block of other ratings or choices is left alone."""
    left = [q for q in questions if not q.guess]
    sizes = Counter(q.labels for q in left if q.labels)
    ratings = sum(q.closed and not q.labels and len(sample(q.column)) > 2 for q in left)
    for question in left:
        distinct = len(sample(question.column))
        header = question.column.header
        if words_of("unit").search(header) and not any(q.guess.get("meaning") is Meaning.UNIT for q in questions):
            question.take(Meaning.UNIT, 0.7, "says_so")
        elif words_of("wave").search(header) and not any(q.guess.get("meaning") is Meaning.WAVE for q in questions):
            question.take(Meaning.WAVE, 0.7, "says_so")
        elif several_choices(question.column) or any(several_choices(question.column, j) for j in (";", "┋", "→")):
            question.take(Meaning.IGNORED, 0.8, "several_choices")
        elif words_of("importance").search(header) and _in_block(question, questions):
            question.take(Meaning.IGNORED, 0.8, "importance_of_items")
        elif sizes[question.labels] >= BLOCK or _in_block(question, questions):
            question.take(Meaning.IGNORED, 0.7, "other_block")
        elif question.closed and not question.labels and (distinct > 4 or (distinct > 2 and ratings > PAIRS)):
            question.take(Meaning.IGNORED, 0.5, "other_rating")
        elif 1 < distinct <= SEGMENT_VALUES and distinct < respondents / 2:
            question.take(Meaning.SEGMENT, 0.7 if distinct <= 12 else 0.5, "few_values")
        else:
            question.take(Meaning.IGNORED, 0.6, "many_values" if distinct > 1 else "one_value")

"""Which column is an expectation, which a perception, and what goes with what: guessed right for every tool, and never certain by luck."""

from pathlib import Path

import exports
import numpy as np
import pytest

from gaps import analysis, result
from gaps.importer import read_study
from gaps.importer.mapping import ALL_ITEMS, Grouping, Meaning, dumps, loads
from gaps.model import Battery, Scale

SHARED = Path(__file__).parents[2] / ".." / "shared"
needs_shared = pytest.mark.skipif(not SHARED.exists(), reason="the folder of other people's files is not here")
E, P = Battery.EXPECTATION, Battery.PERCEPTION


def understood(rows, name="export.csv", **how):
    return read_study(exports.as_csv(rows, **how), name)


def headers(mapping, battery):
    return {item: c.header for item, c in mapping.answers(battery).items()}


# -- batteries and pairs, by tool


@pytest.mark.parametrize(
    ("tool", "reason", "pairing"),
    [
        ("qualtrics", "question_says", "wording_and_number"),
        ("surveymonkey", "marked", "wording"),
        ("google_forms", "marked", "wording_and_number"),
        ("microsoft_forms", "should_or_does", "wording"),
        ("wenjuanxing", "asked_twice", "wording"),
        ("limesurvey", "coded", "number"),
        ("kobo", "question_says", "number"),
    ],
)
def test_the_pairs_of_each_tool(tool, reason, pairing):
    rows = exports.TOOLS[tool]()
    imported = understood(rows, delimiter=";" if tool == "kobo" else ",")
    mapping = imported.mapping
    assert sorted(mapping.answers(E)) == sorted(mapping.answers(P)) == [1, 2, 3, 4, 5, 6]
    answered = mapping.of(Meaning.ANSWER)
    assert {(c.reason, c.pairing) for c in answered} == {(reason, pairing)}
    assert all(0 < c.confidence < 1 for c in answered)
    assert imported.study is not None


@pytest.mark.parametrize(
    ("tool", "seed", "high", "together"),
    [
        ("surveymonkey", 2, 7, False),
        ("google_forms", 3, 7, True),
        ("microsoft_forms", 4, 5, True),
        ("wenjuanxing", 5, 5, False),
        ("limesurvey", 6, 5, False),
        ("kobo", 7, 5, False),
        ("qualtrics", 1, 5, False),
    ],
)
def test_the_answers_are_those_of_the_file(tool, seed, high, together):
    """Every number of the study is the cell it came from: interleaved (E1, P1, …) or in two blocks, in words or in digits."""
    study = understood(exports.TOOLS[tool](), delimiter=";" if tool == "kobo" else ",").study
    cells = np.array(exports.answers(seed, 1, high))
    expected, achieved = (cells[:, ::2], cells[:, 1::2]) if together else (cells[:, :6], cells[:, 6:])
    if tool == "google_forms":  # its third and fourth items stand in the other order
        expected, achieved = expected[:, [0, 1, 3, 2, 4, 5]], achieved[:, [0, 1, 3, 2, 4, 5]]
    assert study.answers[E].to_numpy().tolist() == expected.tolist()
    assert study.answers[P].to_numpy().tolist() == achieved.tolist()
    assert study.instrument.scale == Scale(1, high)


def marked(expected: str, achieved: str, n: int = 4) -> list[list]:
    """A form whose items carry these marks around their text (`{}`), interleaved."""
    texts = ("quick reply", "clear letters", "kind people", "long hours", "quiet rooms", "fair prices")[:n]
    head = exports.interleaved([expected.format(t) for t in texts], [achieved.format(t) for t in texts])
    return [["case", *head], *([f"c{i}", *row] for i, row in enumerate(exports.answers(9, columns=2 * n)))]


@pytest.mark.parametrize(
    ("expected", "achieved"),
    [
        ("{} [EXPECTATION]", "{} [ACTUAL]"),
        ("Expectation: {}", "Perception: {}"),
        ("{}（期望）", "{}（感知）"),
        ("{} (기대)", "{} (인지)"),
        ("{} [harapan]", "{} [persepsi]"),
        ("They should have {}", "They have {}"),
        ("应该有 {}", "有 {}"),
        ("Harus ada {}", "Ada {}"),
        ("What I expected: {}", "What I experienced: {}"),
    ],
)
def test_marks_in_many_languages(expected, achieved):
    mapping = understood(marked(expected, achieved)).mapping
    head = marked(expected, achieved)[0]
    assert list(headers(mapping, E).values()) == head[1::2]
    assert list(headers(mapping, P).values()) == head[2::2]


@pytest.mark.parametrize("names", [("E{}", "P{}"), ("Exp_{}", "Per_{}"), ("Q{}_E", "Q{}_P"), ("item{}e", "item{}p")])
def test_codes(names):
    head = [n.format(i) for n in names for i in range(1, 23)]
    rows = [["Start time", "Completion time", *head], *(["x", "y", *row] for row in exports.answers(3, 1, 7, columns=44))]
    if names == ("E{}", "P{}"):  # our own names: read as our own format, without a map
        assert read_study(exports.as_csv(rows), "a.csv").mapping is None
        return
    mapping = understood(rows).mapping
    assert headers(mapping, E) == {i: names[0].format(i) for i in range(1, 23)}
    assert headers(mapping, P) == {i: names[1].format(i) for i in range(1, 23)}
    assert mapping.grouping is Grouping.INSTRUMENT
    assert mapping.instrument == "servqual-1991"


def test_two_blocks_of_twenty_two_are_a_guess_that_is_said():
    rows = [["sex", *(f"v{i}" for i in range(1, 45))], *([("f", "m")[i % 2], *row] for i, row in enumerate(exports.answers(4, columns=44)))]
    imported = understood(rows)
    assert headers(imported.mapping, E)[1] == "v1"
    assert headers(imported.mapping, P)[22] == "v44"
    assert max(c.confidence for c in imported.mapping.of(Meaning.ANSWER)) < 0.6
    assert next(p for p in imported.problems if p.code == "columns_doubtful").count == 44


def test_ratings_alone_are_no_batteries():
    """Ten ratings without any mark are not made into five pairs."""
    rows = [[f"Rate the {w}" for w in "abcdefghij"], *exports.answers(5, columns=10)]
    imported = understood(rows)
    assert imported.mapping.of(Meaning.ANSWER) == ()
    assert "no_answer_columns" in {p.code for p in imported.problems}
    assert imported.study is None


def test_one_experience_is_no_battery():
    """A word such as `experience` in a few questions does not make them perceptions."""
    rows = [
        [f"How was your experience with the {w}?" for w in ("desk", "web site", "phone line", "car park")],
        *exports.answers(5, columns=4),
    ]
    assert understood(rows).mapping.of(Meaning.ANSWER) == ()


def test_a_missing_partner_is_said():
    rows = marked("{} [expectation]", "{} [perception]", 6)
    rows = [row[:6] + row[7:] for row in rows]  # without the third perception
    mapping = understood(rows).mapping
    assert len(mapping.answers(E)) == 6
    assert len(mapping.answers(P)) == 5
    alone = [c for c in mapping.of(Meaning.ANSWER) if c.pairing == "no_partner"]
    assert [c.header for c in alone] == ["kind people [expectation]"]
    assert alone[0].confidence < 0.6


# -- dimensions, scale, what goes with the batteries


def test_a_plain_table_with_title_codes_and_totals():
    imported = understood(exports.plain())
    assert [(d.id, [i.number for i in imported.mapping.items if i.dimension == d.id]) for d in imported.mapping.dimensions] == [
        ("tan", [1, 2]),
        ("rel", [3, 4]),
        ("emp", [5, 6]),
    ]
    assert imported.mapping.grouping is Grouping.LABEL
    assert imported.mapping.scale == Scale(1, 7)  # the totals below the answers are none
    assert imported.study.n("customers") == exports.N
    assert imported.study.units == ("North", "South")
    assert {"header_not_first", "summary_row", "dimensions_guessed"} <= {p.code for p in imported.problems}


@pytest.mark.parametrize("form", ["[{d}] {t} [{m}]", "{d} - {t} ({m})", "{m}: {d}: {t}"])
def test_dimensions_named_in_the_headers(form):
    texts = [("Reliability", "right dates"), ("Reliability", "full files"), ("Empathy", "kind words"), ("Empathy", "own pace")]
    head = [form.format(d=d, t=t, m=m) for m in ("Expectation", "Perception") for d, t in texts]
    mapping = understood([head, *exports.answers(6, columns=8)]).mapping
    assert [d.id for d in mapping.dimensions] == ["reliability", "empathy"]
    assert mapping.grouping is Grouping.LABEL


def test_without_any_sign_all_items_are_in_one_dimension():
    imported = understood(marked("{} [expectation]", "{} [perception]"))
    assert [d.id for d in imported.mapping.dimensions] == [ALL_ITEMS]
    assert next(p for p in imported.problems if p.code == "dimensions_missing").count == 4


def test_importance_points():
    rows = marked("{} [expectation]", "{} [perception]")
    head = [*rows[0], "Points for tangibles", "Points for reliability", "Points for empathy"]
    shares = ([50, 30, 20], [20, 20, 60], [10, 45, 45], [34, 33, 33])
    rows = [head, *([*row, *shares[i % 4]] for i, row in enumerate(rows[1:]))]
    found = understood(rows).mapping.of(Meaning.IMPORTANCE)
    assert [c.dimension for c in found] == ["tangibles", "reliability", "empathy"]


def test_outcomes_unit_wave_and_segments():
    rows = marked("{} [expectation]", "{} [perception]")
    more = ["Overall, how good is the quality of our service?", "How satisfied are you overall?", "Would you recommend us?"]
    head = [*rows[0], *more, "Branch", "Wave", "Sex"]
    rows = [head, *([*r, 1 + i % 5, 1 + i % 7, i % 11, ("N", "S")[i % 2], "2026", ("f", "m")[i % 2]] for i, r in enumerate(rows[1:]))]
    mapping = understood(rows).mapping
    assert [c.outcome for c in mapping.of(Meaning.OUTCOME)] == ["overall_quality", "satisfaction", "recommend"]
    kinds = (Meaning.RESPONDENT, Meaning.UNIT, Meaning.WAVE, Meaning.SEGMENT)
    assert [[c.header for c in mapping.of(k)] for k in kinds] == [["case"], ["Branch"], ["Wave"], ["Sex"]]


@pytest.mark.parametrize("tool", [*exports.TOOLS, "plain"])
def test_every_guess_has_its_words(tool):
    from gaps.i18n import LANGUAGES, Words

    mapping = understood({**exports.TOOLS, "plain": exports.plain}[tool]()).mapping
    for language in LANGUAGES:
        words = Words(language)
        for column in mapping.columns:
            assert f"mapping.reason.{column.reason}" in words
            assert f"mapping.meaning.{column.meaning}" in words
            assert not column.pairing or f"mapping.pairing.{column.pairing}" in words


def test_every_reason_has_its_words():
    """All codes that the source writes as a reason are worded."""
    import re

    from gaps.i18n import catalogue

    folder = Path(__file__).parents[2] / "gaps" / "importer"
    source = (folder / "recognise.py").read_text() + (folder / "understand.py").read_text()
    worded = {key.removeprefix("mapping.reason.") for key in catalogue("en") if key.startswith("mapping.reason.")}
    unsaid = {code for code in worded - {"given"} if not re.search(rf'"{code}"', source)}
    assert unsaid == set()


def test_the_responses_among_several_sheets():
    """Kobo's repeat groups stand on sheets of their own; the responses are those with the tool's columns and no parent."""
    from workbooks import workbook

    children = [["name", "_index", "_parent_table_name", "_parent_index", "_submission_time", "_uuid"], *[["x", 1, "a", 1, "t", "u"]] * 3]
    imported = read_study(workbook({"answers": exports.kobo(), "children": children, "notes": [["a note"], ["another"]]}), "k.xlsx")
    assert imported.mapping.tool == "kobo"
    assert len(imported.study.instrument.items) == 6
    assert {p.sheet for p in imported.problems if p.code == "sheet_ignored"} == {"children", "notes"}


def test_our_own_format_without_items_is_refused_with_a_map_to_mend_it():
    """Nothing says the dimensions of six items: still an error, but the map that comes with it leads to the study."""
    rows = [[f"{b}{i}" for b in "EP" for i in range(1, 7)], *exports.answers(1)]
    imported = read_study(exports.as_csv(rows), "own.csv")
    assert imported.study is None
    assert "items_unknown" in {p.code for p in imported.problems}
    mended = read_study(exports.as_csv(rows), "own.csv", mapping=imported.mapping)
    assert mended.study.answers[E].to_numpy().tolist() == [row[:6] for row in exports.answers(1)]


def test_choices_without_an_order_are_segments():
    """Ages and kinds of service are no scale: no labels to put in order, and no outcome though the question says overall quality."""
    rows = marked("{} [expectation]", "{} [perception]")
    head = [*rows[0], "Age", "Overall, which service had the best quality?"]
    rows = [head, *([*r, ("18-29", "30-44", "45+")[i % 3], ("desk", "phone", "web")[i % 3]] for i, r in enumerate(rows[1:]))]
    mapping = understood(rows).mapping
    assert [c.header for c in mapping.of(Meaning.SEGMENT)] == head[-2:]
    assert mapping.of(Meaning.OUTCOME) == ()
    assert dict(mapping.labels) == {}


# -- real files


@pytest.fixture(scope="module")
def kiosk():
    return read_study(SHARED / "data" / "kiosk" / "kiosk-google-forms.csv")


@needs_shared
def test_kiosk_is_understood(kiosk):
    """24 pairs though interleaved, out of order, and between two blocks with the same numbers."""
    mapping = kiosk.mapping
    assert mapping.tool == "google_forms"
    for battery, mark in ((E, "기대 설문"), (P, "인지 설문")):
        found = headers(mapping, battery)
        assert sorted(found) == list(range(1, 25))
        assert all(mark in header and header.startswith(f"{item}-") for item, header in found.items())
    outcomes = {c.outcome: c.position for c in mapping.of(Meaning.OUTCOME)}
    assert outcomes == {"satisfaction": 158, "overall_quality": 159, "recommend": 161}
    assert [c.position for c in mapping.of(Meaning.SEGMENT)] == [0, 1, 2]
    assert mapping.grouping is Grouping.NONE
    assert kiosk.study.n("customers") == 207


@needs_shared
def test_kiosk_gives_the_results_of_its_workbook(kiosk):
    """With the authors' eight dimensions, the unedited export gives the numbers of kiosk-study.xlsx."""
    workbook = read_study(SHARED / "data" / "kiosk" / "kiosk-study.xlsx").study
    dimensions = {i.number: i.dimension for i in workbook.instrument.items}
    mapping = loads(dumps(kiosk.mapping.grouped(workbook.instrument.dimensions, dimensions)))
    export = read_study(SHARED / "data" / "kiosk" / "kiosk-google-forms.csv", mapping=mapping).study
    for battery, frame in workbook.answers.items():
        assert frame.equals(export.answers[battery])
    one, other = (result.document(analysis.analyse(s, resamples=50), (), (), deeper=False) for s in (workbook, export))
    for part in ("gaps", "servqual", "reliability", "drivers", "asymmetry"):
        assert _same(_whole(one[part]), _whole(other[part])), part
    gaps = {row["dimension"]: row for row in _whole(other["gaps"]) if row["gap"] == 5 and row["item"] is None}
    # worked out apart from this project, from the cells of the file alone: 207 rows with answers, P - E by the columns' own numbers
    assert gaps[None]["mean"] == pytest.approx(-1.1020531, abs=5e-8)
    assert gaps[None]["n_expected"] == 207
    assert gaps["security"]["mean"] == pytest.approx(-1.7101449, abs=5e-8)


def _whole(part):
    """A part of a result without the rows by segment: segments are called otherwise in the two files."""
    return [row for row in part if row.get("segment") is None] if isinstance(part, list) else part


def _same(one, other) -> bool:
    """Equal but for the order of summing: respondents are grouped by what segments the file has."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == pytest.approx(other, rel=1e-9) if isinstance(one, float) else one == other


EXPORTS = [
    ("qualtrics-three-header-rows.csv", "qualtrics", 3, 4),
    ("qualtrics-preview-and-unfinished-rows.csv", "qualtrics", 3, 4),
    ("surveymonkey-two-header-rows.csv", "surveymonkey", 2, 3),
    ("wenjuanxing-text-answers.xls", "wenjuanxing", 1, 2),
    ("kobo-labels.xlsx", "kobo", 1, 2),
    ("spss-hotel.sav", "spss", None, None),
]


@needs_shared
@pytest.mark.parametrize(("name", "tool", "rows", "first"), EXPORTS)
def test_real_exports(name, tool, rows, first):
    """Recognised as its tool, header rows right, and what is missing for an analysis is said."""
    imported = read_study(SHARED / "exports" / name)
    mapping = imported.mapping
    assert mapping.tool == tool
    if rows:
        assert (list(mapping.header_rows.values()), list(mapping.first_row.values())) == ([rows], [first])
    assert mapping.of(Meaning.ANSWER) == ()
    assert imported.study is None
    assert {"export_recognised", "no_answer_columns"} <= {p.code for p in imported.problems}


@needs_shared
def test_metadata_of_real_exports():
    def found(name: str) -> dict[str, Meaning]:
        return {c.header: c.meaning for c in read_study(SHARED / "exports" / name).mapping.columns}

    qualtrics = found("qualtrics-three-header-rows.csv")
    assert qualtrics["StartDate: Anfangsdatum"] is Meaning.STARTED
    assert qualtrics["RecipientEmail: E-Mail des Empfängers"] is Meaning.PERSONAL
    assert qualtrics["Duration (in seconds): Dauer (in Sekunden)"] is Meaning.DURATION
    wenjuanxing = found("wenjuanxing-text-answers.xls")
    assert [wenjuanxing[h] for h in ("序号", "所用时间", "来自IP")] == [Meaning.RESPONDENT, Meaning.DURATION, Meaning.PERSONAL]
    assert found("kobo-labels.xlsx")["_validation_status"] is Meaning.STATUS
    assert found("surveymonkey-two-header-rows.csv")["RespondentID"] is Meaning.RESPONDENT

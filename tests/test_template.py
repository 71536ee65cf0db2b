from io import BytesIO

import openpyxl
import pytest

from gaps import instruments
from gaps.i18n import LANGUAGES, catalogue
from gaps.importer import read_study
from gaps.model import Battery, Gap, Role, Scale
from gaps.template import LAST_ROW, OUTCOME_SCALES, READ_ME, template

ALL = [(id, language) for id in instruments.available() for language in LANGUAGES]
HARMLESS = {"sheet_ignored", "items_reversed", "no_expectations"}  # the read-me sheet; SERVQUAL 1988; SERVPERF
ROLES = [role.value for role in Role]


@pytest.fixture(scope="module")
def files():
    return {key: template(*key) for key in ALL}


def opened(data: bytes):
    return openpyxl.load_workbook(BytesIO(data))


def header(sheet) -> list[str]:
    return [cell.value for cell in sheet[1]]


def examples(book) -> dict[str, list]:
    """The example row of each sheet, found on the read-me sheet below the row that repeats the sheet's column names."""
    rows = [[v for v in row if v is not None] for row in book[READ_ME].iter_rows(values_only=True)]
    return {role: rows[rows.index(header(book[role])) + 1] for role in ROLES if role in book.sheetnames}


def filled(data: bytes, people: int = 4) -> bytes:
    """The template with the example row of each sheet entered for some people of two units."""
    book = opened(data)
    for role, example in examples(book).items():
        for person in range(people):
            book[role].append([f"{role}{person}", ("Northmere", "Ashmere")[person % 2], *example[2:]])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("id", "roles"), [
    ("servqual-1991", ["customers"]),
    ("servqual-1988", ["customers"]),
    ("servperf", ["customers"]),
    ("zone-of-tolerance", ["customers"]),
    ("servqual-1991-five-gaps", ROLES),
    ("servqual-1991-direct", ROLES),
])  # fmt: skip
def test_sheets_are_those_that_the_instrument_needs(files, id, roles):
    assert opened(files[id, "en"]).sheetnames == [READ_ME, *roles, "items", "study"]


def test_columns_of_the_three_column_form_and_of_both_designs(files):
    zone = header(opened(files["zone-of-tolerance", "en"])["customers"])
    assert zone[:4] == ["respondent", "unit", "wave", "A1"] and {"A22", "D1", "D22", "P22"} <= set(zone) and "E1" not in zone
    assert zone[-8:-3] == ["W_tangibles", "W_reliability", "W_responsiveness", "W_assurance", "W_empathy"]
    assert zone[-3:] == ["overall_quality", "satisfaction", "recommend"]
    same = opened(files["servqual-1991-five-gaps", "en"])
    assert header(same["managers"])[3:] == [f"{b}{n}" for b in "MS" for n in range(1, 23)]
    assert header(same["employees"])[3:] == [f"{b}{n}" for b in "VC" for n in range(1, 23)]
    direct = opened(files["servqual-1991-direct", "en"])
    assert header(direct["managers"])[-5:] == [f"standards_{d.id}" for d in instruments.load("servqual-1991").dimensions]
    assert header(direct["employees"])[3::5] == ["delivery_tangibles", "promises_tangibles"]


@pytest.mark.parametrize("key", ALL)
def test_no_answer_is_in_it_and_every_column_says_what_it_asks(files, key):
    book = opened(files[key])
    for role in ROLES:
        if role not in book.sheetnames:
            continue
        sheet = book[role]
        assert sheet.max_row == 1
        assert sheet.freeze_panes == "D2"
        instrument = instruments.load(key[0])
        for cell in sheet[1]:
            assert cell.comment and "{" not in cell.comment.text
            if cell.value[1:].isdigit():
                assert cell.comment.text.startswith(instrument.item(int(cell.value[1:])).label(key[1]))
        columns = sheet.column_dimensions
        assert [columns[letter].number_format for letter in "ABC"] == ["@"] * 3


@pytest.mark.parametrize("id", instruments.available())
def test_each_answer_column_checks_itself_against_the_study_sheet(files, id):
    book = opened(files[id, "en"])
    settings = {f"study!$B${row}": book["study"].cell(row, 1).value for row in range(2, book["study"].max_row + 1)}
    for role in ROLES:
        if role not in book.sheetnames:
            continue
        covered = {}
        for rule in book[role].data_validations.dataValidation:
            for cells in rule.sqref.ranges:
                assert (cells.min_row, cells.max_row) == (2, LAST_ROW)
                covered |= {column: rule for column in range(cells.min_col, cells.max_col + 1)}
        for number, name in enumerate(header(book[role])[3:], 4):
            rule = covered[number]
            if name.startswith("W_"):
                assert (rule.type, rule.formula1, rule.formula2) == ("decimal", "0", "100")
            elif "_" in name and name not in OUTCOME_SCALES:
                assert rule.type == "custom" and '="none"' in rule.formula1
                assert {settings[place] for place in settings if place + "," in rule.formula1 or place + ")" in rule.formula1} == {
                    "scale_min",
                    "scale_max",
                }
            else:
                scale = name if name in OUTCOME_SCALES else "scale"
                assert rule.type == "whole"
                assert (settings[rule.formula1], settings[rule.formula2]) == (f"{scale}_min", f"{scale}_max")
    rule = book["items"].data_validations.dataValidation[0]
    assert rule.formula1 == '"yes,no"'


@pytest.mark.parametrize("key", ALL)
def test_filled_in_it_is_read_without_a_complaint(files, key):
    instrument = instruments.load(key[0])
    read = read_study(filled(files[key]), "filled.xlsx")
    assert {p.code for p in read.problems} <= HARMLESS
    study = read.study
    assert study.instrument.items == instrument.items
    assert study.instrument.scale == instrument.scale
    assert set(study.answers) == set(instrument.batteries)
    assert set(study.ratings) == set(instrument.direct)
    assert study.outcomes == OUTCOME_SCALES
    assert study.units == ("Ashmere", "Northmere") and study.waves == ("2026-H2",)
    assert not study.simulated
    assert (study.importance.sum(axis=1) == 100).all()
    for battery, frame in study.answers.items():
        assert not frame.isna().any(axis=None)
        if battery in (Battery.EXPECTATION, Battery.PERCEPTION):
            assert (frame >= instrument.scale.max - 2).all(axis=None)  # negatively worded examples are turned round


def test_the_example_of_a_rating_shows_the_word_none(files):
    study = read_study(filled(files["servqual-1991-direct", "en"]), "filled.xlsx").study
    for gap in (Gap.STANDARDS, Gap.DELIVERY, Gap.COMMUNICATION):
        assert study.no_ratings[gap]["empathy"].all() and not study.no_ratings[gap]["tangibles"].any()
        assert study.ratings[gap]["empathy"].isna().all()


def test_empty_it_is_refused_and_without_staff_it_is_read(files):
    data = files["servqual-1991-five-gaps", "en"]
    assert read_study(data, "empty.xlsx").study is None
    book = opened(data)
    example = examples(book)["customers"]
    for person in range(3):
        book["customers"].append([f"C{person}", f"Unit {person}", *example[2:]])
    out = BytesIO()
    book.save(out)
    read = read_study(out.getvalue(), "customers.xlsx")
    assert read.study.n(Role.CUSTOMERS) == 3
    assert {(p.code, p.sheet) for p in read.problems} == {
        ("sheet_ignored", READ_ME), ("empty_sheet", "managers"), ("empty_sheet", "employees")
    }  # fmt: skip


def test_a_scale_changed_on_the_study_sheet_counts(files):
    book = opened(filled(files["servqual-1991", "en"]))
    for row in book["study"].iter_rows(min_row=2):
        if row[0].value == "scale_max":
            row[1].value = 9
    out = BytesIO()
    book.save(out)
    assert read_study(out.getvalue(), "nine.xlsx").study.instrument.scale == Scale(1, 9)


def test_notes_are_in_the_language_and_names_stay_english(files):
    english, chinese = opened(files["servqual-1988", "en"]), opened(files["servqual-1988", "zh"])
    assert english.sheetnames == chinese.sheetnames
    assert header(english["customers"]) == header(chinese["customers"])
    note = {"en": english["customers"]["M1"].comment.text, "zh": chinese["customers"]["M1"].comment.text}
    assert english["customers"]["M1"].value == "E10"
    assert "Negatively worded" in note["en"] and "反向表述" in note["zh"]
    assert [cell.value for cell in english["items"]["D"]] == [cell.value for cell in chinese["items"]["D"]]
    said = [row[0] for row in chinese[READ_ME].iter_rows(values_only=True)]
    assert catalogue("zh")["template.read_me.blank"] in said
    assert any("10、11、12、13、18、19、20、21 和 22" in (line or "") for line in said)


def test_every_sentence_of_the_catalogue_is_used(files):
    shown = set()
    for (_, language), data in files.items():
        if language != "en":
            continue
        for sheet in opened(data):
            for row in sheet.iter_rows():
                shown |= {str(cell.value) for cell in row} | {cell.comment.text for cell in row if cell.comment}
            for rule in sheet.data_validations.dataValidation:
                shown |= {rule.error or "", rule.errorTitle or ""}
    text = "\n".join(shown)
    unused = [
        key for key, sentence in catalogue("en").items()
        if key.startswith("template.") and max(sentence.replace("{", "}").split("}"), key=len) not in text
    ]  # fmt: skip
    assert unused == []


@pytest.mark.parametrize(("id", "language"), [("nope", "en"), ("servperf", "fr")])
def test_an_unknown_instrument_or_language_is_refused(id, language):
    with pytest.raises(ValueError, match=r"allowed are|must be one of"):
        template(id, language)

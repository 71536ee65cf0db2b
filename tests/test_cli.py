"""The command line: what each command prints, writes and returns."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from openpyxl import Workbook, load_workbook

from gaps import cli
from gaps.i18n import LANGUAGES, Words


@pytest.fixture
def study_file(tmp_path):
    """Six customers, two units, two items of one dimension each, every gap -1."""
    book = Workbook()
    sheet = book.active
    sheet.title = "customers"
    sheet.append(["unit", "wave", "age", "E1", "E2", "P1", "P2", "overall_quality"])
    for n in range(6):
        sheet.append([f"Branch {n % 2}", "2026", "young" if n < 3 else "old", 6, 7, 5, 6, 4 + n % 3])
    items = book.create_sheet("items")
    items.append(["item", "dimension", "label"])
    items.append([1, "reliability", "keeps promises"])
    items.append([2, "empathy", "listens"])
    path = tmp_path / "study.xlsx"
    book.save(path)
    return path


@pytest.fixture
def broken_file(tmp_path):
    book = Workbook()
    book.active.append(["colour", "taste"])
    book.active.append(["red", "sweet"])
    path = tmp_path / "broken.xlsx"
    book.save(path)
    return path


def test_check_lists_what_was_read(study_file, capsys):
    assert cli.main(["check", str(study_file), "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert "customers (sheet customers): 6 rows read, 6 respondents used, 0 set aside" in out
    assert "The study can be analysed." in out


def test_check_refuses_with_every_error_and_status_one(broken_file, capsys):
    assert cli.main(["check", str(broken_file), "--language", "en"]) == 1
    assert "ERROR" in capsys.readouterr().out


def test_analyse_prints_findings_and_writes_json(study_file, tmp_path, capsys):
    out = tmp_path / "result.json"
    assert cli.main(["analyse", str(study_file), "--json", str(out), "--resamples", "50", "--seed", "3", "--language", "en"]) == 0
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["schema"] == "gaps-result/1"
    total = [r for r in document["gaps"] if r["gap"] == 5 and not any(r[k] for k in ("unit", "wave", "segment", "dimension", "item"))]
    assert [r["mean"] for r in total] == [-1.0]
    assert all(f["seed"] == 3 for f in document["drivers"])
    assert "Customers who can be used: 6; mean gap −1.00" in capsys.readouterr().out


def test_analyse_to_standard_output_is_nothing_but_json(study_file, capsys):
    assert cli.main(["analyse", str(study_file), "--json", "-", "--resamples", "20"]) == 0
    assert json.loads(capsys.readouterr().out)["study"]["respondents"]["customers"] == 6


def test_selection_narrows_the_study(study_file, capsys):
    options = ["--unit", "Branch 1", "--wave", "2026", "--segment", "age=old"]
    assert cli.main(["analyse", str(study_file), "--json", "-", "--resamples", "20", *options]) == 0
    assert json.loads(capsys.readouterr().out)["study"]["respondents"]["customers"] == 2


def test_refused_study_has_status_one_and_its_problems_in_the_json(broken_file, tmp_path, capsys):
    out = tmp_path / "result.json"
    assert cli.main(["analyse", str(broken_file), "--json", str(out)]) == 1
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["gaps"] == [] and any(p["severity"] == "error" and p["message"] for p in document["problems"])
    assert capsys.readouterr().err.strip()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["nonsense"],
        ["check", "no-such-file.xlsx"],
        ["analyse", "STUDY", "--unit", "Atlantis"],
        ["analyse", "STUDY", "--segment", "age"],
        ["analyse", "STUDY", "--segment", "age=ancient"],
        ["analyse", "STUDY", "--segment", "shoe=42"],
        ["analyse", "STUDY", "--resamples", "0"],
        ["analyse", "STUDY", "--json", "/no/such/folder/x.json"],
        ["template", "x.xlsx", "--instrument", "horoscope"],
    ],
)
def test_wrong_command_lines_have_status_two_and_say_why(arguments, study_file, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([str(study_file) if a == "STUDY" else a for a in arguments])
    assert stop.value.code == 2
    assert capsys.readouterr().err.strip()


def test_template_and_sample_are_workbooks(tmp_path):
    for command in ("template", "sample"):
        out = tmp_path / f"{command}.xlsx"
        assert cli.main([command, str(out)]) == 0
        assert "customers" in load_workbook(out, read_only=True).sheetnames


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("command", ["check", "analyse", "sample", "template", "serve", "shared", "forget"])
def test_help_teaches_in_both_languages(command, language, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main([command, "--language", language, "--help"])
    assert stop.value.code == 0
    assert Words(language)(f"cli.{command}.example").splitlines()[-1].strip() in capsys.readouterr().out


def test_control_characters_from_a_file_never_reach_the_terminal(capsys):
    cli._say("unit \x1b[31mred\x07")
    assert "\x1b" not in capsys.readouterr().out


def test_runs_as_a_module():
    done = subprocess.run([sys.executable, "-m", "gaps", "--version"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and done.stdout.strip()


@pytest.fixture
def export_file(tmp_path):
    """A form with two items, expectation and perception interleaved, every gap -1."""
    path = tmp_path / "form.csv"
    head = "Timestamp,1-1. swift [EXPECTATION],1-2. swift [ACTUAL],2-1. kind [EXPECTATION],2-2. kind [ACTUAL],3-1. fair [EXPECTATION],"
    rows = [f"2026/05/0{n} 10:00,{n},{n - 1},{n},{n - 1},{n},{n - 1},a{n}@example.org" for n in range(2, 8)]
    path.write_text("\n".join([head + "3-2. fair [ACTUAL],Email Address", *rows]), encoding="utf-8")
    return path


def test_map_says_what_each_column_is_and_writes_it_down(export_file, tmp_path, capsys):
    out = tmp_path / "mapping.toml"
    assert cli.main(["map", str(export_file), "--out", str(out), "--language", "en"]) == 0
    said = capsys.readouterr().out
    assert "Google Forms: 8 columns." in said
    assert "B 1-1. swift [EXPECTATION] → E1" in said
    assert "H Email Address → personal data, not kept" in said
    assert "example.org" not in out.read_text(encoding="utf-8") + said


def test_the_mapping_drives_check_and_analyse(export_file, tmp_path, capsys):
    """A corrected mapping decides: the item taken out of it is not analysed."""
    mapping, out = tmp_path / "mapping.toml", tmp_path / "result.json"
    cli.main(["map", str(export_file), "--out", str(mapping)])
    text = mapping.read_text(encoding="utf-8").replace("all_items", "warmth").replace('grouping = "none"', 'grouping = "given"')
    mapping.write_text(text, encoding="utf-8")
    assert cli.main(["check", str(export_file), "--mapping", str(mapping)]) == 0
    arguments = ["analyse", str(export_file), "--mapping", str(mapping), "--json", str(out), "--resamples", "50"]
    assert cli.main(arguments) == 0
    document = json.loads(out.read_text(encoding="utf-8"))
    assert [d["id"] if isinstance(d, dict) else d for d in document["study"]["dimensions"]] == ["warmth"]
    assert {r["mean"] for r in document["gaps"] if r["gap"] == 5 and r["dimension"] == "warmth"} == {-1.0}
    capsys.readouterr()


def test_a_mapping_that_is_none_is_refused(export_file, tmp_path, capsys):
    mapping = tmp_path / "mapping.toml"
    mapping.write_bytes(b"\xff\xfe nothing")
    assert cli.main(["analyse", str(export_file), "--mapping", str(mapping), "--language", "en"]) == 1
    assert "mapping cannot be read" in capsys.readouterr().err
    with pytest.raises(SystemExit) as stop:
        cli.main(["analyse", str(export_file), "--mapping", str(tmp_path / "gone.toml")])
    assert stop.value.code == 2


def test_map_of_a_file_that_cannot_be_read(tmp_path, capsys):
    path = tmp_path / "empty.csv"
    path.write_bytes(b"")
    assert cli.main(["map", str(path), "--language", "en"]) == 1
    assert "ERROR" in capsys.readouterr().err


def test_map_mentions_a_kept_mapping_and_nothing_uses_it_unasked(export_file, tmp_path, capsys):
    from gaps.importer import correction, mapping_of, shelf

    found, _ = mapping_of(export_file, export_file.name)
    shelf.keep(correction.reverse(found, {1}))
    path = shelf.kept(found.shape).path
    assert cli.main(["map", str(export_file), "--out", "-", "--language", "en"]) == 0
    said = capsys.readouterr()
    assert str(path) in said.err and "was kept on" in said.err
    assert "reversed" not in said.out
    assert cli.main(["check", str(export_file), "--language", "en"]) == 0
    assert "turned round" not in capsys.readouterr().out
    assert cli.main(["check", str(export_file), "--mapping", str(path), "--language", "en"]) == 0
    assert "turned round" in capsys.readouterr().out


def test_small_groups_are_hidden_only_where_it_is_asked_for(tmp_path, capsys):
    lines = [",".join(["unit", *(f"{b}{i}" for b in "EP" for i in range(1, 23))])]
    lines += [",".join([unit, *(str(4 + (k + i) % 3) for i in range(44))]) for unit, n in (("A", 3), ("B", 9), ("C", 40)) for k in range(n)]
    file, out = tmp_path / "units.csv", tmp_path / "out.json"
    file.write_text("\n".join(lines), encoding="utf-8")
    for minimum, hidden in ((), {}), (("--minimum", "5,3,3"), {"A": "small_group", "B": "guards_others"}), (("--minimum", "1"), {}):
        assert cli.main(["analyse", str(file), "--json", str(out), "--headline-only", "--resamples", "10", *minimum]) == 0
        rows = [r for r in json.loads(out.read_text(encoding="utf-8"))["gaps"] if r["gap"] == 5 and r["unit"] and r["dimension"] is None]
        assert {r["unit"]: r["withheld"] for r in rows if r["withheld"]} == hidden
        assert {r["unit"] for r in rows if r["mean"] is None and r["n_achieved"] is None} == set(hidden)
    capsys.readouterr()
    with pytest.raises(SystemExit):
        cli.main(["analyse", str(file), "--minimum", "5,3"])
    assert "5,3" in capsys.readouterr().err


@pytest.fixture
def index_file(tmp_path):
    """200 people on ACSI's questions, one answer missing."""
    from gaps.indices.models import ACSI
    from tests.simulate.index_designs import answers

    frame = answers(np.random.default_rng(0), 200, "satisfied", 0.4 + 0.6 * np.eye(len(ACSI.columns)), ACSI)
    frame["CUSCO"] = (frame["CUSCO"] < 6).astype(float)
    frame.loc[3, "CUEX1"] = np.nan
    path = tmp_path / "answers.csv"
    frame.to_csv(path, index=False)
    return path


def test_index_in_sentences_and_json(index_file, tmp_path, capsys):
    out = tmp_path / "index.json"
    options = ["--model", "acsi", "--resamples", "50", "--seed", "3", "--json", str(out), "--language", "en"]
    assert cli.main(["index", str(index_file), *options]) == 0
    said = capsys.readouterr().out
    document = json.loads(out.read_text(encoding="utf-8"))
    fit = document["fit"]
    assert (document["schema"], document["model"]["id"]) == ("gaps-index/1", "acsi")
    assert (fit["n"], fit["n_left_out"], fit["seed"], fit["resamples"], fit["scheme"]) == (199, 1, 3, 50, "path")
    assert f"Satisfaction index {fit['index']:.1f} of 100" in said
    assert len(fit["paths"]) == 9 and len(fit["indicators"]) == 14 and "model" not in fit


def test_index_to_standard_output_is_nothing_but_json(index_file, capsys):
    assert cli.main(["index", str(index_file), "--model", "acsi", "--resamples", "20", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["fit"]["n"] == 199


def test_index_names_the_missing_columns_and_what_they_ask(index_file, tmp_path, capsys):
    out = tmp_path / "index.json"
    assert cli.main(["index", str(index_file), "--model", "ecsi", "--json", str(out), "--language", "en"]) == 1
    error = capsys.readouterr().err
    assert "IMAG1, IMAG2" in error and "IMAG1: image, can be trusted (1 to 10)" in error and "CUEX1:" not in error
    document = json.loads(out.read_text(encoding="utf-8"))
    assert document["fit"] is None and "questions_missing" in {p["code"] for p in document["problems"]}


def test_index_on_another_scale(index_file, capsys):
    assert cli.main(["index", str(index_file), "--model", "acsi", "--resamples", "20", "--scale", "0", "10", "--language", "en"]) == 0
    shifted = capsys.readouterr().out
    assert cli.main(["index", str(index_file), "--model", "acsi", "--resamples", "20", "--language", "en"]) == 0
    one, two = (float(re.search(r"index (\d+\.\d)", text)[1]) for text in (capsys.readouterr().out, shifted))
    assert two == pytest.approx((one * 9 + 100) / 10, abs=0.1)


def test_index_lists_its_questions(capsys):
    assert cli.main(["index", "--model", "scsb", "--questions", "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert "PERV1: perceived performance, price, given the quality (1 to 10)" in out and len(out.splitlines()) == 11


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model", "acsi"], "--questions"),
        (["x.csv", "--model", "acsi"], "x.csv"),
        (["--model", "acsi", "--scale", "7", "1", "--questions"], "7"),
    ],
)
def test_index_on_a_wrong_command_line(options, said, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(["index", *options, "--language", "en"])
    assert stopped.value.code == 2 and said in capsys.readouterr().err


def test_studies_whose_link_ended_are_said_and_deleted_together(study_file, capsys, monkeypatch):
    from gaps import store
    from gaps.importer import read_study
    from gaps.store import terms

    read = read_study(study_file.read_bytes(), study_file.name)
    tokens = [store.keep(replace(read, until=until)) for until in (date(2026, 12, 3), date(2026, 12, 9), None)]
    monkeypatch.setattr(terms, "today", lambda: date(2026, 12, 4))
    words = Words("en")
    assert cli.main(["shared", "--language", "en"]) == 0
    said = capsys.readouterr().out
    for term in (
        words("cli.shared.ended", day="3 December 2026"),
        words("cli.shared.until", day="9 December 2026"),
        words("cli.shared.open"),
    ):
        assert said.count(f"· {term} ·") == 1
    assert cli.main(["forget", "--ended", store.id_of(tokens[2])]) == 0
    assert words("cli.forget.count", n=2) in capsys.readouterr().out
    assert [k.until for k in store.kept()] == [date(2026, 12, 9)]
    assert cli.main(["forget", "--ended"]) == 0
    assert cli.main(["forget", "--language", "en"]) == 2
    assert words("cli.forget.nothing") in capsys.readouterr().err


def test_shared_studies_are_listed_and_forgotten(study_file, capsys):
    from gaps import store
    from gaps.importer import read_study

    token = store.keep(read_study(study_file.read_bytes(), study_file.name))
    assert cli.main(["shared"]) == 0
    shown = capsys.readouterr().out
    assert store.id_of(token) in shown
    assert token not in shown
    assert cli.main(["forget", "nothing", "--language", "zh"]) == 1
    assert Words("zh")("cli.forget.unknown", which="nothing") in capsys.readouterr().err
    assert cli.main(["forget", f"http://localhost:8501/?study={token}"]) == 0
    assert store.load(token) == store.Refused("unknown")
    assert cli.main(["shared"]) == 0
    assert store.id_of(token) not in capsys.readouterr().out

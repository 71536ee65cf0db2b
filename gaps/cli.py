"""The command line: everything the app does, without a browser.

Exit status: 0 done; 1 the study cannot be analysed; 2 wrong command line.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from gaps import __version__, instruments, settings
from gaps.analysis import RESAMPLES, SEED
from gaps.i18n import LANGUAGES, Words
from gaps.model import Role, Scale, Selection, Study, Withheld
from gaps.problems import Problem, Severity

DONE, CANNOT, WRONG = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    words = Words(_language_of(arguments))
    parser = _parser(words)
    options = parser.parse_args(arguments)
    try:
        return options.run(options, words)
    except _WrongCommandLine as error:
        parser.exit(WRONG, f"{parser.prog}: {error}\n")
    except BrokenPipeError:
        return DONE


class _WrongCommandLine(Exception):
    """What was asked for does not exist; said on standard error, exit status 2."""


def _language_of(arguments: Sequence[str]) -> str:
    """The language is needed before the parser exists, whose help speaks it."""
    for option, value in zip(arguments, [*arguments[1:], ""][: len(arguments)], strict=True):
        given = value if option == "--language" else option.removeprefix("--language=") if option.startswith("--language=") else ""
        if given in LANGUAGES:
            return given
    return settings.language()


def _parser(words: Words) -> argparse.ArgumentParser:
    shape = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(
        prog="python -m gaps", description=words("cli.about"), epilog=words("cli.examples"), formatter_class=shape
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)

    def command(name: str, run) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=words(f"cli.{name}.help"),
            description=words(f"cli.{name}.about"),
            epilog=words(f"cli.{name}.example"),
            formatter_class=shape,
        )
        sub.add_argument("--language", choices=LANGUAGES, default=words.language, help=words("cli.language"))
        sub.set_defaults(run=run)
        return sub

    check = command("check", _check)
    _takes_files(check, words)
    check.add_argument("--mapping", metavar="M.toml", type=Path, help=words("cli.mapping"))

    guess = command("map", _map)
    _takes_files(guess, words)
    guess.add_argument("--out", metavar="M.toml", help=words("cli.map_out"))

    analyse = command("analyse", _analyse)
    _takes_files(analyse, words)
    analyse.add_argument("--mapping", metavar="M.toml", type=Path, help=words("cli.mapping"))
    analyse.add_argument("--json", metavar="OUT", help=words("cli.json"))
    analyse.add_argument("--expert", action="store_true", help=words("cli.expert.help"))
    analyse.add_argument("--headline-only", action="store_true", help=words("cli.expert.headline_only"))
    analyse.add_argument("--seed", metavar="N", type=_whole(0), default=SEED, help=words("cli.seed"))
    analyse.add_argument("--resamples", metavar="N", type=_whole(1), default=RESAMPLES, help=words("cli.resamples"))
    analyse.add_argument("--unit", metavar="NAME", action="append", default=[], help=words("cli.unit"))
    analyse.add_argument("--wave", metavar="NAME", action="append", default=[], help=words("cli.wave"))
    analyse.add_argument("--segment", metavar="COLUMN=VALUE", action="append", default=[], help=words("cli.segment"))
    analyse.add_argument("--minimum", metavar="N,N,N", type=_minimum, help=words("disclosure.cli"))

    index = command("index", _index)
    index.add_argument("file", metavar="FILE", type=Path, nargs="?", help=words("cli.index.file"))
    index.add_argument("--model", choices=_models(), required=True, help=words("cli.index.model"))
    index.add_argument("--scale", metavar=("MIN", "MAX"), type=float, nargs=2, help=words("cli.index.scale"))
    index.add_argument("--scheme", choices=("path", "centroid", "factorial"), default="path", help=words("cli.index.scheme"))
    index.add_argument("--questions", action="store_true", help=words("cli.index.questions"))
    index.add_argument("--json", metavar="OUT", help=words("cli.json"))
    index.add_argument("--seed", metavar="N", type=_whole(0), default=SEED, help=words("cli.seed"))
    index.add_argument("--resamples", metavar="N", type=_whole(1), default=RESAMPLES, help=words("cli.resamples"))

    sample = command("sample", _sample)
    sample.add_argument("out", metavar="OUT.xlsx", type=Path, help=words("cli.out"))
    sample.add_argument("--seed", metavar="N", type=_whole(0), default=SEED, help=words("cli.sample_seed"))

    template = command("template", _template)
    template.add_argument("out", metavar="OUT.xlsx", type=Path, help=words("cli.out"))
    template.add_argument("--instrument", choices=instruments.available(), default=_default_of_template(), help=words("cli.instrument"))

    command("shared", _shared)
    forget = command("forget", _forget)
    forget.add_argument("which", metavar="ID", nargs="*", help=words("cli.forget.which"))
    forget.add_argument("--ended", action="store_true", help=words("cli.forget.ended"))

    serve = command("serve", _serve)
    serve.add_argument("--port", metavar="N", type=_whole(1), default=8501, help=words("cli.port"))
    serve.add_argument("--address", metavar="HOST", default="localhost", help=words("cli.address"))
    return parser


def _takes_files(command: argparse.ArgumentParser, words: Words) -> None:
    command.add_argument("files", metavar="FILE", type=Path, nargs="+", help=words("cli.file"))
    command.add_argument("--who", metavar="SHEET=ROLE", action="append", default=[], help=words("cli.who"))


def _default_of_template() -> str:
    import inspect

    from gaps.template import template

    return inspect.signature(template).parameters["instrument_id"].default


def _whole(least: int):
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"{value} < {least}")
        return value

    number.__name__ = "int"
    return number


def _minimum(text: str):
    from gaps.disclosure import Minimum

    try:
        return Minimum.of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _check(options: argparse.Namespace, words: Words) -> int:
    imported = _read(options, words)
    if imported.report is not None:
        _say(words("cli.read", file=imported.report.filename))
        for role in imported.report.roles:
            _say(
                words(
                    "cli.role",
                    role=words(f"cli.role_name.{role.role}"),
                    sheet=role.sheet,
                    read=role.rows_read,
                    used=role.respondents_used,
                    set_aside=role.respondents_set_aside,
                    answers=role.answers_read,
                    answers_used=role.answers_used,
                    answers_set_aside=role.answers_set_aside,
                )
            )
    for problem in imported.problems:
        _say(_line(problem, words))
    if imported.study is None:
        _say(words("cli.refused", errors=sum(p.severity is Severity.ERROR for p in imported.problems)))
        return CANNOT
    _say(words("cli.accepted"))
    return DONE


def _analyse(options: argparse.Namespace, words: Words) -> int:
    from gaps import analysis, findings, quality, result
    from gaps.disclosure import protect
    from gaps.findings import first
    from gaps.findings.disclosure import left_out

    imported = _read(options, words)
    messages = [_message(p, words) for p in imported.problems]
    if imported.study is None:
        for problem in imported.problems:
            _say(_line(problem, words), error=True)
        if options.json:
            _write(options.json, result.dumps(result.refusal(imported.problems, messages)), words)
        return CANNOT
    selection = _selection(options, imported.study, words)
    doubts = quality.checks(imported.study)
    study = quality.set_aside(imported.study, quality.default_switches(doubts), doubts)
    protection = protect(study, options.minimum) if options.minimum else None
    how = {"seed": options.seed, "resamples": options.resamples, "crossed": bool(options.json)}
    analysed = analysis.analyse(study, selection, **how, protection=protection)
    if options.json:
        _write(
            options.json,
            result.dumps(result.document(analysed, imported.problems, messages, words.language, deeper=not options.headline_only)),
            words,
        )
    if options.json != "-":
        for kind, found in (("notice", study.exclusions), ("doubts", [d for d in doubts if not d.by_default])):
            counted = [words("quality.counted", name=words(f"quality.name.{c}"), n=n) for c, n in quality.totals(found).items()]
            if counted:
                _say(words(f"quality.{kind}", what=words.list(counted)))
        if said := left_out(analysed.protected, words):
            _say(said)
        for finding in analysed.findings:
            _say("• " + findings.sentence(finding, analysed.study, words))
        _say("• " + first.sentence(analysed.deeper().priorities, analysed.study, words))
        if options.expert:
            _say_expert(analysed, words)
    for problem in imported.problems:
        if problem.severity is Severity.WARNING:
            _say(_line(problem, words), error=True)
    return DONE


def _say_expert(analysed, words: Words) -> None:
    from gaps.findings.expert import sections

    for heading, sentences in sections(analysed.deeper(), words):
        _say(f"\n{heading}")
        for sentence in sentences:
            _say("• " + sentence)


def _models() -> tuple[str, ...]:
    from gaps.indices.models import MODELS

    return tuple(MODELS)


def _index(options: argparse.Namespace, words: Words) -> int:
    from gaps import result
    from gaps.findings import satisfaction
    from gaps.importer.questions import read_questions
    from gaps.indices.models import MODELS
    from gaps.indices.path_model import path_model

    model = MODELS[options.model] if options.scale is None else MODELS[options.model].on_scale(_scale(options.scale, words))
    if options.questions:
        for line in (words("indices.questions", model=model.id.upper()), *satisfaction.questions(model, words)):
            _say(line)
        return DONE
    if options.file is None:
        raise _WrongCommandLine(words("cli.index.no_file"))
    _exists(options.file, words)
    answers = read_questions(options.file, options.file.name, {i.column: i.scale for i in model.indicators})
    for problem in answers.problems:
        if problem.severity is not Severity.INFORMATION:
            _say(_line(problem, words), error=True)
    if answers.frame is None:
        absent = {c for p in answers.problems if p.code == "questions_missing" for c in p.values["columns"].split(", ")}
        asked = [line for i, line in zip(model.columns, satisfaction.questions(model, words), strict=True) if i in absent]
        for line in (words("indices.missing"), *asked) if asked else ():
            _say(line, error=True)
    found = None
    if answers.frame is not None:
        found = path_model(answers.frame, model, scheme=options.scheme, resamples=options.resamples, seed=options.seed)
    if options.json:
        messages = [_message(p, words) for p in answers.problems]
        _write(options.json, result.dumps(result.index_document(model, found, answers.problems, messages)), words)
    if found is not None and options.json != "-":
        for line in satisfaction.sentences(found, words):
            _say(line)
    return CANNOT if found is None or isinstance(found, Withheld) else DONE


def _scale(ends: Sequence[float], words: Words) -> Scale:
    try:
        return Scale(*ends)
    except ValueError as error:
        raise _WrongCommandLine(words("cli.index.bad_scale", low=ends[0], high=ends[1])) from error


def _sample(options: argparse.Namespace, words: Words) -> int:
    from gaps.sample import sample

    return _save(options.out, sample(options.seed), words)


def _template(options: argparse.Namespace, words: Words) -> int:
    from gaps.template import template

    return _save(options.out, template(options.instrument, words.language), words)


def _serve(options: argparse.Namespace, words: Words) -> int:
    app = Path(__file__).resolve().parent.parent / "app.py"
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    command += ["--server.port", str(options.port), "--server.address", options.address]
    try:
        return subprocess.run(command, cwd=app.parent, check=False).returncode
    except KeyboardInterrupt:
        return DONE


def _shared(options: argparse.Namespace, words: Words) -> int:
    from gaps import store

    found = store.kept()
    _say(words("cli.shared.count", n=len(found), folder=str(settings.folder())))
    for one in found:
        told = {"id": one.id, "date": words.date(one.when), "megabytes": one.size / (1 << 20)}
        said = "unread" if not one.title else "open" if one.until is None else "ended" if store.ended(one.until) else "until"
        term = words(f"cli.shared.{said}", day="" if one.until is None else words.date(one.until))
        _say(words("cli.shared.line", **told, title=one.title or words("cli.shared.unreadable"), term=term))
    return DONE


def _forget(options: argparse.Namespace, words: Words) -> int:
    from gaps import store

    if not options.which and not options.ended:
        _say(words("cli.forget.nothing"), error=True)
        return WRONG
    over = store.remove_ended() if options.ended else 0
    gone = [store.remove(store.id_of(which)) for which in options.which]
    for which, n in zip(options.which, gone, strict=True):
        if not n:
            _say(words("cli.forget.unknown", which=which), error=True)
    _say(words("cli.forget.count", n=over + sum(gone)))
    return DONE if all(gone) else CANNOT


def _map(options: argparse.Namespace, words: Words) -> int:
    from gaps.importer import mapping, mapping_of, shelf

    found, problems = mapping_of(_files(options, words), roles=_who(options, words))
    for problem in problems:
        _say(_line(problem, words), error=True)
    if found is None:
        return CANNOT
    if (kept := shelf.kept(found.shape)) is not None:
        _say(words("cli.map.kept", date=words.date(kept.when), file=str(kept.path)), error=True)
    if options.out:
        _write(options.out, mapping.dumps(found), words)
    if options.out != "-":
        for line in _columns(found, words):
            _say(line)
    return DONE


def _columns(found, words: Words):
    """What each column is taken for, how surely and why, a line each."""
    from gaps.importer import correction
    from gaps.importer.mapping import Meaning
    from gaps.importer.recognise import tool_name
    from gaps.importer.sheets import letters

    yield words("cli.map.tool", tool=tool_name(found.tool) or words("mapping.unknown_tool"), columns=len(found.columns))
    role = None
    several = len({c.role for c in found.columns}) > 1
    for column in found.columns:
        if several and column.role is not role:
            role = column.role
            yield words("cli.map.sheet", role=words(f"cli.role_name.{role}"), sheet=column.sheet)
        if column.meaning is Meaning.ANSWER:
            taken = f"{column.battery.value}{column.item}"
        elif column.meaning is Meaning.RATING:
            taken = f"{words('mapping.meaning.rating')} {correction.choice_of(column)}: {column.dimension}"
        else:
            taken = words(f"mapping.meaning.{column.meaning}") + (f" {column.outcome}" if column.outcome else "")
        paired = {"pairing": words(f"mapping.pairing.{column.pairing}")} if column.pairing else {}
        yield words(
            "cli.map.paired" if paired else "cli.map.column",
            column=letters(column.position),
            header=column.header[:60],
            taken=taken,
            confidence=words.percent(column.confidence),
            reason=words(f"mapping.reason.{column.reason}"),
            **paired,
        )
    if found.items:
        yield words(f"mapping.grouping.{found.grouping}")


def _exists(file: Path, words: Words) -> None:
    if not file.is_file():
        raise _WrongCommandLine(words("cli.no_file", file=str(file)))


def _files(options: argparse.Namespace, words: Words) -> list[tuple[str, Path]]:
    for file in options.files:
        _exists(file, words)
    return [(file.name, file) for file in options.files]


def _who(options: argparse.Namespace, words: Words) -> dict[str, str]:
    """Who answered which sheet, as the command line says."""
    said = {}
    for text in options.who:
        sheet, equals, role = text.rpartition("=")
        if not equals or role not in (*Role, "nobody"):
            raise _WrongCommandLine(words("cli.who_shape", given=text))
        said[sheet] = "" if role == "nobody" else role
    return said


def _read(options: argparse.Namespace, words: Words):
    from gaps.importer import Imported, read_study
    from gaps.importer.mapping import ColumnMap, loads

    files, who = _files(options, words), _who(options, words)
    if options.mapping is None:
        return read_study(files, roles=who)
    _exists(options.mapping, words)
    given = loads(options.mapping.read_bytes().decode("utf-8-sig", "replace"))
    return read_study(files, mapping=given, roles=who) if isinstance(given, ColumnMap) else Imported(None, given, None)


def _selection(options: argparse.Namespace, study: Study, words: Words) -> Selection:
    """The selection asked for; every name must exist in the study."""
    _known(options.unit, study.units, "unit", words)
    _known(options.wave, study.waves, "wave", words)
    segments: dict[str, list[str]] = {}
    for text in options.segment:
        column, equals, value = text.partition("=")
        if not equals:
            raise _WrongCommandLine(words("cli.segment_shape", given=text))
        _known([column], study.segments, "segment", words)
        _known([value], tuple(map(str, study.customers[column].cat.categories)), column, words)
        segments.setdefault(column, []).append(value)
    return Selection(tuple(options.unit), tuple(options.wave), tuple((c, tuple(v)) for c, v in segments.items()))


def _known(names: Sequence[str], allowed: Sequence[str], kind: str, words: Words) -> None:
    for name in names:
        if name not in allowed:
            listed = words.list(allowed[:40]) or words("cli.nothing")
            raise _WrongCommandLine(words("cli.unknown_name", kind=kind, name=name, allowed=listed))


def _message(problem: Problem, words: Words) -> str:
    return words(f"problems.{problem.code}", **problem.values)


def _line(problem: Problem, words: Words) -> str:
    """One problem on one line: severity, place as seen in Excel, sentence."""
    place = []
    if problem.sheet:
        place.append(words("cli.sheet", sheet=problem.sheet))
    if problem.column:
        place.append(words("cli.column", column=problem.column))
    if problem.rows:
        rows = ", ".join(map(str, problem.rows)) + (" …" if problem.count > len(problem.rows) else "")
        place.append(words("cli.rows", rows=rows))
    where = f" [{'; '.join(place)}]" if place else ""
    return f"{words(f'cli.severity.{problem.severity}')}{where} {_message(problem, words)}"


def _write(target: str, text: str, words: Words) -> None:
    if target == "-":
        sys.stdout.write(text + "\n")
        return
    _save(Path(target), text.encode("utf-8"), words)


def _save(path: Path, data: bytes, words: Words) -> int:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise _WrongCommandLine(words("cli.cannot_write", file=str(path), why=error.strerror or str(error))) from error
    _say(words("cli.written", file=str(path)), error=True)
    return DONE


def _say(text: str, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    printable = "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in text)  # no terminal control from data
    encoding = stream.encoding or "utf-8"
    stream.write(printable.encode(encoding, "replace").decode(encoding) + "\n")

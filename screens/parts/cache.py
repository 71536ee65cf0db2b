"""The only caches of the app: around the core's entry functions, keyed by digest, fingerprint and settings, never by a table.

`st.cache_data` would hash a table of 50,000 rows by a sample (and show a stale gap) and copy it at every hit; the core's values are
frozen, so sessions share them.
"""

from __future__ import annotations

import gc
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from enum import Enum
from functools import partial
from numbers import Number
from pathlib import Path
from threading import Lock

import streamlit as st

from gaps import settings
from gaps.model import Selection, Study
from screens.parts import server, state

SAMPLE = Path(__file__).parents[2] / "data" / "sample.xlsx"
SEED = 1
RESAMPLES = 2000
STUDIES = 12
ANALYSES = 32
CHARTS = 256
SAID = 256
PLANS = 64
UPLOADS = 4  # kept whole, to be read again as their columns are corrected or as managers' and employees' files come later


Files = tuple[tuple[str, bytes], ...]  # name and content of each


class Forgotten(LookupError):
    """The file asked for has made room for others."""


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def _kept(digest: str, _imported=None):
    if _imported is None:
        raise Forgotten(digest)
    return _imported


def keep(digest: str, imported) -> str:
    """Keep what was made of a file under its digest: two files of one study may differ in what was wrong with them."""
    _kept(digest, imported)
    return digest


def digest(names: tuple[str, ...], contents: tuple[bytes, ...], how: str = "") -> str:
    """What files are kept under."""
    whole = hashlib.sha256(how.encode())
    for name, content in zip(names, contents, strict=True):
        whole.update(hashlib.sha256(name.encode("utf-8", "replace")).digest() + hashlib.sha256(content).digest())
    return whole.hexdigest()


@st.cache_resource(max_entries=UPLOADS, show_spinner=False)
def _upload(digest: str, _files=None):
    if _files is None:
        raise Forgotten(digest)
    return _files


def keep_files(files: Files) -> str:
    """Keep files handed in together as they are, and say under which digest."""
    key = digest(*zip(*files, strict=True))
    _upload(key, files)
    return key


def files(digest: str) -> Files:
    """Name and bytes of each file kept whole. Raises `Forgotten` when they have made room for others."""
    return _upload(digest)


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def _checks(fingerprint: str, file: str | None, _study: Study):
    from gaps.quality import checks

    return checks(_study)


def checks(study: Study):
    """What is odd in the answers of a study."""
    return _checks(study.fingerprint, state.file(), study)  # the same answers may stand in other rows of another file


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def _less(fingerprint: str, switches: tuple[str, ...], _study: Study):
    from gaps.quality import set_aside

    return set_aside(_study, switches, checks(_study))


def less(study: Study, switches: tuple[str, ...]) -> Study:
    """A study without what the switches set aside. Raises ValueError when nothing would be left to ask about."""
    return _less(study.fingerprint, switches, study) if switches else study


def imported(digest: str):
    """What was made of a file. Raises `Forgotten` when it has made room for others."""
    return _kept(digest)


def protection(study: Study):
    """Which groups of a study are too small to be shown."""
    minimum = settings.minimum()
    return _protection(study.fingerprint, str(minimum), minimum, study)


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def _protection(fingerprint: str, least: str, _minimum, _study: Study):
    from gaps.disclosure import protect

    return protect(_study, _minimum)


def analysis(study: Study, selection: Selection, outcome: str | None = None):
    """Every result of a selection of a study; drivers and asymmetry of one outcome, the headline's if none is named.

    Groups below the server's minimum are not shown: it is part of the key.
    """
    protected = protection(study)
    return _analysis(study.fingerprint, selection, outcome, SEED, RESAMPLES, str(protected.minimum), protected)


@st.cache_resource(max_entries=ANALYSES, show_spinner=False, hash_funcs={Selection: repr})
def _analysis(fingerprint: str, selection: Selection, outcome: str | None, seed: int, resamples: int, least: str, _protection):
    from gaps.analysis import HEADLINE, analyse  # the statistics come with the first study, not with the first page

    explain = HEADLINE if outcome is None else (outcome,)
    return analyse(_protection.study, selection, explain=explain, seed=seed, resamples=resamples, protection=_protection)


def plan(deeper, wanted):
    """How large the next survey should be for what is wanted, by the study's own spreads and those typical of what it did not measure."""
    return _plan(deeper.cases.fingerprint, deeper.outcome, repr(wanted), deeper, wanted)


@st.cache_resource(max_entries=PLANS, show_spinner=False)
def _plan(fingerprint: str, outcome: str | None, wishes: str, _deeper, _wanted):
    from gaps.stats.planning import with_typical

    return with_typical(_deeper.planned(_wanted), span=_deeper.study.instrument.scale.span)


def first_plan(wanted, units: int):
    """The same before there is a study."""
    return _first_plan(repr(wanted), units, wanted)


@st.cache_resource(max_entries=PLANS, show_spinner=False)
def _first_plan(wishes: str, units: int, _wanted):
    from gaps.stats import planning

    return planning.first_plan(_wanted, units=units, names=_first_named(_wanted.power), seed=SEED)


@st.cache_resource(max_entries=PLANS, show_spinner=False)
def _first_named(power: float):
    from gaps.stats import planning

    return planning.first_named(power=power, seed=SEED)


class _Once:
    """What a function of the core makes of frozen results, made once: `once(differences.of_groups, contrasts, by)`.

    Results are frozen, so the objects themselves are the key; it holds them, so that no other object takes their place. What is made is
    shared by sessions and must be frozen too: no generator.
    """

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict(), Lock()

    def __call__(self, make: Callable, *results, **options):
        return self._made((make.__module__, make.__qualname__), make, results, options)

    def _made(self, named: tuple, make: Callable, results: tuple, options: dict):
        about = {name: value for name, value in options.items() if name != "words"}
        key = (*named, _key(results), _key(sorted(about.items())))
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][0]
        made = make(*results, **options)
        with self._lock:
            self._kept[key] = made, results, about
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made


class _Charts(_Once):
    """The chart functions of the core, each chart drawn once for the same results, words and theme: `charts.gaps_diagram(...)`.

    Building a figure is a third of what a rerun costs.
    """

    def __getattr__(self, name: str) -> Callable:
        from gaps import charts

        return partial(self._drawn, getattr(charts, name))

    def _drawn(self, draw: Callable, *results, words, **options):
        return self._made((draw.__name__, words.language, words.desired), draw, results, options | {"words": words})


def _key(value):
    if value is None or isinstance(value, str | Number | Enum):
        return value
    return tuple(map(_key, value)) if isinstance(value, tuple | list) else id(value)


charts = _Charts(CHARTS)
once = _Once(SAID)


@st.cache_resource(show_spinner=False)
def _sample():
    from gaps.importer import read_study

    files = ((SAMPLE.name, SAMPLE.read_bytes()),)
    return files, read_study(files)


def keep_sample() -> str:
    """Keep the simulated company that the app offers at first start."""
    files, imported = _sample()
    return keep(digest(*zip(*files, strict=True)), imported)


@st.cache_resource(show_spinner=False)
def sample_digest() -> str:
    """What the sample company is kept under; it is not read for that."""
    return digest((SAMPLE.name,), (SAMPLE.read_bytes(),)) if SAMPLE.exists() else ""


def shared(token: str):
    """The study behind a token with its report, read once while its file stands as it is; else why there is none."""
    from gaps import store

    standing = store.standing(token)
    found = _shared(token, standing) if standing is not None else store.load(token)
    if isinstance(found, store.Refused):
        _shared.clear(token, standing)
    return found


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def _shared(token: str, standing: tuple[int, int]):
    from gaps import store

    return store.load(token)


@st.cache_data(max_entries=32, show_spinner=False)
def template(instrument: str, language: str) -> bytes:
    """The workbook to fill in."""
    from gaps.template import template as workbook

    return workbook(instrument, language)


@st.cache_resource(show_spinner=False)
def begin() -> None:
    """What a server is given once, before its first page."""
    server.answer_at_once()


@st.cache_resource(show_spinner=False)
def settle(stage: str) -> None:
    """Once per stage of loading: what was imported stays for good, so the collection after each rerun need not visit it again.

    Streamlit collects garbage after every rerun; with the libraries unfrozen a server manages 7 to 9 reruns a second, frozen about 95.
    """
    gc.collect()
    gc.freeze()

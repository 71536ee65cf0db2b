"""The only caches of the app: around the core's entry functions, keyed by digest, fingerprint and settings, never by a table.

`st.cache_data` would hash a table of 50,000 rows by a sample (and show a stale gap) and copy it at every hit; `st.cache_resource` looks
at the function's signature for every argument of every hit, a tenth of what a rerun costs. The core's values are frozen, so sessions
share them.
"""

from __future__ import annotations

import gc
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from enum import Enum
from functools import partial, update_wrapper
from numbers import Number
from pathlib import Path
from threading import Lock

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
STAGES = 256  # of loading: pages times studies
UPLOADS = 4  # kept whole, to be read again as their columns are corrected or as managers' and employees' files come later


Files = tuple[tuple[str, bytes], ...]  # name and content of each


class _Store:
    """The last `most` values that were asked for, by key; sessions ask at the same time."""

    def __init__(self, most: int) -> None:
        self._most, self._kept, self._lock = most, OrderedDict(), Lock()

    def find(self, key: tuple) -> tuple:
        """The value as a tuple of one, empty where there is none."""
        with self._lock:
            if key not in self._kept:
                return ()
            self._kept.move_to_end(key)
            return (self._kept[key],)

    def keep(self, key: tuple, value) -> None:
        """Keep a value; the one that was not asked for the longest makes room."""
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def __iter__(self):
        return iter(tuple(self._kept))

    def clear(self, key: tuple) -> None:
        """Forget the value of a key; of none, all."""
        with self._lock:
            self._kept.pop(key, None) if key else self._kept.clear()


class _Remembered:
    """A function whose last `most` values are kept, keyed by its positional arguments; named ones are handed on and are no part of the key.

    Where several sessions ask for the same, one computes it and the others wait, also after what raised: that is not kept.
    """

    def __init__(self, make: Callable, most: int) -> None:
        update_wrapper(self, make)
        self._make, self._kept, self._making = make, _Store(most), {}

    def __call__(self, *key, **named):
        while not (found := self._kept.find(key)):
            making = self._making.setdefault(key, Lock())
            with making:
                if self._making.get(key) is making:  # else somebody made it, or failed to, in the meantime: look again
                    return self._made(key, named)
        return found[0]

    def _made(self, key: tuple, named: dict):
        try:
            if found := self._kept.find(key):
                return found[0]
            value = self._make(*key, **named)
            self._kept.keep(key, value)
            return value
        finally:
            self._making.pop(key, None)

    def clear(self, *key) -> None:
        """Forget the value of a key, without one all."""
        self._kept.clear(key)


def _remembered(most: int) -> Callable:
    return partial(_Remembered, most=most)


class Forgotten(LookupError):
    """The file asked for has made room for others."""


@_remembered(STUDIES)
def _kept(digest: str, *, imported=None):
    if imported is None:
        raise Forgotten(digest)
    return imported


def keep(digest: str, imported) -> str:
    """Keep what was made of a file under its digest: two files of one study may differ in what was wrong with them."""
    _kept(digest, imported=imported)
    return digest


def digest(names: tuple[str, ...], contents: tuple[bytes, ...], how: str = "") -> str:
    """What files are kept under."""
    whole = hashlib.sha256(how.encode())
    for name, content in zip(names, contents, strict=True):
        whole.update(hashlib.sha256(name.encode("utf-8", "replace")).digest() + hashlib.sha256(content).digest())
    return whole.hexdigest()


@_remembered(UPLOADS)
def _upload(digest: str, *, files=None):
    if files is None:
        raise Forgotten(digest)
    return files


def keep_files(files: Files) -> str:
    """Keep files handed in together as they are, and say under which digest."""
    key = digest(*zip(*files, strict=True))
    _upload(key, files=files)
    return key


def files(digest: str) -> Files:
    """Name and bytes of each file kept whole. Raises `Forgotten` when they have made room for others."""
    return _upload(digest)


@_remembered(STUDIES)
def _checks(fingerprint: str, file: str | None, *, study: Study):
    from gaps.quality import checks

    return checks(study)


def checks(study: Study):
    """What is odd in the answers of a study."""
    return _checks(study.fingerprint, state.file(), study=study)  # the same answers may stand in other rows of another file


@_remembered(STUDIES)
def _less(fingerprint: str, switches: tuple[str, ...], *, study: Study):
    from gaps.quality import set_aside

    return set_aside(study, switches, checks(study))


def less(study: Study, switches: tuple[str, ...]) -> Study:
    """A study without what the switches set aside. Raises ValueError when nothing would be left to ask about."""
    return _less(study.fingerprint, switches, study=study) if switches else study


def imported(digest: str):
    """What was made of a file. Raises `Forgotten` when it has made room for others."""
    return _kept(digest)


def protection(study: Study):
    """Which groups of a study are too small to be shown."""
    minimum = settings.minimum()
    return _protection(study.fingerprint, minimum, study=study)


@_remembered(STUDIES)
def _protection(fingerprint: str, minimum, *, study: Study):
    from gaps.disclosure import protect

    return protect(study, minimum)


def exposing(study: Study):
    """What speaks against sharing a study: earlier ones with which it would tell what a few answered; filters by which some were asked."""
    from gaps import store

    minimum = settings.minimum()
    return _exposing(study.fingerprint, store.listing(), minimum, study=study)


@_remembered(STUDIES)
def _exposing(fingerprint: str, shelf: str, minimum, *, study: Study):
    from gaps.disclosure.asked import asked_of_some
    from gaps.editions import exposing

    return exposing(study, minimum), asked_of_some(study, minimum)


def analysis(study: Study, selection: Selection, outcome: str | None = None):
    """Every result of a selection of a study; drivers and asymmetry of one outcome, the headline's if none is named.

    Groups below the server's minimum are not shown: it is part of the key.
    """
    protected = protection(study)
    return _analysis(study.fingerprint, selection, outcome, protected.minimum, protection=protected)


@_remembered(ANALYSES)
def _analysis(fingerprint: str, selection: Selection, outcome: str | None, minimum, *, protection):
    from gaps.analysis import HEADLINE, analyse  # the statistics come with the first study, not with the first page

    explain = HEADLINE if outcome is None else (outcome,)
    return analyse(protection.study, selection, explain=explain, seed=SEED, resamples=RESAMPLES, protection=protection)


def plan(deeper, wanted):
    """How large the next survey should be for what is wanted, by the study's own spreads and those typical of what it did not measure."""
    return _plan(deeper.protected.study.fingerprint, deeper.outcome, repr(wanted), deeper=deeper, wanted=wanted)


@_remembered(PLANS)
def _plan(fingerprint: str, outcome: str | None, wishes: str, *, deeper, wanted):
    from gaps.stats.planning import with_typical

    return with_typical(deeper.planned(wanted), span=deeper.study.instrument.scale.span)


def first_plan(wanted, units: int):
    """The same before there is a study."""
    return _first_plan(repr(wanted), units, wanted=wanted)


@_remembered(PLANS)
def _first_plan(wishes: str, units: int, *, wanted):
    from gaps.stats import planning

    return planning.first_plan(wanted, units=units, names=_first_named(wanted.power), seed=SEED)


@_remembered(PLANS)
def _first_named(power: float):
    from gaps.stats import planning

    return planning.first_named(power=power, seed=SEED)


class _Once:
    """What a function of the core makes of frozen results, made once: `once(differences.of_groups, contrasts, by)`.

    Results are frozen, so the objects themselves are the key; it holds them, so that no other object takes their place. What is made is
    shared by sessions and must be frozen too: no generator.
    """

    def __init__(self, most: int) -> None:
        self._kept = _Store(most)

    def __call__(self, make: Callable, *results, **options):
        return self._made((make.__module__, make.__qualname__), make, results, options)

    def _made(self, named: tuple, make: Callable, results: tuple, options: dict):
        about = {name: value for name, value in options.items() if name != "words"}
        key = (*named, _key(results), _key(sorted(about.items())))
        if found := self._kept.find(key):
            return found[0][0]
        made = make(*results, **options)
        self._kept.keep(key, (made, results, about))
        return made


class _Charts(_Once):
    """The chart functions of the core, each chart drawn once for the same results, words and theme: `charts.gaps_diagram(...)`.

    Drawing them is a third of what a page costs the first time.
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


@_remembered(1)
def _sample():
    from gaps.importer import read_study

    files = ((SAMPLE.name, SAMPLE.read_bytes()),)
    return files, read_study(files)


def keep_sample() -> str:
    """Keep the simulated company that the app offers at first start."""
    files, imported = _sample()
    return keep(digest(*zip(*files, strict=True)), imported)


@_remembered(1)
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
    return store.in_time(found)


@_remembered(STUDIES)
def _shared(token: str, standing: tuple[int, int]):
    from gaps import store

    return store.load(token)


def remove_ended() -> None:
    """Remove the shared studies whose term is over: at the first visit after the start, and once a day after that."""
    _remove_ended(date.today())


@_remembered(1)
def _remove_ended(day: date) -> None:
    if settings.folder().exists():
        from gaps import store

        store.remove_ended()


@_remembered(32)
def template(instrument: str, language: str) -> bytes:
    """The workbook to fill in."""
    from gaps.template import template as workbook

    return workbook(instrument, language)


@_remembered(1)
def begin() -> None:
    """What a server is given once, before its first page."""
    server.answer_at_once()


@_remembered(STAGES)
def settle(stage: str) -> None:
    """Once per stage of loading: what was imported stays for good, so the collection after each rerun need not visit it again.

    Full collections go through everything that is not frozen: the libraries alone take a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()

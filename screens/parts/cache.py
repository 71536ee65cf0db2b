"""The only caches of the app: around the core's entry functions, keyed by digest, fingerprint and settings, never by a table.

`st.cache_data` would hash a table of 50,000 rows by a sample (and show a stale gap) and copy it at every hit; the core's values are
frozen, so sessions share them.
"""

from __future__ import annotations

import gc
import hashlib
from pathlib import Path

import streamlit as st

from gaps.model import Selection, Study

SAMPLE = Path(__file__).parents[2] / "data" / "sample.xlsx"
SEED = 1
RESAMPLES = 2000
STUDIES = 12
ANALYSES = 32


class Forgotten(LookupError):
    """The file asked for has made room for others."""


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def _kept(digest: str, _imported=None):
    if _imported is None:
        raise Forgotten(digest)
    return _imported


def keep(name: str, data: bytes, imported) -> str:
    """Keep what was made of a file, and say under which digest: two files of one study may differ in what was wrong with them."""
    digest = hashlib.sha256(name.encode("utf-8", "replace") + b"\0" + data).hexdigest()
    _kept(digest, imported)
    return digest


def imported(digest: str):
    """What was made of a file. Raises `Forgotten` when it has made room for others."""
    return _kept(digest)


def analysis(study: Study, selection: Selection, outcome: str | None = None):
    """Every result of a selection of a study; drivers and asymmetry of one outcome, the headline's if none is named."""
    return _analysis(study.fingerprint, selection, outcome, SEED, RESAMPLES, study)


@st.cache_resource(max_entries=ANALYSES, show_spinner=False, hash_funcs={Selection: repr})
def _analysis(fingerprint: str, selection: Selection, outcome: str | None, seed: int, resamples: int, _study: Study):
    from gaps.analysis import HEADLINE, analyse  # the statistics come with the first study, not with the first page

    explain = HEADLINE if outcome is None else (outcome,)
    result = analyse(_study, selection, explain=explain, seed=seed, resamples=resamples)
    settle("analysis")
    return result


@st.cache_resource(show_spinner=False)
def _sample():
    from gaps.importer import read_study

    data = SAMPLE.read_bytes()
    return SAMPLE.name, data, read_study(data, SAMPLE.name)


def keep_sample() -> str:
    """Keep the simulated company that the app offers at first start."""
    return keep(*_sample())


@st.cache_data(max_entries=32, show_spinner=False)
def template(instrument: str, language: str) -> bytes:
    """The workbook to fill in."""
    from gaps.template import template as workbook

    return workbook(instrument, language)


@st.cache_resource(show_spinner=False)
def settle(stage: str) -> None:
    """Once per stage of loading: what was imported stays for good, so the collection after each rerun need not visit it again.

    Streamlit collects garbage after every rerun; with the libraries unfrozen a server manages 7 to 9 reruns a second, frozen about 95.
    """
    gc.collect()
    gc.freeze()

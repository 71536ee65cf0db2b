"""The only caches of the app: around the core's entry functions, keyed by fingerprint and settings, never by a table.

`st.cache_data` would hash a table of 50,000 rows by a sample (and show a stale gap) and copy it at every hit; the core's values are
frozen, so sessions share them.
"""

from __future__ import annotations

import gc
from pathlib import Path

import streamlit as st

from gaps.model import Selection

SAMPLE = Path(__file__).parents[2] / "data" / "sample.xlsx"
SEED = 1
RESAMPLES = 2000
STUDIES = 12
ANALYSES = 32


class Forgotten(LookupError):
    """The study asked for has made room for others."""


@st.cache_resource(max_entries=STUDIES, show_spinner=False)
def _kept(fingerprint: str, _imported=None):
    if _imported is None:
        raise Forgotten(fingerprint)
    return _imported


def keep(imported) -> str:
    """Keep what was read, and say under which fingerprint."""
    fingerprint = imported.study.fingerprint
    _kept(fingerprint, imported)
    return fingerprint


def imported(fingerprint: str):
    """What was read under a fingerprint. Raises `Forgotten` when it has made room for others."""
    return _kept(fingerprint)


@st.cache_resource(max_entries=ANALYSES, show_spinner=False, hash_funcs={Selection: repr})
def analysis(fingerprint: str, selection: Selection, seed: int = SEED, resamples: int = RESAMPLES):
    """Every result of a selection of a study."""
    from gaps.analysis import analyse  # pandas and the statistics come with the first study, not with the first page

    result = analyse(imported(fingerprint).study, selection, seed=seed, resamples=resamples)
    settle("analysis")
    return result


@st.cache_resource(show_spinner=False)
def sample():
    """The simulated company that the app offers at first start, with the report of its import."""
    from gaps.importer import read_study

    return read_study(SAMPLE.read_bytes(), SAMPLE.name)


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
